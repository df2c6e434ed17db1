"""The test of the finalists: whatever the code of a user does there, the search has ended well."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from search.engine.closing import test_finalists as evaluate_finalists
from search.engine.ends import EarlyEnd
from search.exits import Exit
from search.load import load
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import Checkpoint, Report, State, TrialRecord

TRAINABLE = """
import faulthandler, os, sys, time
from pathlib import Path
from typing import Literal
from trainables.contract import Metric, TrialConfig

class Config(TrialConfig):
    x: float = 0.5
    does: str = "well"
    password: str = ""
    def max_epochs(self): return 1

METRICS = {"score": Metric("max", "x")}
check_data = probe = fit = None

def prepare_worker():
    time.sleep(1.0)

DOES = {
    "well": lambda config: None,
    "prints": lambda config: os.write(1, b"not an answer\\n"),
    "segfaults": lambda config: faulthandler._sigsegv(),
    "exits": lambda config: os._exit(3),
    "leaves": lambda config: sys.exit("enough"),
    "raises": lambda config: (_ for _ in ()).throw(ValueError(f"no data for {config.password}")),
    "hangs": lambda config: time.sleep(600),
}

def evaluate(config, checkpoint, split):
    Path(checkpoint).with_suffix(f".{os.getpid()}").touch()
    DOES[config.does](config)
    return {"test_score": config.x}
"""


IN_THE_USERS_FILE = r'mine\.py", line \d+,? in evaluate\n'
"""The line of a traceback, Python's or faulthandler's, that names what the user has written."""


@dataclass
class Found:
    """What became of the finalists."""

    tests: Mapping[int, Mapping[str, float]]
    notes: list[str] = field(default_factory=list)
    processes: set[int] = field(default_factory=set)


Evaluate = Callable[..., Found]


@pytest.fixture
def evaluated(tmp_path: Path) -> Evaluate:
    """Evaluates trials on the test data of which each `does` something then."""
    (tmp_path / "mine.py").write_text(TRAINABLE)
    folder = SearchFolder(tmp_path / "toy")
    folder.path.mkdir()

    def run(*does: str, end: EarlyEnd | None = None, **spec: Any) -> Found:
        said = "".join(f", {name}: {value}" for name, value in spec.items())
        (tmp_path / "toy.yaml").write_text(
            "trainable: ./mine.py\nbase: {password: hunter22}\n"
            "space: {x: {float: [0.0, 1.0]}}\n"
            "search: {metric: score, mode: max, finalists: 9, trials: 9, scheduler: {name: none}"
            f"{said}}}\n"
        )
        search = load(str(tmp_path / "toy.yaml"), machine=None)
        trials = [trial_that(does, number) for number, does in enumerate(does)]
        manifest = {"search": {"metric": "score", "mode": "max"}}
        found = Found({})
        result = SearchResult("toy", manifest, tuple(trials), {})
        found.tests = evaluate_finalists(
            search, folder, result, end or EarlyEnd(), found.notes.append
        )
        found.processes = {int(file.suffix[1:]) for file in folder.path.iterdir()}
        return found

    return run


def trial_that(does: str, number: int) -> TrialRecord:
    value = 1.0 - number / 10
    config = {"x": value, "does": does, "password": "***"}
    checkpoint = Checkpoint(f"{number}.ckpt", 1, value, "ab")
    report = Report(1, 1.0, {"score": value})
    return TrialRecord(
        number, State.COMPLETE, {}, 0, reports=(report,), checkpoints=(checkpoint,), config=config
    )


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_the_finalists_are_evaluated_by_one_process_that_is_gone_then(evaluated: Evaluate) -> None:
    found = evaluated("well", "prints", "well")
    assert found.tests == {0: {"test_score": 1.0}, 1: {"test_score": 0.9}, 2: {"test_score": 0.8}}
    assert found.notes == []
    (pid,) = found.processes
    assert is_gone(pid)


@pytest.mark.parametrize(
    ("does", "said", "logged"),
    [
        ("segfaults", "its process died with signal SIGSEGV", IN_THE_USERS_FILE),
        # Such an end leaves no traceback.
        ("exits", "its process died with exit code 3", "metrics: its process died with exit code"),
        ("leaves", "SystemExit: enough", IN_THE_USERS_FILE),
        ("raises", "ValueError: no data for ***", IN_THE_USERS_FILE),
    ],
)
def test_a_trial_that_cannot_be_tested_is_noted_and_the_others_are_tested(
    evaluated: Evaluate, caplog: pytest.LogCaptureFixture, does: str, said: str, logged: str
) -> None:
    found = evaluated("well", does, "well")
    assert found.tests == {0: {"test_score": 1.0}, 2: {"test_score": 0.8}}
    (note,) = found.notes
    start = f"trial 00001 could not be evaluated on the test data: {said}; "
    assert note.startswith(start)
    assert note.endswith("search.log says more")
    assert re.search(logged, caplog.text)
    assert "hunter22" not in caplog.text


@pytest.mark.parametrize("limits", [{"trial_timeout": "0.9s"}, {"report_timeout": "0.9s"}])
def test_one_that_hangs_is_ended_with_the_time_that_a_trial_may_take(
    evaluated: Evaluate, limits: Mapping[str, str]
) -> None:
    found = evaluated("hangs", "well", **limits)
    assert found.tests == {1: {"test_score": 0.9}}
    assert ": it took more than 0.9 s; " in found.notes[0]
    assert all(map(is_gone, found.processes))


@pytest.fixture
def many_open_files() -> Iterator[None]:
    """Every next descriptor is above 1023, the last that select(2) takes."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    held = [os.open(os.devnull, os.O_RDONLY)]
    while held[-1] < 1024:
        held.append(os.dup(held[0]))
    yield
    for descriptor in held:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_open_files")
def test_a_driver_with_many_open_files_hears_the_answers(evaluated: Evaluate) -> None:
    assert evaluated("well").tests == {0: {"test_score": 1.0}}


def test_the_end_of_the_search_waits_for_none(evaluated: Evaluate) -> None:
    end = EarlyEnd()
    end.end_search("Ctrl-C", Exit.INTERRUPTED)
    assert evaluated("hangs", end=end).tests == {}


class LaterEnd(EarlyEnd):
    """An end that comes a second after it was first asked for."""

    asked = 0.0

    def stop_all(self) -> bool:
        self.asked = self.asked or time.monotonic()
        return time.monotonic() > self.asked + 1


DRIVER = """
import sys
from search.engine.evaluator import Question, evaluate_apart
from search.names import TrainableRef
question = Question(0, {"does": "hangs"}, sys.argv[2])
list(evaluate_apart([question], TrainableRef("mine", sys.argv[1]), None, lambda: False))
"""


def test_it_goes_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(TRAINABLE)
    places = [str(tmp_path / "mine.py"), str(tmp_path / "0.ckpt")]
    with subprocess.Popen([sys.executable, "-c", DRIVER, *places]) as driver:
        while not (begun := list(tmp_path.glob("0.[0-9]*"))):
            time.sleep(0.05)
        driver.kill()
    pid, late = int(begun[0].suffix[1:]), time.monotonic() + 20
    while not is_gone(pid) and time.monotonic() < late:
        time.sleep(0.05)
    assert is_gone(pid)


def test_an_end_that_comes_meanwhile_ends_the_process(evaluated: Evaluate) -> None:
    found = evaluated("hangs", "well", end=LaterEnd())
    assert found.tests == {}
    assert all(map(is_gone, found.processes))
