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
from typing import Any, Self

import optuna
from optuna.storages import RDBStorage

from search.crash_points import reach
from search.engine.asked_again import AskedAgain
from search.engine.record_reader import RecordReader
from search.engine.record_storage import storage_of
from search.engine.record_words import (
    BEGIN,
    END,
    PERTURBED,
    PREFIX,
    Committed,
    attempt_key,
    report_key,
)
from search.engine.telling import Telling, directions_of
from search.results.goal import Goal
from search.results.trials import Checkpoint, Perturbation, Start, State
from search.space.labels import Point


class Record(RecordReader):
    """The record of one search, open for writing."""

    def __init__(self, study: optuna.Study, storage: RDBStorage) -> None:
        super().__init__(Path(str(storage.engine.url.database)), study.study_name)
        self.study = study
        self._storage = storage
        self._study_id = storage.get_study_id_from_name(study.study_name)
        self._telling = Telling(study, storage, self)

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
    def _opened(cls, file: Path, name: str) -> Self:
        storage = storage_of(file)
        return cls(optuna.load_study(storage=storage, study_name=name), storage)

    def close(self) -> None:
        """Let go of the file."""
        super().close()
        self._storage.remove_session()
        self._storage.engine.dispose()

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """What the search is: files, spec, versions, seeds."""
        self._note("manifest", dict(manifest))
        reach("manifest-written")

    def write_tests(self, tests: Mapping[int, Mapping[str, float]]) -> None:
        """The test metrics of the finalists; Optuna's samplers never read them."""
        self._note("tests", {str(number): dict(metrics) for number, metrics in tests.items()})
        reach("tests-written")

    def write_spent(self, seconds: float) -> None:
        """How long the search has run so far, over all its resumes."""
        self._note("spent", seconds)

    def ask(self) -> optuna.Trial:
        """A new trial of Optuna's."""
        trial = self.study.ask()
        reach("trial-asked")
        return trial

    def ask_again(self, number: int) -> optuna.Trial:
        """The same question once more, for a trial that was never begun."""
        return AskedAgain(self.study, self.key(number))

    def begin(self, number: int, point: Point, seed: int, config: Mapping[str, Any]) -> None:
        """A trial is about to start for the first time."""
        words = {"point": dict(point), "seed": seed, "config": config, "started": time.time()}
        self._write(number, BEGIN, words)
        self._telling.running(number)
        reach("trial-begun")

    def begin_again(self, number: int, start: Start, died: bool = False) -> None:
        """A trial is about to go on; epochs after its start are taken back.

        `died` tells a process that died from a search that was cut off.
        """
        self.rewind(number, start.epoch)
        reach("resume-rewound")
        attempt = 1 + self.trial(number).attempts
        kept = [asdict(checkpoint) for checkpoint in start.kept]
        made = {"epoch": start.epoch, "kept": kept, "died": died}
        self._write(number, attempt_key(attempt), made)
        self._write(number, END, None)
        self._telling.running(number)

    def rewind(self, number: int, epoch: int) -> None:
        """Take back what came after an epoch, the last first, so that a kill leaves no gap."""
        trial = self.trial(number)
        for report in reversed(trial.reports):
            if report.epoch > epoch:
                self._write(number, report_key(report.epoch), None)
        kept = [change for change in trial.perturbed if change.epoch <= epoch]
        if len(kept) < len(trial.perturbed):
            self._write(number, PERTURBED, [asdict(change) for change in kept])

    def report(self, number: int, epoch: Committed) -> None:
        """One epoch is finished; of one objective Optuna sees what the scheduler does."""
        self._write(number, report_key(epoch.report.epoch), asdict(epoch))
        reach("report-committed")
        self._telling.epoch(number, epoch)
        reach("value-told")

    def perturb(self, number: int, change: Perturbation) -> None:
        """Population-based training gave a running trial another point."""
        changes = [*self.trial(number).perturbed, change]
        self._write(number, PERTURBED, [asdict(each) for each in changes])

    def finish(
        self,
        number: int,
        state: State,
        cause: str | None,
        kept: tuple[Checkpoint, ...] | None = None,
    ) -> None:
        """A trial has ended, or was interrupted; `kept` are the checkpoints that it leaves."""
        plain = None if kept is None else [asdict(checkpoint) for checkpoint in kept]
        self._write(number, END, {"state": state.value, "cause": cause, "kept": plain})
        reach("end-written")
        self._telling.end(number)
        reach("end-told")

    def reject(self, number: int, point: Point, violated: str) -> None:
        """A point broke a constraint and is never trained; the sampler learns of it."""
        optuna.Trial(self.study, self.key(number)).set_constraint(violated, 1.0)
        self._answer(number, State.REJECTED, point=dict(point), cause=f"breaks {violated}")

    def answer_duplicate(self, number: int, point: Point, original: int) -> None:
        """A point that was trained before is answered with what was found then."""
        self._answer(number, State.DUPLICATE, point=dict(point), duplicate_of=original)

    def reconcile(self) -> None:
        """Tell Optuna what was committed and not yet told; doing it twice changes nothing."""
        self._telling.reconcile()
        reach("resume-reconciled")

    def _answer(self, number: int, state: State, **words: Any) -> None:
        self._write(number, END, {"state": state.value, **words})
        self._telling.end(number)

    def _note(self, key: str, value: Any) -> None:
        """Commit something of the search as a whole."""
        self._storage.set_study_system_attr(self._study_id, f"{PREFIX}{key}", value)

    def _write(self, number: int, key: str, value: Any) -> None:
        """Commit something of a trial; None takes back what was there."""
        self._storage.set_trial_system_attr(self.key(number), f"{PREFIX}{key}", value)
