"""Gives a scheduler without `state_dict` one, so that a stopped fit can go on from where it was."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler


class Stateful(LRScheduler):
    """A scheduler of pytorch_optimizer that is no torch scheduler, as one."""

    def __init__(self, inner: Any) -> None:
        # The base class would move the learning rates at once; `inner` has set them already.
        self.inner = inner
        self.optimizer = inner.optimizer
        self._last_lr = self._rates()

    def step(self, epoch: int | None = None) -> None:
        """Move on by one; the library leaves numpy scalars in the groups, which become floats."""
        del epoch
        self.inner.step()
        for group in self.optimizer.param_groups:
            group["lr"] = float(group["lr"])
        self._last_lr = self._rates()

    def state_dict(self) -> dict[str, Any]:
        """Every plain attribute of the inner scheduler."""
        state = {name: value for name, value in vars(self.inner).items() if name != "optimizer"}
        return {**state, "last_lr": [float(rate) for rate in state["last_lr"]]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        vars(self.inner).update(state_dict)
        self._last_lr = self._rates()

    def _rates(self) -> list[float | Tensor]:
        return [float(group["lr"]) for group in self.optimizer.param_groups]
