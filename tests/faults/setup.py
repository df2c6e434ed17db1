"""The search that is disturbed: small, and with one trial at a time the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.evidence import Expected, Row

TRAINABLE = Path(__file__).with_name("witness_trainable.py")
NAME = "toy"
POOR = "{x: 0.3, y: 0.7}"
"""The first point: it meets nobody at the rungs, and many that come after it pass them."""

PLANE = "x: {float: [0.0, 1.0]}\n  y: {float: [0.0, 1.0]}"


@dataclass(frozen=True)
class Setup:
    """What is searched, and how."""

    seed: int = 0
    trials: int = 8
    max_epochs: int = 8
    seconds: float = 0.05
    """How long an epoch takes."""
    concurrent: int = 1
    """How many trials train at a time; with one, the whole search is deterministic."""
    space: str = PLANE
    base: Mapping[str, str] = field(default_factory=dict)
    """Further keys of the base config, as YAML."""
    search: Mapping[str, str] = field(default_factory=dict)
    """Further keys of the search, as YAML."""
    resources: str = "{cpus: 1}"
    name: str = NAME

    def text(self, witness: Path) -> str:
        """The space file."""
        trainer = f"{{max_epochs: {self.max_epochs}, seconds_per_epoch: {self.seconds}}}"
        base = {"witness": f"'{witness}'", "trainer": trainer} | dict(self.base)
        search = {
            "name": self.name,
            "metric": "score",
            "mode": "max",
            "trials": str(self.trials),
            "seed": str(self.seed),
            "max_concurrent": str(self.concurrent),
            "finalists": "2",
            "sampler": "{name: tpe, startup_trials: 3}",
            "scheduler": "{name: asha, grace_epochs: 1, reduction_factor: 2}",
        } | dict(self.search)
        first = f"try_first: [{POOR}]\n" if self.space == PLANE else ""
        return (
            f"trainable: {TRAINABLE}\nbase: {_flow(base)}\nsearch: {_flow(search)}\n"
            f"resources: {self.resources}\nspace:\n  {self.space}\n{first}"
        )

    def rungs(self) -> frozenset[int]:
        """Where ASHA of one grace epoch and a reduction of two compares: 1, 2, 4, ..."""
        if "scheduler" in self.search:
            return frozenset()
        return frozenset(2**i for i in range(self.max_epochs) if 2**i < self.max_epochs)

    def expected(
        self,
        reference: Sequence[Row] | None = None,
        tracking: str | None = None,
        states: frozenset[str] = frozenset({"complete", "stopped"}),
    ) -> Expected:
        """What must be true in the end."""
        return Expected(
            trials=self.trials,
            max_epochs=self.max_epochs,
            states=states,
            rungs=self.rungs(),
            reference=reference,
            tracking=tracking,
            runs_ahead="workers" in self.resources,
            exchanges="pbt" in self.search.get("scheduler", ""),
        )


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"
