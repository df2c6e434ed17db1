"""The one durable record of a search: an Optuna study, and how our words lie in it.

Optuna's own fields hold what its samplers and its dashboard read (parameters, intermediate values,
state, value). What only we need lies in system attributes under the prefix `tune_run:`.
"""

from __future__ import annotations

import sqlite3
import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.errors import refuse
from search.results.result import SearchResult
from search.results.trials import (
    Checkpoint,
    Objective,
    Perturbation,
    Point,
    Report,
    State,
    TrialRecord,
)

PREFIX = "tune_run:"

DIRECTIONS = {"max": StudyDirection.MAXIMIZE, "min": StudyDirection.MINIMIZE}

TOLD: Mapping[State, TrialState] = {
    State.COMPLETE: TrialState.COMPLETE,
    State.STOPPED: TrialState.PRUNED,
    State.DIVERGED: TrialState.FAIL,
    State.FAILED: TrialState.FAIL,
    State.INTERRUPTED: TrialState.FAIL,
    State.REJECTED: TrialState.PRUNED,
}
"""What Optuna is told about each end; a stopped trial never counts as a complete one."""


def storage_of(file: Path) -> RDBStorage:
    """Optuna's storage in a SQLite file, in write-ahead mode: no reader ever blocks the search."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return RDBStorage(
        f"sqlite:///{file.resolve()}",
        engine_kwargs={"connect_args": {"timeout": 30}},
    )


class Record:
    """The record of one search; only the driver writes it."""

    def __init__(self, study: optuna.Study, storage: RDBStorage) -> None:
        self.study = study
        self._storage = storage
        self._study_id = storage.get_study_id_from_name(study.study_name)

    @classmethod
    def create(cls, file: Path, name: str, objective: Objective) -> Record:
        """Begin a new record."""
        storage = storage_of(file)
        study = optuna.create_study(
            storage=storage, study_name=name, direction=DIRECTIONS[objective.mode]
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names([objective.metric])
        return cls(study, storage)

    @classmethod
    def open(cls, file: Path) -> Record:
        """Open a record that is there."""
        storage = storage_of(file)
        for name in optuna.get_all_study_names(storage):
            found = cls(optuna.load_study(storage=storage, study_name=name), storage)
            if found.manifest():
                return found
        message = "this search died before its first trial; begin it anew with --fresh"
        raise refuse(str(file.parent), message)

    # -- the search as a whole ------------------------------------------------------------------

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """What the search is: files, spec, versions, seeds."""
        self._storage.set_study_system_attr(self._study_id, f"{PREFIX}manifest", dict(manifest))

    def manifest(self) -> dict[str, Any]:
        """What `write_manifest` wrote."""
        attrs = self._storage.get_study_system_attrs(self._study_id)
        found: dict[str, Any] = attrs.get(f"{PREFIX}manifest", {})
        return found

    def objective(self) -> Objective:
        """The number that the search improves."""
        search = self.manifest()["search"]
        return Objective(search["metric"], search["mode"])

    def write_tests(self, tests: Mapping[int, Mapping[str, float]]) -> None:
        """The test metrics of the finalists; Optuna's samplers never read them."""
        plain = {str(number): dict(metrics) for number, metrics in tests.items()}
        self._storage.set_study_system_attr(self._study_id, f"{PREFIX}tests", plain)

    def result(self) -> SearchResult:
        """Everything in the record, as plain words."""
        attrs = self._storage.get_study_system_attrs(self._study_id)
        tests = {int(number): m for number, m in attrs.get(f"{PREFIX}tests", {}).items()}
        name = self.study.study_name
        return SearchResult(name, self.manifest(), tuple(self.trials()), tests)

    def interrupt_running(self) -> None:
        """Close the trials whose search died while they ran, or before they began."""
        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if f"{PREFIX}state" not in trial.system_attrs:
                fixed = trial.system_attrs.get("fixed_params", {})
                self._write(trial.number, point=fixed | trial.params)
            cause = "the search ended before the trial did"
            self.finish(trial.number, State.INTERRUPTED, None, cause)

    def queued_again(self) -> set[int]:
        """The interrupted trials whose points were queued once more."""
        frozen = self.study.get_trials(deepcopy=False)
        return {t.user_attrs["retry_of"] for t in frozen if "retry_of" in t.user_attrs}

    def queue_again(self, number: int, point: Point) -> None:
        """Have the point of an interrupted trial trained by another trial."""
        self.study.enqueue_trial(dict(point), user_attrs={"retry_of": number})

    def asked(self) -> int:
        """How many points were asked for so far; those that are only queued do not count."""
        waiting = (TrialState.WAITING,)
        queued = self.study.get_trials(deepcopy=False, states=waiting)
        return len(self.study.get_trials(deepcopy=False)) - len(queued)

    # -- one trial ------------------------------------------------------------------------------

    def begin(self, number: int, point: Point, seed: int, config: Mapping[str, Any]) -> None:
        """A trial is about to start."""
        self._write(number, point=dict(point), seed=seed, config=config, started=time.time())
        self._state(number, State.RUNNING)

    def report(
        self,
        number: int,
        report: Report,
        best: float,
        checkpoints: tuple[Checkpoint, ...],
    ) -> None:
        """One epoch is finished; Optuna sees the best value so far, as the scheduler does."""
        entry = {f"report:{report.epoch:06d}": asdict(report)}
        self._write(number, checkpoints=[asdict(c) for c in checkpoints], **entry)
        self._storage.set_trial_intermediate_value(self._id(number), report.epoch, best)

    def perturb(self, number: int, change: Perturbation) -> None:
        """Population-based training gave a running trial another point."""
        before = self._attrs(number).get(f"{PREFIX}perturbed", [])
        self._write(number, perturbed=[*before, asdict(change)])

    def finish(self, number: int, state: State, best: float | None, cause: str | None) -> None:
        """A trial has ended; what Optuna is told follows from the state."""
        self._write(number, cause=cause)
        self._state(number, state)
        told = TOLD[state]
        values = best if told is TrialState.COMPLETE else None
        self.study.tell(number, values, told, skip_if_finished=True)

    def reject(self, number: int, point: Point, violated: str) -> None:
        """A point broke a constraint and is never trained; the sampler learns of it."""
        trial = self._trial(number)
        trial.set_constraint(violated, 1.0)
        self._write(number, point=dict(point), cause=f"breaks {violated}")
        self._state(number, State.REJECTED)
        self.study.tell(number, None, TrialState.PRUNED)

    def answer_duplicate(self, number: int, point: Point, original: TrialRecord) -> None:
        """A point that was trained before is answered with what was found then."""
        self._write(number, point=dict(point), duplicate_of=original.number)
        self._state(number, State.DUPLICATE)
        value = original.value(self.objective())
        if original.state is State.COMPLETE:
            self.study.tell(number, value)
            return
        if original.state is State.STOPPED:
            self._trial(number).report(value, original.epochs)
        told = TOLD.get(original.state, TrialState.FAIL)
        self.study.tell(number, None, told)

    def trial(self, number: int) -> TrialRecord:
        """What is known of one trial."""
        frozen = self._storage.get_trial(self._id(number))
        return _read(frozen)

    def trials(self) -> list[TrialRecord]:
        """Everything that is known, by number; points that are only asked for are left out."""
        frozen = self.study.get_trials(deepcopy=False)
        return [_read(trial) for trial in frozen if f"{PREFIX}state" in trial.system_attrs]

    # -- how it lies in the study ---------------------------------------------------------------

    def _id(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(self._study_id, number)

    def _trial(self, number: int) -> optuna.Trial:
        return optuna.Trial(self.study, self._id(number))

    def _attrs(self, number: int) -> dict[str, Any]:
        return self._storage.get_trial_system_attrs(self._id(number))

    def _write(self, number: int, **values: Any) -> None:
        for key, value in values.items():
            self._storage.set_trial_system_attr(self._id(number), f"{PREFIX}{key}", value)

    def _state(self, number: int, state: State) -> None:
        self._write(number, state=state.value)
        self._storage.set_trial_user_attr(self._id(number), "state", state.value)


def _read(trial: optuna.trial.FrozenTrial) -> TrialRecord:
    held = {
        key.removeprefix(PREFIX): value
        for key, value in trial.system_attrs.items()
        if key.startswith(PREFIX)
    }
    reports = [Report(**held[key]) for key in sorted(held) if key.startswith("report:")]
    return TrialRecord(
        number=trial.number,
        state=State(held["state"]),
        point=held.get("point", {}),
        seed=held.get("seed", 0),
        started=held.get("started", 0.0),
        reports=tuple(reports),
        checkpoints=tuple(Checkpoint(**c) for c in held.get("checkpoints", [])),
        cause=held.get("cause"),
        config=held.get("config", {}),
        duplicate_of=held.get("duplicate_of"),
        perturbed=tuple(Perturbation(**p) for p in held.get("perturbed", [])),
    )
