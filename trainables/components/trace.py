"""What an optimizer and a scheduler do together, as texts that differ only if they train apart."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from trainables.components import optimizers, scheduler_lookup, schedulers
from trainables.components.component import Component, SchedulerComponent
from trainables.components.signature import said
from trainables.contract import ConfigError

if TYPE_CHECKING:
    from torch.optim import Optimizer

_EPOCHS = 4
_STEPS_PER_EPOCH = 5
_ASSUMED_STEPS = 1000
"""Optimizer steps in an epoch where no data says how many there are."""
_CURVATURE = 0.05
"""Keeps the gradients as small as those of a real network; some optimizers overflow otherwise."""
_DRIVEN = ("momentum", "betas")
"""Settings beside the rate that a scheduler may write: they show in the trace alone."""


@dataclass(frozen=True)
class Driver:
    """What moves the weights: the JSON of two sections, and what else touches the rate."""

    optimizer: str
    scheduler: str | None
    epochs: int
    lr_factor: float | None = None

    @property
    def horizon(self) -> schedulers.Horizon:
        return schedulers.Horizon(self.epochs, self.epochs * _ASSUMED_STEPS)


def trace(driver: Driver, modes: dict[str, str]) -> tuple[str, str]:
    """The texts of the sections optimizer and scheduler.

    The first leaves out what a scheduler may write; the second holds what became of it: a
    fingerprint of a few weights after each of the first steps.

    **Raises** ConfigError where a component refuses its arguments.
    """
    component = Component.model_validate_json(driver.optimizer)
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        weights, optimum = _problem()
        optimizer = optimizers.build(component, weights, driver.horizon.steps)
        driven = {"lr"} | set(_DRIVEN) & set(optimizer.param_groups[0])
        scheduler = _scheduler(driver, optimizer, modes)
        run = _Run(weights, optimum, optimizer, scheduler, driver.lr_factor)
        fingerprint = run.fingerprint(min(_EPOCHS, driver.epochs))
    arguments = optimizers.resolved(component, driver.horizon.steps)
    kept = {name: value for name, value in arguments.items() if name not in driven}
    return f"{type(optimizer).__name__}({kept})", f"{_text(driver)} leaving {fingerprint}"


def _text(driver: Driver) -> str:
    component = _scheduler_component(driver)
    if component is None:
        return f"constant, factor {driver.lr_factor}"
    named = schedulers.resolved(component, driver.horizon)
    own = (schedulers.interval_of(component), component.monitor, driver.lr_factor)
    return f"{component.name}({named}) {own}"


def _scheduler_component(driver: Driver) -> SchedulerComponent | None:
    if driver.scheduler is None:
        return None
    return schedulers.moving(SchedulerComponent.model_validate_json(driver.scheduler))


def _scheduler(
    driver: Driver, optimizer: Optimizer, modes: dict[str, str]
) -> schedulers.Built | None:
    component = _scheduler_component(driver)
    if component is None:
        return None
    return schedulers.build(component, optimizer, driver.horizon, modes)


def _problem() -> tuple[list[nn.Parameter], list[Tensor]]:
    """Two layers with their optimum; biases are 0 so that no rate is too small to show.

    A quadratic bowl costs a tenth of a network, and a search probes hundreds of configs.
    """
    shapes = ((3, 4), (3,), (1, 3), (1,))
    weights = [torch.randn(shape) if len(shape) > 1 else torch.zeros(shape) for shape in shapes]
    return [nn.Parameter(part) for part in weights], [torch.randn(shape) for shape in shapes]


@dataclass(frozen=True)
class _Run:
    weights: list[nn.Parameter]
    optimum: list[Tensor]
    optimizer: Optimizer
    scheduler: schedulers.Built | None
    lr_factor: float | None

    def fingerprint(self, epochs: int) -> str:
        digest = hashlib.blake2b(digest_size=8)
        for _ in range(epochs):
            for _ in range(_STEPS_PER_EPOCH):
                self._step()
                self._move("step")
                digest.update(self._bytes())
            self._move("epoch")
            self._shrink()
        return digest.hexdigest()

    def _step(self) -> None:
        try:
            self.optimizer.step(self._closure)  # type: ignore[arg-type]
        except Exception as error:
            name = type(self.optimizer).__name__
            message = f"{name} cannot train with these arguments: {said(error)}"
            raise ConfigError(optimizers.SECTION, message) from error

    @torch.no_grad()
    def _closure(self) -> Tensor:
        away = [weight - best for weight, best in zip(self.weights, self.optimum, strict=True)]
        for weight, gradient in zip(self.weights, away, strict=True):
            weight.grad = gradient * _CURVATURE
        return torch.stack([part.square().sum() for part in away]).sum() * (_CURVATURE / 2.0)

    def _move(self, interval: str) -> None:
        if self.scheduler is None or self.scheduler.interval != interval:
            return
        watched = () if self.scheduler.monitor is None else (0.0,)
        try:
            self.scheduler.scheduler.step(*watched)
        except Exception as error:
            raise ConfigError(scheduler_lookup.SECTION, f"it cannot run: {said(error)}") from error

    def _shrink(self) -> None:
        if self.lr_factor is not None:
            for group in self.optimizer.param_groups:
                group["lr"] *= self.lr_factor

    def _bytes(self) -> bytes:
        return b"".join(weight.detach().numpy().tobytes() for weight in self.weights)
