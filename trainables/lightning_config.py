"""What the configs of our own trainables have in common, whichever sections they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationInfo, field_validator

from trainables.components.scheduler_table import RATE_KEEPERS
from trainables.contract import Metric, TrialConfig


class LightningConfig(TrialConfig):
    """A config with named components, and the metrics that follow from it."""

    KNOWN_METRICS: ClassVar[Mapping[str, Metric]] = {}
    """Everything that a trial may report."""

    @field_validator("architecture", "loss", "optimizer", mode="before", check_fields=False)
    @classmethod
    def _default_name(cls, value: Any, info: ValidationInfo) -> Any:
        """Arguments without a name are the default component's, as with every other key."""
        if isinstance(value, dict) and "name" not in value:
            default = cls.model_fields[str(info.field_name)].default
            return {"name": default.name, **value}
        return value

    def reported(self) -> dict[str, Metric]:
        """The metrics that a trial with this config reports."""
        left_out = self.unreported()
        return {name: metric for name, metric in self.KNOWN_METRICS.items() if name not in left_out}

    def modes(self) -> dict[str, str]:
        """For each metric that may be watched whether `min` or `max` is better."""
        return {name: metric.direction for name, metric in self.reported().items()}


def one_master_of_the_rate(factor: float | None, scheduler: str | None, whose: str = "") -> None:
    """Refuse a rate that shrinks by itself under a scheduler that writes it anew.

    **Raises** ValueError.
    """
    if factor is not None and scheduler is not None and scheduler not in RATE_KEEPERS:
        raise ValueError(
            f"trainer.reduce_lr_on_epoch has no effect under scheduler {scheduler}{whose}, "
            f"which writes the rate anew; use {' or '.join(RATE_KEEPERS)}"
        )
