"""What an MLflow store holds of a search, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tracked_runs(uri: str, search_id: str) -> Sequence[Mapping[str, Any]]:
    """The runs of the trials of one search: number, status, and the score of each epoch."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    query = f"tags.`tune_run.search` = '{search_id}'"
    runs = client.search_runs(experiments, query, max_results=10_000)
    return [
        {
            "trial": run.data.tags["tune_run.trial"],
            "status": run.info.status,
            "score": {m.step: m.value for m in client.get_metric_history(run.info.run_id, "score")},
        }
        for run in runs
        if run.data.tags.get("tune_run.trial", "none") != "none"
    ]
