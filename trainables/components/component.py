"""How a component is written in a config: `{name: ..., <its own arguments>}`, flat."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, JsonValue

from trainables.contract import Frozen


class Component(Frozen):
    """A named class of a library together with the arguments it is built with."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    name: str
    """Which optimizer, scheduler or loss; the other keys are its own arguments."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Everything that was written beside the name and the keys that are ours."""
        return dict(self.__pydantic_extra__)


class SchedulerComponent(Component):
    """A learning-rate scheduler, and when it moves."""

    interval: Literal["epoch", "step"] | None = None
    """Move after every `epoch` or every optimizer `step`; left out: what suits the scheduler."""
    monitor: str | None = None
    """The reported metric that ReduceLROnPlateau watches; its direction follows from the metric."""
