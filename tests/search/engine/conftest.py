"""One Ray cluster for all tests of the engine, and a search on it from a few lines of YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from search.engine import cluster as clusters

clusters.prepare_environment()
clusters.prepare_own_cluster()

from search.engine import session  # noqa: E402 - ray must find its environment set
from search.engine.ends import EarlyEnd  # noqa: E402
from search.engine.outcome import Outcome  # noqa: E402
from search.load import load  # noqa: E402
from search.options import Options  # noqa: E402
from search.results.folder import SearchFolder  # noqa: E402
from search.results.trials import TrialRecord  # noqa: E402

TRAINABLE = Path(__file__).with_name("fault_trainable.py")


@pytest.fixture(scope="session")
def cluster() -> Iterator[clusters.Cluster]:
    with clusters.running_cluster(None, dashboard=True, cpus=2) as running:
        yield running


class Heard:
    """A view that remembers what it was shown."""

    def __init__(self) -> None:
        self.trials: list[TrialRecord] = []
        self.notes: list[str] = []
        self.rungs: tuple[int, ...] = ()
        self.end = EarlyEnd()
        """Through which the search can be ended, as a signal would."""

    def started(self, cluster: Any, rungs: Any, concurrent: int, earlier: Any) -> None:
        self.rungs = tuple(rungs)

    @contextmanager
    def searching(self) -> Iterator[None]:
        yield

    def note(self, text: str) -> None:
        self.notes.append(text)

    def trial_changed(self, trial: TrialRecord) -> None:
        self.trials.append(trial)


@pytest.fixture(scope="session")
def quiet_view() -> type[Heard]:
    return Heard


@pytest.fixture
def write_space(tmp_path: Path) -> Callable[..., Path]:
    """Write a space over the fault trainable; keyword arguments are lines of `search`."""

    def write(space: str, base: str = "{}", extra: str = "", **search: Any) -> Path:
        options = {"name": "toy", "metric": "score", "mode": "max", "trials": 4} | search
        lines = [f"  {key}: {value}" for key, value in options.items()]
        text = f"trainable: {TRAINABLE}\nbase: {base}\nsearch:\n" + "\n".join(lines) + "\nspace:\n"
        path = tmp_path / "toy.yaml"
        path.write_text(text + indent(dedent(space).strip(), "  ") + "\n" + dedent(extra))
        return path

    return write


@pytest.fixture
def run(
    tmp_path: Path, cluster: clusters.Cluster, write_space: Callable[..., Path]
) -> Callable[..., Outcome]:
    """Search a space over the fault trainable on the shared cluster."""

    def search(*args: Any, view: Any = None, track: bool = False, **kwargs: Any) -> Outcome:
        loaded = load(str(write_space(*args, **kwargs)))
        folder = SearchFolder(tmp_path / "runs" / loaded.spec.name)
        folder.path.mkdir(parents=True, exist_ok=True)
        options = Options(dashboard=False, track=track)
        shown = view or Heard()
        return session.run(loaded, folder, options, shown, cluster, end=shown.end)

    return search


@pytest.fixture
def folder(tmp_path: Path) -> SearchFolder:
    return SearchFolder(tmp_path / "runs" / "toy")
