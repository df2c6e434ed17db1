"""MLflow, written by one thread beside the search: a slow or dead server costs nothing."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.masking import masked_text
from search.results.access import make_private
from search.results.folder import SearchFolder
from search.results.pareto import TradePoint, front_of, is_trade_off, leading
from search.results.result import SearchResult
from search.results.trials import State, TrialRecord

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from search.engine.export import Exporter

log = logging.getLogger(__name__)

PERIOD_SECONDS = 2.0
RETRY_SECONDS = 20.0
CLOSING_SECONDS = 30.0

NOBODYS = "0"
"""The id of the experiment `Default`, which MLflow puts into every new store."""


def tracking_uri(storage: Path) -> str:
    """Where searches are tracked: MLFLOW_TRACKING_URI, else one SQLite file beside them."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{_own_store(storage)}"


def _own_store(storage: Path) -> Path:
    return storage.resolve() / "mlflow.db"


def open_exporter(storage: Path, manifest: Mapping[str, Any]) -> Exporter:
    """Connect to the store, making it if it is a SQLite file that is not there yet."""
    from search.engine.export import Exporter

    with alone(storage):
        return Exporter(connect(storage), manifest, artifact_root(storage))


def connect(storage: Path) -> MlflowClient:
    """A client of the store; call it inside `alone`.

    A file that this makes holds no experiment yet: MLflow's empty one, whose artifacts would lie in
    whatever folder a command was typed in, is taken out. A store of the user's stays as it is.
    """
    from mlflow import MlflowClient

    uri = tracking_uri(storage)
    is_new = uri == f"sqlite:///{_own_store(storage)}" and not _own_store(storage).exists()
    client = MlflowClient(tracking_uri=uri)
    if is_new:
        client.delete_experiment(NOBODYS)
    return client


def artifact_root(storage: Path) -> str | None:
    """Where artifacts lie beside a SQLite file of ours; a server decides that itself."""
    local = tracking_uri(storage).startswith("sqlite:")
    return (storage.resolve() / "mlartifacts").as_uri() if local else None


@contextmanager
def alone(storage: Path) -> Iterator[None]:
    """One process at a time: MLflow's first migrations of a fresh SQLite file collide otherwise.

    The lock lies beside the file, since searches of several storages may share it.
    """
    store = sqlite_file(tracking_uri(storage))
    if store is None:
        yield
        return
    if store == _own_store(storage):
        make_private(store.parent)
    with store.with_name(f".{store.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sqlite_file(uri: str) -> Path | None:
    """The file of a SQLite store; None for any other store, and for one in memory."""
    kind, _, rest = uri.partition(":///")
    path = rest.partition("?")[0]
    return (
        Path(path).absolute()
        if kind.startswith("sqlite") and path not in ("", ":memory:")
        else None
    )


class Tracker:
    """Takes what happens to the trials and writes it to MLflow when it can.

    The record holds everything, so that nothing is spooled: what could not be written while the
    search ran is written by `tune-track sync`.
    """

    def __init__(self, folder: SearchFolder, manifest: Mapping[str, Any]) -> None:
        self._folder = folder
        self._manifest = manifest
        self._pending: dict[int, TrialRecord] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._exporter: Exporter | None = None
        self._thread = threading.Thread(target=self._run, name="mlflow-tracker", daemon=True)
        self.error: str | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def trial_changed(self, trial: TrialRecord) -> None:
        """Remember the newest state of a trial; returns at once."""
        with self._lock:
            self._pending[trial.number] = trial

    def close(self) -> Exporter | None:
        """Write what is left, for a while; the exporter if everything could be written."""
        self._ending.set()
        self._thread.join(CLOSING_SECONDS)
        if self._thread.is_alive():
            self.error = self.error or "the tracking server did not answer in time"
        return self._exporter if self.error is None and not self._pending else None

    def _run(self) -> None:
        while not self._ending.is_set():
            wait = PERIOD_SECONDS if self._flush() else RETRY_SECONDS
            self._ending.wait(wait)
        self._flush()

    def _flush(self) -> bool:
        """Write every pending trial; whether that went well."""
        with self._lock:
            batch, self._pending = self._pending, {}
        try:
            storage = self._folder.path.parent
            self._exporter = self._exporter or open_exporter(storage, self._manifest)
            while batch:
                number = next(iter(batch))
                export_trial(self._exporter, batch[number], self._folder)
                del batch[number]
        except Exception as error:  # noqa: BLE001 - tracking must never end a search
            self._put_back(batch, error)
            return False
        self.error = None
        return True

    def _put_back(self, batch: dict[int, TrialRecord], error: Exception) -> None:
        if self.error is None:
            log.warning("MLflow cannot be written", exc_info=error)
        self.error = said(error)
        with self._lock:
            self._pending = batch | self._pending


def finish_tracking(
    tracker: Tracker, result: SearchResult, files: Sequence[Path], folder: SearchFolder
) -> str | None:
    """Write the outcome to MLflow; what is missing there, or None."""
    exporter = tracker.close()
    if exporter is None:
        return tracker.error or "some trials could not be written"
    try:
        export_outcome(exporter, result, files, folder)
    except Exception as error:
        log.exception("the outcome of the search could not be written to MLflow")
        return said(error)
    return None


def said(error: Exception) -> str:
    """The first line of an error, without secrets; what it is where it says nothing."""
    return masked_text((str(error).strip() or repr(error)).splitlines()[0])


def search_state(result: SearchResult) -> State:
    """How the search stands as a whole; complete once a resume has nothing to go on with."""
    if result.count(State.RUNNING):
        return State.RUNNING
    return State.INTERRUPTED if result.count(State.INTERRUPTED) else State.COMPLETE


def export_trial(exporter: Exporter, trial: TrialRecord, folder: SearchFolder) -> None:
    """A trial as the record knows it, and the pictures that lie in its folder."""
    exporter.trial(trial)
    exporter.pictures(trial, folder.pictures(trial.number))


def export_outcome(
    exporter: Exporter, result: SearchResult, files: Sequence[Path], folder: SearchFolder
) -> None:
    """The state of the whole search, its tables and its best checkpoint, on the parent run."""
    best = leading(result)
    metrics: dict[str, float] = {"epochs_spent": result.epochs_spent()}
    if best is not None:
        metrics |= _found(result, best)
        metrics |= result.tests_at(best.trial.number, best.epoch)
    exporter.search(search_state(result), metrics, files)
    checkpoint = best.checkpoint if best is not None else None
    if checkpoint is not None and (folder.path / checkpoint.path).is_file():
        exporter.checkpoint(folder.path / checkpoint.path)


def _found(result: SearchResult, best: TradePoint) -> dict[str, float]:
    """The best value; of several objectives the knee, the extremes and the size of the front."""
    values = dict(zip(result.goal.metrics, best.values, strict=True))
    if not is_trade_off(result):
        return {f"best_{metric}": value for metric, value in values.items()}
    front = front_of(result)
    columns = zip(*(point.values for point in front), strict=True)
    ends = zip(result.goal.parts, columns, strict=True)
    return {
        **{f"knee_{metric}": value for metric, value in values.items()},
        **{f"best_{part.metric}": part.sign * max(part.sign * v for v in c) for part, c in ends},
        "on_front": len(front),
    }


def sync(folder: SearchFolder, result: SearchResult, files: Sequence[Path]) -> None:
    """Bring MLflow to what the record holds; doing it twice changes nothing."""
    exporter = open_exporter(folder.path.parent, result.manifest)
    for trial in result.trials:
        export_trial(exporter, trial, folder)
    export_outcome(exporter, result, files, folder)
