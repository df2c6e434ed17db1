"""The questions that Ray Tune asks: which point next? Answered by Optuna, in the record."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any

import optuna
from ray.tune.search import Searcher

from search.engine.record import Record
from search.engine.samplers import build_sampler_for
from search.engine.sampling import suggest
from search.engine.starts import clear_marks, find_start, sweep
from search.engine.stateless import Stateless
from search.load import Search
from search.results.folder import SearchFolder
from search.results.trials import NEVER_STARTED, UNFINISHED, Start, State, TrialRecord
from search.seeds import sampler_seed, trial_seed
from search.space.labels import Label
from search.spec import RandomSampler

log = logging.getLogger(__name__)

PATIENCE = 100
"""How many points in a row may be rejected or known before the space counts as exhausted."""

STUBBORN = 10
"""After so many rejected in a row, points are drawn at random: not every sampler learns of them."""


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
    """Hands out trials: first those that were cut off, then new points of Optuna's.

    It only asks. What trials answer reaches Optuna through the recorder, because Ray shows a
    searcher neither the last result of a stopped trial nor why a trial ended.
    """

    def __init__(
        self,
        search: Search,
        record: Record,
        folder: SearchFolder,
        on_start: Callable[[str, int], None],
        closed: Callable[[bool], bool],
    ) -> None:
        super().__init__()
        self._search = search
        self._record = record
        self._folder = folder
        self._on_start = on_start
        self._closed = closed
        self._wanted = search.wanted()
        self._cut_off = deque(t.number for t in record.trials() if t.state in UNFINISHED)
        self._died: set[int] = set()
        self._unborn = deque(record.unborn())
        self._running: set[str] = set()
        self._rejected_in_a_row = _rejected_last(record)
        self.asked = _already_asked(search, record)
        self.note: Callable[[str], None] = log.warning
        """Tells the user what he should know of how a trial goes on."""

    def retry(self, number: int) -> None:
        """Hand a trial out once more, before any new one: its process died, not its code."""
        self._cut_off.append(number)
        self._died.add(number)

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:  # type: ignore[override]
        """The config of the next trial; None for not now; FINISHED."""
        if not self._closed(not self._running):
            if self._cut_off:
                return self._go_on(trial_id, self._cut_off.popleft())
            for number, point in self._points():
                key = self._search.space.key(point)
                if key in self.asked.trained and self._search.spec.duplicates != "train":
                    self._answer_duplicate(number, point, key)
                    continue
                return self._start(trial_id, number, point, key)
        # A running trial may yet have to be handed out again.
        return None if self._running else Searcher.FINISHED

    def _points(self) -> Iterator[tuple[int, dict[str, Label]]]:
        """Valid points from Optuna, while trials are left and the space is not exhausted."""
        for _ in range(PATIENCE):
            if self._used() >= self._wanted:
                return
            trial = self._ask()
            point = suggest(self._search.space, trial)
            broken = self._search.space.broken_constraint(point)
            if broken is None:
                self._rejected_in_a_row = 0
                yield trial.number, point
                continue
            self._record.reject(trial.number, point, broken)
            self._rejected_in_a_row += 1
            self.asked.rejected += 1
        self.asked.exhausted = True

    def _ask(self) -> optuna.Trial:
        """Optuna's next trial; a sampler of its own seed each time, so that a resume asks alike."""
        again = self._unborn.popleft() if self._unborn else None
        number = self._record.next_number() if again is None else again
        seed = sampler_seed(self._search.spec.seed, number)
        is_stubborn = self._rejected_in_a_row >= STUBBORN
        options = RandomSampler() if is_stubborn else self._search.spec.sampler
        study = self._record.study
        study.sampler = build_sampler_for(study, options, seed)
        return self._record.ask() if again is None else self._record.ask_again(again)

    def _used(self) -> int:
        reused = self.asked.duplicates if self._search.spec.duplicates == "reuse" else 0
        return self.asked.started + reused

    def _answer_duplicate(self, number: int, point: dict[str, Label], key: str) -> None:
        self._record.answer_duplicate(number, point, self.asked.trained[key])
        self.asked.duplicates += 1

    def _start(
        self, trial_id: str, number: int, point: dict[str, Label], key: str
    ) -> dict[str, Any]:
        seed = trial_seed(self._search.spec.seed, number)
        self._record.begin(number, point, seed, self._search.recorded(point))
        self.asked.started += 1
        self.asked.trained.setdefault(key, number)
        return self._hand_out(trial_id, self._record.trial(number), Start())

    def _go_on(self, trial_id: str, number: int) -> dict[str, Any]:
        trial = self._record.trial(number)
        start = find_start(
            trial,
            self._record.epochs(number),
            self._folder.path,
            self.note,
            self._record.goal(),
        )
        sweep(self._folder.trial(number), start.kept)
        self._record.begin_again(number, start, number in self._died)
        self._died.discard(number)
        return self._hand_out(trial_id, self._record.trial(number), start)

    def _hand_out(self, trial_id: str, trial: TrialRecord, start: Start) -> dict[str, Any]:
        self._running.add(trial_id)
        clear_marks(self._folder.trial(trial.number))
        self._on_start(trial_id, trial.number)
        return {
            "number": trial.number,
            "seed": trial.seed,
            "point": dict(trial.point_at(start.epoch)),
            "attempt": trial.attempts,
            "start": asdict(start),
        }

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Nothing: the recorder has told Optuna."""

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Only that it runs no more: the recorder has told Optuna, or will."""
        self._running.discard(trial_id)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the record is the searcher's state, and it is on disk."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing: a search is resumed from the record, never from Ray's snapshots."""


def _already_asked(search: Search, record: Record) -> Asked:
    trials = record.trials()
    kept = [trial for trial in trials if trial.state not in NEVER_STARTED]
    return Asked(
        started=len(kept),
        rejected=_count(trials, State.REJECTED),
        duplicates=_count(trials, State.DUPLICATE),
        trained={search.space.key(t.point): t.number for t in reversed(kept)},
    )


def _rejected_last(record: Record) -> int:
    """How many points in a row were rejected just now."""
    states = [trial.state for trial in record.trials()]
    return len(list(takewhile(lambda state: state is State.REJECTED, reversed(states))))


def _count(trials: list[TrialRecord], state: State) -> int:
    return sum(t.state is state for t in trials)
