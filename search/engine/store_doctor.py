"""Opens the tracking store as a search would; run in a process of its own, since MLflow is slow."""

from __future__ import annotations

from pathlib import Path

from search.engine.cluster import prepare_environment
from search.engine.tracker import alone, tracking_uri


def open_store(storage: str) -> dict[str, str]:
    """Ask the store, which is there, for an experiment; which MLflow could read it."""
    prepare_environment()
    import mlflow

    place = Path(storage)
    with alone(place):
        mlflow.MlflowClient(tracking_uri=tracking_uri(place)).search_experiments(max_results=1)
    return {"version": mlflow.__version__}
