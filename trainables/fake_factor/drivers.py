"""The optimizer and scheduler of every network of a chain, which no loop but ours moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainables.components import optimizers, schedulers
from trainables.fake_factor.ratio_net import RatioNet


class Drivers:
    """What moves the networks, in the order in which they were added."""

    def __init__(self, modes: Mapping[str, str]) -> None:
        self._modes = dict(modes)
        self._built: list[schedulers.Built | None] = []

    def add(self, net: RatioNet, horizon: schedulers.Horizon) -> dict[str, Any]:
        """Build those of a network; returns them as Lightning wants to save them.

        **Raises** ConfigError where one refuses its arguments.
        """
        optimizer = optimizers.build(net.stage.optimizer, net.net.parameters(), horizon.steps)
        component = schedulers.moving(net.stage.scheduler)
        if component is None:
            self._built.append(None)
            return {"optimizer": optimizer}
        built = schedulers.build(component, optimizer, horizon, self._modes)
        self._built.append(built)
        return {"optimizer": optimizer, "lr_scheduler": built.scheduler}

    def move(self, number: int, interval: str) -> None:
        """Let a scheduler move after a step or a pass, unless it waits for a metric."""
        built = self._built[number]
        if built is not None and built.monitor is None and built.interval == interval:
            built.scheduler.step()

    def show(self, metrics: Mapping[str, float]) -> None:
        """Tell the schedulers that watch a metric what it has become."""
        for built in self._built:
            if built is not None and built.monitor is not None:
                built.scheduler.step(metrics[built.monitor])
