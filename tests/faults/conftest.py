"""The fault matrix: searches that are disturbed, judged by the checker, and counted in a table."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.checker import violations
from tests.faults.counting import epochs_again, epochs_lost, trials_lost
from tests.faults.cut_off import cut_off
from tests.faults.evidence import Evidence
from tests.faults.given import Begin, Judge, Reference
from tests.faults.reporting import (
    CASE,
    FOLDER,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)
from tests.faults.search_process import SearchProcess
from tests.faults.setup import Setup
from tests.faults.tally import Case

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
]


@pytest.fixture(scope="session", autouse=True)
def _place_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    pytestconfig.stash[FOLDER] = tmp_path_factory.getbasetemp() / "faults.md"


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Makes searches in folders of this test's own, and ends all that is left of them."""
    made: list[SearchProcess] = []

    def begin(setup: Setup, *options: str) -> SearchProcess:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(SearchProcess(folder, setup, *options))
        return made[-1]

    yield begin
    for search in made:
        search.close()


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """Count what a search went through, and fail with every invariant that does not hold."""

    def judge(evidence: Evidence) -> None:
        case = request.node.stash.setdefault(CASE, Case(request.node.name))
        found = violations(evidence)
        case.kills += len(evidence.kills)
        case.trials_cut += sum(trial.attempts - 1 for trial in evidence.result.trials)
        case.trained_again += epochs_again(evidence)
        case.epochs_lost += epochs_lost(evidence)
        case.trials_lost += trials_lost(evidence)
        case.violations += found
        assert not found, "\n".join(found)

    return judge


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Evidence]:
    """By seed, the deterministic search when nothing disturbs it; the checker finds nothing."""
    known: dict[int, Evidence] = {}

    def uninterrupted(seed: int) -> Evidence:
        if seed not in known:
            known[seed] = _undisturbed(tmp_path_factory.mktemp("reference"), seed)
        return known[seed]

    return uninterrupted


def _undisturbed(folder: Path, seed: int) -> Evidence:
    search = SearchProcess(folder, Setup(seed=seed))
    try:
        search.start()
        search.wait(0)
        evidence = search.evidence(search.setup.expected())
    finally:
        search.close()
    assert not (found := violations(evidence)), "\n".join(found)
    return evidence


@pytest.fixture(scope="session")
def reference(uninterrupted: Callable[[int], Evidence]) -> Reference:
    """By seed, the final table of the deterministic search when nothing disturbs it."""
    return lambda seed: uninterrupted(seed).table


@pytest.fixture(scope="session")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchProcess]:
    """A search that was killed in its middle, to be copied; nobody may go on with it."""
    search = SearchProcess(tmp_path_factory.mktemp("interrupted"), Setup())
    cut_off(search, epochs=12)
    yield search
    search.close()


@pytest.fixture
def found_interrupted(interrupted: SearchProcess, begin: Begin) -> SearchProcess:
    """A copy of a search that was killed in its middle, as a resume finds it."""
    search = begin(interrupted.setup)
    shutil.copytree(interrupted.storage, search.storage)
    shutil.copy(interrupted.space, search.space)
    return search
