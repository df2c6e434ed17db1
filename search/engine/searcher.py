"""The questions that Ray Tune asks: which point next? Answered by Optuna, in the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import optuna
from ray.tune.search import Searcher

from search.engine.record import Record
from search.engine.samplers import build_sampler
from search.engine.sampling import suggest
from search.engine.stateless import Stateless
from search.load import Search
from search.results.trials import NEVER_STARTED, Label, State, TrialRecord
from search.seeds import sampler_seed, trial_seed

PATIENCE = 100
"""How many points in a row may be rejected or known before the space counts as exhausted."""


@dataclass
class Asked:
    """What the searcher did with the points that it was given."""

    started: int = 0
    rejected: int = 0
    duplicates: int = 0
    exhausted: bool = False
    trained: dict[str, int] = field(default_factory=dict)
    """From the canonical text of a point to the number of the trial that trains it."""


class RecordSearcher(Stateless, Searcher):
    """Asks Optuna for points until enough trials were started.

    It only asks. What trials answer reaches Optuna through the recorder, because Ray shows a
    searcher neither the last result of a stopped trial nor why a trial ended.
    """

    def __init__(
        self, search: Search, record: Record, on_start: Callable[[str, int], None]
    ) -> None:
        super().__init__()
        self._search = search
        self._record = record
        self._on_start = on_start
        self._asked_points = record.asked()
        self._wanted = wanted_trials(search)
        self.asked = _already_asked(search, record)

    def suggest(self, trial_id: str) -> dict[str, Any] | str:  # type: ignore[override]
        """The config of the next trial, or FINISHED."""
        for number, point in self._points():
            key = self._search.space.key(point)
            if key in self.asked.trained and self._search.spec.duplicates != "train":
                self._answer_duplicate(number, point, key)
                continue
            return self._start(trial_id, number, point, key)
        return Searcher.FINISHED

    def _points(self) -> Iterator[tuple[int, dict[str, Label]]]:
        """Valid points from Optuna, while trials are left and the space is not exhausted."""
        for _ in range(PATIENCE):
            if self._used() >= self._wanted:
                return
            trial = self._ask()
            point = suggest(self._search.space, trial)
            broken = self._search.space.broken_constraint(point)
            if broken is None:
                yield trial.number, point
                continue
            self._record.reject(trial.number, point, broken)
            self.asked.rejected += 1
        self.asked.exhausted = True

    def _ask(self) -> optuna.Trial:
        """Optuna's next trial; a sampler of its own seed each time, so that a resume asks alike."""
        seed = sampler_seed(self._search.spec.seed, self._asked_points)
        self._asked_points += 1
        self._record.study.sampler = build_sampler(self._search.spec.sampler, seed)
        return self._record.study.ask()

    def _used(self) -> int:
        reused = self.asked.duplicates if self._search.spec.duplicates == "reuse" else 0
        return self.asked.started + reused

    def _answer_duplicate(self, number: int, point: dict[str, Label], key: str) -> None:
        original = self._record.trial(self.asked.trained[key])
        self._record.answer_duplicate(number, point, original)
        self.asked.duplicates += 1

    def _start(
        self, trial_id: str, number: int, point: dict[str, Label], key: str
    ) -> dict[str, Any]:
        seed = trial_seed(self._search.spec.seed, number)
        self._record.begin(number, point, seed, self._search.resolved(point))
        self.asked.started += 1
        self.asked.trained.setdefault(key, number)
        self._on_start(trial_id, number)
        return {"number": number, "seed": seed, "point": point}

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Nothing: the recorder has told Optuna."""

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Nothing: the recorder has told Optuna."""

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the record is the searcher's state, and it is on disk."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing: a search is resumed from the record, never from Ray's snapshots."""


def wanted_trials(search: Search) -> int:
    """How many trials the search has: those asked for, but no more than a grid has points."""
    if search.spec.sampler.name == "grid":
        return min(search.spec.trials, search.space.grid_size())
    return search.spec.trials


def _already_asked(search: Search, record: Record) -> Asked:
    trials = record.trials()
    kept = [t for t in trials if t.state not in NEVER_STARTED and t.state is not State.INTERRUPTED]
    return Asked(
        started=len(kept),
        rejected=_count(trials, State.REJECTED),
        duplicates=_count(trials, State.DUPLICATE),
        trained={search.space.key(t.point): t.number for t in reversed(kept)},
    )


def _count(trials: list[TrialRecord], state: State) -> int:
    return sum(t.state is state for t in trials)


def enqueue_first_points(search: Search, record: Record) -> None:
    """Queue the points that are tried before the sampler speaks: the user's, or the whole grid."""
    for point in search.space.try_first:
        record.study.enqueue_trial(dict(point), skip_if_exists=True)
    if search.spec.sampler.name == "grid":
        for point in search.space.grid():
            record.study.enqueue_trial(dict(point))
