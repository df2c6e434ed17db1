"""One search that is ended in every way, and gone on with each time, until it is done."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [pytest.mark.ray, pytest.mark.timeout(2400)]

START_SECONDS = 300
"""How long a loaded machine may take to start a search, or to train its short trials."""

COMMAND = Path(sys.executable).with_name("tune-run")
TRAINABLE = Path(__file__).parents[1] / "engine" / "fault_trainable.py"
SPACE = f"""
trainable: {TRAINABLE}
base: {{trainer: {{max_epochs: 6, seconds_per_epoch: 0.7}}}}
search: {{name: toy, metric: score, mode: max, trials: 6, scheduler: {{name: none}}}}
space: {{x: {{float: [0, 1]}}}}
"""
PLAIN = ["--no-dashboard", "--no-track"]
GO_ON = "Go on with: tune-run toy.yaml --no-dashboard --no-track --resume"


@dataclass(frozen=True)
class Ended:
    """How one run of the search ended."""

    code: int
    output: str
    seconds: float
    """From what ended it to its end."""
    table: pd.DataFrame | None

    @property
    def last_line(self) -> str:
        return self.output.strip().splitlines()[-1]


class Running:
    """One run of the search, in a process group of its own, once it trains."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        begun = time.time()
        self.process = subprocess.Popen(
            [str(COMMAND), "toy.yaml", *PLAIN, *options],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        _wait_for_epoch(folder, begun)

    def pid_of(self, name: str) -> int:
        """The process of Ray's with this name."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                program = (entry / "cmdline").read_bytes().split(b"\0")[0]
            except OSError:
                continue
            if parent == self.process.pid and Path(os.fsdecode(program)).name == name:
                return int(entry.name)
        raise AssertionError(f"{name} does not run")

    def end(self, do: Callable[[Running], None]) -> Ended:
        """Do something to it and wait for its end."""
        begun = time.monotonic()
        do(self)
        output, _ = self.process.communicate(timeout=START_SECONDS)
        seconds = time.monotonic() - begun
        file = self.folder / "runs" / "toy" / "trials.csv"
        table = pd.read_csv(file) if file.exists() else None
        return Ended(self.process.returncode, output, seconds, table)


def _wait_for_epoch(folder: Path, begun: float) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        files = (folder / "runs" / "toy" / "trials").rglob("epoch=*.ckpt")
        if any(file.stat().st_mtime > begun for file in files):
            return
        time.sleep(0.1)
    raise AssertionError("no epoch was finished in time")


def _interrupt(run: Running) -> None:
    run.process.send_signal(signal.SIGINT)


def _interrupt_five_times(run: Running) -> None:
    for _ in range(5):
        try:
            os.killpg(run.process.pid, signal.SIGINT)
        except ProcessLookupError:
            return
        time.sleep(0.2)


def _kill(name: str) -> Callable[[Running], None]:
    return lambda run: os.kill(run.pid_of(name), signal.SIGKILL)


def _terminate_while_ray_hangs(run: Running) -> None:
    os.kill(run.pid_of("raylet"), signal.SIGSTOP)
    os.kill(run.pid_of("gcs_server"), signal.SIGSTOP)
    run.process.send_signal(signal.SIGTERM)


WAYS: Mapping[str, Callable[[Running], None]] = {
    "Ctrl-C": _interrupt,
    "Ctrl-C five times": _interrupt_five_times,
    "kill -9 raylet": _kill("raylet"),
    "kill -9 gcs_server": _kill("gcs_server"),
    "SIGTERM while Ray hangs": _terminate_while_ray_hangs,
}


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ended]:
    """One search, ended in each way in turn; the last run goes to the end of all trials."""
    folder = tmp_path_factory.mktemp("life")
    (folder / "toy.yaml").write_text(SPACE)
    ended: dict[str, Ended] = {}
    for way, do in WAYS.items():
        ended[way] = Running(folder, *(["--resume"] if ended else [])).end(do)
    ended["closed terminal"] = _run_until_done_in_a_terminal_that_closes(folder)
    return ended


def _run_until_done_in_a_terminal_that_closes(folder: Path) -> Ended:
    terminal, inside = pty.openpty()
    begun = time.time()
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", str(COMMAND), "toy.yaml", *PLAIN, "--resume"],
        cwd=folder,
        stdin=inside,
        stdout=inside,
        stderr=inside,
    )
    os.close(inside)
    output = b""
    while b"Live trials" not in output:
        output += os.read(terminal, 1000)
    _wait_for_epoch(folder, begun)
    # The kernel sends SIGHUP to the search, and each write to the terminal fails from now on.
    os.close(terminal)
    code = process.wait(timeout=START_SECONDS)
    table = pd.read_csv(folder / "runs" / "toy" / "trials.csv")
    return Ended(code, output.decode(errors="replace"), 0.0, table)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("Ctrl-C", 130),
        ("Ctrl-C five times", 130),
        ("kill -9 raylet", 70),
        ("kill -9 gcs_server", 70),
        ("SIGTERM while Ray hangs", 143),
        ("closed terminal", 0),
    ],
)
def test_the_exit_code_says_what_ended_the_search(
    life: Mapping[str, Ended], way: str, code: int
) -> None:
    assert life[way].code == code, life[way].output


@pytest.mark.parametrize("way", WAYS)
def test_the_last_line_is_the_command_that_goes_on(life: Mapping[str, Ended], way: str) -> None:
    assert life[way].last_line == GO_ON


def test_one_ctrl_c_ends_the_search_in_order(life: Mapping[str, Ended]) -> None:
    ended = life["Ctrl-C"]
    assert ended.table is not None
    assert set(ended.table["state"]) == {"interrupted"}
    assert "Ctrl-C once more ends at once" in ended.output
    assert "Ended early after 2 of 6 trials: interrupted by SIGINT" in ended.output


def test_a_second_ctrl_c_waits_for_nothing(life: Mapping[str, Ended]) -> None:
    assert "interrupted by SIGINT again" in life["Ctrl-C five times"].output


@pytest.mark.parametrize("name", ["raylet", "gcs_server"])
def test_the_death_of_ray_is_noticed_within_30_s(life: Mapping[str, Ended], name: str) -> None:
    ended = life[f"kill -9 {name}"]
    assert ended.seconds < 30
    assert f"the {name} of Ray (process " in ended.output
    assert "died of SIGKILL" in ended.output


def test_sigterm_ends_the_search_within_10_s_whatever_ray_does(life: Mapping[str, Ended]) -> None:
    assert life["SIGTERM while Ray hangs"].seconds < 10


def test_after_all_of_it_every_trial_is_complete(life: Mapping[str, Ended]) -> None:
    table = life["closed terminal"].table
    assert table is not None
    assert table["trial"].tolist() == list(range(6))
    assert set(table["state"]) == {"complete"}
    assert set(table["epochs"]) == {6}
