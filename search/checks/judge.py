"""What a trainable says of the config of one point: refused, accepted, or built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from search.checks.wording import Fault, faults_of
from search.raised import refusal, told
from search.resolve import Arguments, resolve_with
from search.space.labels import compact
from trainables.contract import ConfigError, TrialConfig

MAX_PROBES = 3000

Probe = Callable[[Any], Mapping[str, str]]


@dataclass(frozen=True)
class Verdict:
    """What became of one config."""

    config: TrialConfig | None = None
    faults: tuple[Fault, ...] = ()
    built: str | None = None
    """The description of everything that was built; None if nothing was."""


@dataclass
class Judge:
    """Validates and builds configs, each only once."""

    base: Mapping[str, Any]
    config_class: type[TrialConfig]
    arguments: Arguments
    probe: Probe | None = None
    num_probes: int = 0
    _verdicts: dict[str, Verdict] = field(default_factory=dict)

    @property
    def is_spent(self) -> bool:
        """Whether no more configs are built."""
        return self.num_probes >= MAX_PROBES

    def verdict(self, values: Mapping[str, Any]) -> Verdict:
        """What the trainable says of the base with these values."""
        try:
            data = resolve_with(self.base, values, self.arguments)
        except ConfigError as error:
            return Verdict(faults=(_fault(error),))
        key = compact(data)
        if key not in self._verdicts:
            if self.is_spent:
                return Verdict()
            self._verdicts[key] = self._judge(data)
        return self._verdicts[key]

    def _judge(self, data: dict[str, Any]) -> Verdict:
        try:
            config = self.config_class.model_validate(data)
        except ValidationError as error:
            return Verdict(faults=tuple(faults_of(error, data, self.config_class)))
        if self.probe is None:
            return Verdict(config)
        self.num_probes += 1
        try:
            return Verdict(config, built=compact(dict(self.probe(config))))
        except ConfigError as error:
            return Verdict(config, faults=(_fault(error),))
        # someone else's code: whatever it raises is told with the value that made it
        except Exception as error:  # noqa: BLE001
            return Verdict(config, faults=(Fault((), f"cannot be built: {told(error)}"),))


def _fault(error: ConfigError) -> Fault:
    return Fault(tuple(error.key.split(".")) if error.key else (), refusal(error))
