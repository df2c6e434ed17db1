"""How a search lies in MLflow: a parent run, nested runs; writing it twice changes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag

from search.causes import headline
from search.flat import flatten
from search.results.trade_off import goal_in
from search.results.trials import FAULTY, NEVER_STARTED, Report, State, TrialRecord
from trainables.contract import PICTURES

SEARCH = "tune_run.search"
TRIAL = "tune_run.trial"
SYNCED = "tune_run.epochs_logged"
DESCRIBED = "tune_run.described"
"""Set last when a run is made: one without it was broken off and is described again."""

PARENT = "mlflow.parentRunId"

STATUS: Mapping[State, str] = {
    State.RUNNING: "RUNNING",
    State.COMPLETE: "FINISHED",
    State.STOPPED: "FINISHED",
    State.INTERRUPTED: "KILLED",
    **dict.fromkeys(FAULTY, "FAILED"),
}

T = TypeVar("T")


class Exporter:
    """Writes one search to one MLflow store, finding again what is already there."""

    def __init__(
        self, client: MlflowClient, manifest: Mapping[str, Any], artifacts: str | None
    ) -> None:
        self._client = client
        self._manifest = manifest
        self._goal = goal_in(manifest)
        self._experiment = experiment_of(client, manifest["experiment"], artifacts)
        self._runs: dict[int, str] = {}
        self._uploaded: dict[Path, int] = {}
        """Pictures that this process has uploaded, and when each was written."""
        self.parent = self._find_parent()

    def trial(self, trial: TrialRecord) -> None:
        """Bring the trial's run up to what the record knows."""
        if trial.state in NEVER_STARTED:
            return
        run_id = self._run_of(trial)
        logged = int(self._client.get_run(run_id).data.tags.get(SYNCED, "0"))
        for batch in _batches([r for r in trial.reports if r.epoch > logged], 40):
            self._log(run_id, trial, batch)
        if trial.state is not State.RUNNING:
            self._close(run_id, trial)

    def pictures(self, trial: TrialRecord, files: Sequence[Path]) -> None:
        """Keep pictures with the trial's run; those that have changed, again.

        Of two with one name the later stays: an epoch that was trained once more.
        """
        if trial.state in NEVER_STARTED:
            return
        for file in files:
            written = file.stat().st_mtime_ns
            if self._uploaded.get(file) != written:
                self._client.log_artifact(self._run_of(trial), str(file), artifact_path=PICTURES)
                self._uploaded[file] = written

    def search(self, state: State, metrics: Mapping[str, float], files: Sequence[Path]) -> None:
        """Bring the parent run up to date: the outcome and the files that belong to it."""
        values = [Metric(k, v, 0, 0) for k, v in metrics.items() if math.isfinite(v)]
        self._client.log_batch(self.parent, metrics=values, tags=[RunTag("state", state.value)])
        for file in files:
            if file.is_file():
                self._client.log_artifact(self.parent, str(file))
        if state is State.RUNNING:
            self._client.update_run(self.parent, status=STATUS[state])
        else:
            self._client.set_terminated(self.parent, status=STATUS[state])

    def checkpoint(self, file: Path) -> None:
        """Keep the best checkpoint with the parent run."""
        self._client.log_artifact(self.parent, str(file), artifact_path="best")

    def _find(self, *tags: tuple[str, str]) -> Run | None:
        query = " and ".join(f"tags.`{key}` = '{value}'" for key, value in tags)
        found = self._client.search_runs([self._experiment], query, max_results=1)
        return found[0] if found else None

    def _find_parent(self) -> str:
        identity = (SEARCH, str(self._manifest["id"]))
        run = self._find(identity, (TRIAL, "none")) or self._client.create_run(
            self._experiment,
            run_name=self._manifest["search"]["name"],
            tags=dict([identity, (TRIAL, "none"), ("state", "running")]),
        )
        run_id = str(run.info.run_id)
        if DESCRIBED not in run.data.tags:
            told = {k: v for k, v in self._manifest.items() if k not in ("text", "base")}
            log_params(self._client, run, flatten(told))
            self._client.log_text(run_id, self._manifest["text"], "space.yaml")
            self._client.log_dict(run_id, self._manifest["base"], "base.yaml")
            self._client.set_tag(run_id, DESCRIBED, "true")
        return run_id

    def _run_of(self, trial: TrialRecord) -> str:
        if trial.number not in self._runs:
            identity = (SEARCH, str(self._manifest["id"])), (TRIAL, str(trial.number))
            run = self._find(*identity) or self._begin(trial, dict(identity))
            if DESCRIBED not in run.data.tags:
                self._describe(run, trial)
            self._runs[trial.number] = str(run.info.run_id)
        return self._runs[trial.number]

    def _begin(self, trial: TrialRecord, identity: dict[str, str]) -> Run:
        name = f"{self._manifest['search']['name']} {trial.number:05d}"
        tags = identity | {PARENT: self.parent, "seed": str(trial.seed), "state": "running"}
        return self._client.create_run(
            self._experiment, start_time=int(trial.started * 1000), run_name=name, tags=tags
        )

    def _describe(self, run: Run, trial: TrialRecord) -> None:
        log_params(self._client, run, trial.point)
        self._client.log_dict(run.info.run_id, dict(trial.config), "config.yaml")
        self._client.set_tag(run.info.run_id, DESCRIBED, "true")

    def _log(self, run_id: str, trial: TrialRecord, reports: Sequence[Report]) -> None:
        values = [
            Metric(name, value, int((trial.started + report.seconds) * 1000), report.epoch)
            for report in reports
            for name, value in report.metrics.items()
        ]
        *full, last = list(_batches(values, 900)) or [[]]
        for batch in full:
            self._client.log_batch(run_id, metrics=batch)
        # The mark travels with the last values, so that a break between them repeats, never skips.
        mark = RunTag(SYNCED, str(reports[-1].epoch))
        self._client.log_batch(run_id, metrics=last, tags=[mark])

    def _close(self, run_id: str, trial: TrialRecord) -> None:
        best = trial.best_report(self._goal)
        values = best.metrics if best else {}
        metrics = [Metric(f"best_{k}", v, 0, 0) for k, v in values.items() if math.isfinite(v)]
        tags = [RunTag("state", trial.state.value)]
        if trial.cause:
            tags.append(RunTag("cause", headline(trial.cause)[:500]))
        self._client.log_batch(run_id, metrics=metrics, tags=tags)
        ended = int((trial.started + trial.seconds) * 1000)
        self._client.set_terminated(run_id, status=STATUS[trial.state], end_time=ended)


def experiment_of(client: MlflowClient, name: str, artifacts: str | None) -> str:
    """The id of the experiment of this name, which is made if it is not there."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(name, artifact_location=artifacts))


def log_params(client: MlflowClient, run: Run, values: Mapping[str, Any]) -> None:
    """Log the parameters that the run lacks; MLflow takes a hundred at a time, and each once."""
    lacking = values.keys() - run.data.params.keys()
    params = [Param(name, _text(values[name])) for name in values if name in lacking]
    for batch in _batches(params, 100):
        client.log_batch(run.info.run_id, params=batch)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
