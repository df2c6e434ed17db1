"""One Ray cluster for all tests of the engine, and a search on it from a few lines of YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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


def write(
    folder: Path,
    space: str,
    base: str = "{}",
    extra: str = "",
    trainable: Path = TRAINABLE,
    **search: Any,
) -> Path:
    options = {"name": "toy", "metric": "score", "mode": "max", "trials": 4} | search
    lines = [f"  {key}: {value}" for key, value in options.items()]
    text = f"trainable: {trainable}\nbase: {base}\nsearch:\n" + "\n".join(lines) + "\nspace:\n"
    path = folder / "toy.yaml"
    path.write_text(text + indent(dedent(space).strip(), "  ") + "\n" + dedent(extra))
    return path


@pytest.fixture
def write_space(tmp_path: Path) -> Callable[..., Path]:
    """Write a space, over the fault trainable unless said; keywords are lines of `search`."""
    return partial(write, tmp_path)


@pytest.fixture(scope="session")
def run_in(cluster: clusters.Cluster) -> Callable[..., Outcome]:
    """Search a space of `write_space` on the shared cluster, in a folder."""

    def search(
        folder: Path, *args: Any, view: Any = None, track: bool = False, **kwargs: Any
    ) -> Outcome:
        loaded = load(str(write(folder, *args, **kwargs)))
        place = SearchFolder(folder / "runs" / loaded.spec.name)
        place.path.mkdir(parents=True, exist_ok=True)
        options = Options(dashboard=False, track=track)
        shown = view or Heard()
        return session.run(loaded, place, options, shown, cluster, end=shown.end)

    return search


@pytest.fixture
def run(tmp_path: Path, run_in: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """The same in the folder of the test."""
    return partial(run_in, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> SearchFolder:
    return SearchFolder(tmp_path / "runs" / "toy")
