"""The one durable record of a search: an Optuna study, written by the driver alone.

Optuna's own fields hold what its samplers and its dashboard read (parameters, intermediate values,
state, value). They are views: each follows from one attribute of ours (`record_words`), which is
written first, and `Telling` brings them up to it after a kill between the two.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from search.crash_points import reach
from search.engine.asked_again import AskedAgain
from search.engine.record_attributes import Attributes
from search.engine.record_file import has_study, require_not_lost, require_sound, storage_of
from search.engine.record_words import (
    BEGIN,
    END,
    PERTURBED,
    Committed,
    attempt_key,
    commits,
    held,
    is_begun,
    read_trial,
    report_key,
)
from search.engine.telling import Telling, directions_of
from search.errors import refuse
from search.results.goal import Goal, Worth
from search.results.result import SearchResult
from search.results.trade_off import goal_in
from search.results.trials import Checkpoint, Perturbation, Start, State, TrialRecord
from search.space.labels import Point


class Record:
    """The record of one search."""

    def __init__(self, study: optuna.Study, storage: RDBStorage) -> None:
        self.study = study
        self._storage = storage
        self._attributes = Attributes(study, storage)
        self._telling = Telling(self._attributes, self.goal)

    @classmethod
    def create(cls, file: Path, name: str, goal: Goal) -> Record:
        """Begin a new record."""
        storage = storage_of(file)
        study = optuna.create_study(
            storage=storage, study_name=name, directions=directions_of(goal)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names(list(goal.metrics))
        reach("search-created")
        return cls(study, storage)

    @classmethod
    def open(cls, file: Path) -> Record:
        """Open a record that is there.

        **Raises**: UserError if it is damaged or was never begun.
        """
        found = cls.find(file)
        if found is None:
            message = "this search died before its first trial; go on with --resume"
            raise refuse(str(file.parent), message)
        return found

    @classmethod
    def find(cls, file: Path) -> Record | None:
        """The record in a file; None if its search died before the manifest was written.

        **Raises**: UserError if it is damaged.
        """
        if not has_study(file):
            require_not_lost(file)
            return None
        require_sound(file)
        storage = storage_of(file)
        for name in optuna.get_all_study_names(storage):
            found = cls(optuna.load_study(storage=storage, study_name=name), storage)
            if found.manifest():
                return found
        return None

    def close(self) -> None:
        """Let go of the file."""
        self._storage.remove_session()
        self._storage.engine.dispose()

    # -- the search as a whole ------------------------------------------------------------------

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """What the search is: files, spec, versions, seeds."""
        self._attributes.note("manifest", dict(manifest))
        reach("manifest-written")

    def manifest(self) -> dict[str, Any]:
        """What `write_manifest` wrote."""
        found: dict[str, Any] = self._attributes.notes().get("manifest", {})
        return found

    def goal(self) -> Goal:
        """What the search improves."""
        return goal_in(self.manifest())

    def write_tests(self, tests: Mapping[int, Mapping[str, float]]) -> None:
        """The test metrics of the finalists; Optuna's samplers never read them."""
        self._attributes.note(
            "tests", {str(number): dict(metrics) for number, metrics in tests.items()}
        )
        reach("tests-written")

    def write_spent(self, seconds: float) -> None:
        """How long the search has run so far, over all its resumes."""
        self._attributes.note("spent", seconds)

    def spent(self) -> float:
        """What `write_spent` wrote."""
        return float(self._attributes.notes().get("spent", 0.0))

    def result(self) -> SearchResult:
        """Everything in the record, as plain words."""
        tests = {int(number): m for number, m in self._attributes.notes().get("tests", {}).items()}
        name = self.study.study_name
        return SearchResult(name, self.manifest(), tuple(self.trials()), tests)

    # -- what Optuna hands out ------------------------------------------------------------------

    def next_number(self) -> int:
        """The number that the next question to Optuna will have."""
        frozen = self.study.get_trials(deepcopy=False)
        waiting = [trial.number for trial in frozen if trial.state is TrialState.WAITING]
        return min(waiting, default=len(frozen))

    def unborn(self) -> list[int]:
        """The trials that Optuna was asked for, but that were neither begun nor answered."""
        running = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [trial.number for trial in running if not is_begun(trial)]

    def ask(self) -> optuna.Trial:
        """A new trial of Optuna's."""
        trial = self.study.ask()
        reach("trial-asked")
        return trial

    def ask_again(self, number: int) -> optuna.Trial:
        """The same question once more, for a trial that was never begun."""
        return AskedAgain(self.study, self._attributes.key(number))

    # -- one trial ------------------------------------------------------------------------------

    def begin(self, number: int, point: Point, seed: int, config: Mapping[str, Any]) -> None:
        """A trial is about to start for the first time."""
        words = {"point": dict(point), "seed": seed, "config": config, "started": time.time()}
        self._attributes.write(number, BEGIN, words)
        self._attributes.show(number, {"state": State.RUNNING.value})
        reach("trial-begun")

    def begin_again(self, number: int, start: Start, died: bool = False) -> None:
        """A trial is about to go on; epochs after its start are taken back.

        `died` tells a process that died from a search that was cut off.
        """
        self.rewind(number, start.epoch)
        reach("resume-rewound")
        words = held(self._attributes.frozen(number))
        attempt = 2 + sum(key.startswith("attempt:") for key in words)
        kept = [asdict(checkpoint) for checkpoint in start.kept]
        made = {"epoch": start.epoch, "kept": kept, "died": died}
        self._attributes.write(number, attempt_key(attempt), made)
        self._attributes.write(number, END, None)
        self._attributes.show(number, {"state": State.RUNNING.value})

    def rewind(self, number: int, epoch: int) -> None:
        """Take back what came after an epoch, the last first, so that a kill leaves no gap."""
        words = held(self._attributes.frozen(number))
        for key in sorted(words, reverse=True):
            if key > report_key(epoch) and key.startswith("report:"):
                self._attributes.write(number, key, None)
        changes = words.get(PERTURBED, [])
        kept = [change for change in changes if change["epoch"] <= epoch]
        if kept != changes:
            self._attributes.write(number, PERTURBED, kept)

    def report(self, number: int, epoch: Committed) -> None:
        """One epoch is finished; of one objective Optuna sees what the scheduler does."""
        self._attributes.write(number, report_key(epoch.report.epoch), asdict(epoch))
        reach("report-committed")
        self._telling.epoch(number, epoch)
        reach("value-told")

    def perturb(self, number: int, change: Perturbation) -> None:
        """Population-based training gave a running trial another point."""
        before = held(self._attributes.frozen(number)).get(PERTURBED, [])
        self._attributes.write(number, PERTURBED, [*before, asdict(change)])

    def finish(
        self,
        number: int,
        state: State,
        cause: str | None,
        kept: tuple[Checkpoint, ...] | None = None,
    ) -> None:
        """A trial has ended, or was interrupted; `kept` are the checkpoints that it leaves."""
        plain = None if kept is None else [asdict(checkpoint) for checkpoint in kept]
        self._attributes.write(number, END, {"state": state.value, "cause": cause, "kept": plain})
        reach("end-written")
        self._telling.end(self.trial(number))
        reach("end-told")

    def reject(self, number: int, point: Point, violated: str) -> None:
        """A point broke a constraint and is never trained; the sampler learns of it."""
        optuna.Trial(self.study, self._attributes.key(number)).set_constraint(violated, 1.0)
        self._answer(number, State.REJECTED, point=dict(point), cause=f"breaks {violated}")

    def answer_duplicate(self, number: int, point: Point, original: int) -> None:
        """A point that was trained before is answered with what was found then."""
        self._answer(number, State.DUPLICATE, point=dict(point), duplicate_of=original)

    def trial(self, number: int) -> TrialRecord:
        """What is known of one trial."""
        return read_trial(self._attributes.frozen(number))

    def trials(self) -> list[TrialRecord]:
        """Everything that is known, by number; points that are only asked for are left out."""
        frozen = self.study.get_trials(deepcopy=False)
        return [read_trial(trial) for trial in frozen if is_begun(trial)]

    def epochs(self, number: int) -> tuple[Committed, ...]:
        """The committed epochs of a trial, with what schedulers saw of them."""
        return commits(held(self._attributes.frozen(number)))

    def curves(self) -> dict[int, list[tuple[int, Worth]]]:
        """What schedulers saw of each trial: its epochs, and what it was worth by each."""
        frozen = self.study.get_trials(deepcopy=False)
        seen = {trial.number: commits(held(trial)) for trial in frozen}
        return {n: [(e.report.epoch, e.best) for e in epochs] for n, epochs in seen.items()}

    def reconcile(self) -> None:
        """Tell Optuna what was committed and not yet told; doing it twice changes nothing."""
        self._telling.reconcile()
        reach("resume-reconciled")

    def _answer(self, number: int, state: State, **words: Any) -> None:
        self._attributes.write(number, END, {"state": state.value, **words})
        self._telling.end(self.trial(number))
