"""`tune-run` as a process that is killed at a chosen instant, and gone on with until it ends."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from search.errors import UserError
from search.exits import Exit
from tests.faults.commits import committed
from tests.faults.evidence import End, Evidence, Expected, Kill, gather
from tests.faults.remnants import Remnants
from tests.faults.setup import Setup
from tests.faults.witness import Line, read_witness

COMMAND = Path(sys.executable).with_name("tune-run")

PATIENCE_SECONDS = 600.0
"""How long one run of the command may take on a busy machine before it counts as hung."""

WORKER_POINTS = ("checkpoint-written", "checkpoint-synced", "checkpoint-renamed", "report-sent")
"""The points of `search.crash_points` at which a worker dies; at the others it is the driver."""

GO_ON = (-9, *map(int, (Exit.INFRASTRUCTURE, Exit.INTERRUPTED, Exit.TERMINATED)))
"""Codes after which `finish` goes on."""


class SearchProcess:
    """One search, over all the runs of the command that it takes."""

    def __init__(self, folder: Path, setup: Setup, *options: str) -> None:
        self.setup = setup
        self.folder = folder
        self.storage = folder / "runs"
        self.witness = folder / "witness"
        self.witness.mkdir(parents=True)
        self.space = folder / "space.yaml"
        self.space.write_text(setup.text(self.witness))
        self.options: tuple[str, ...] = options or ("--no-dashboard", "--no-track")
        self.prefix: tuple[str, ...] = ()
        """What the command is started by, such as `taskset -c 0`."""
        self.working = folder
        """Where the command is started."""
        self.screen: int | None = None
        """What the command writes to, if not to a file of its run."""
        self.kills: list[Kill] = []
        self.ends: list[End] = []
        self.remnants = Remnants()
        self.environment = self.remnants.environment()
        self.process: subprocess.Popen[bytes] | None = None
        self._crash: tuple[Path, str] | None = None
        """The file that appears when a crash point was reached, and who dies there."""

    @property
    def place(self) -> Path:
        """The folder of the search."""
        return self.storage / self.setup.name

    @property
    def record(self) -> Path:
        return self.place / "record.db"

    def output(self) -> str:
        """Everything that the newest run has said."""
        files = sorted(self.folder.glob("output-*.txt"))
        return files[-1].read_text(errors="replace") if files else ""

    def lines(self) -> tuple[Line, ...]:
        """What the witness was told so far."""
        return read_witness(self.witness)

    # -- running --------------------------------------------------------------------------------

    def start(self, *options: str, crash: str | None = None) -> None:
        """Start the command, which crashes itself at a named point if told to (`name:n`)."""
        where = ["--storage", str(self.storage), *self.options]
        self._run([*self.prefix, str(COMMAND), str(self.space), *where, *options], crash)

    def resume(self, *options: str, crash: str | None = None) -> None:
        """Go on."""
        self.start("--resume", *options, crash=crash)

    def resume_as_told(self) -> None:
        """Type into a shell what the last line of the last run says."""
        told = self.ends[-1].last_line.removeprefix("Go on with: tune-run ")
        self._run(["sh", "-c", f"exec {shlex.quote(str(COMMAND))} {told}"], None)

    def _run(self, command: Sequence[str], crash: str | None) -> None:
        environment = dict(self.environment)
        if crash is not None:
            marker = self.folder / f"crashed-{len(self.ends):02d}"
            dies = "worker" if crash.split(":")[0] in WORKER_POINTS else "driver"
            self._crash = (marker, dies)
            environment["TUNE_RUN_CRASH"] = f"{crash}:{marker}"
        with (self.folder / f"output-{len(self.ends):02d}.txt").open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.working,
                stdin=subprocess.DEVNULL,
                stdout=self.screen or output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        self.remnants.family.look()

    def wait(self, *wanted: int, seconds: float = PATIENCE_SECONDS) -> int | None:
        """The code with which the run ended, noting it; None if it hung and was killed."""
        assert self.process is not None
        self._until(lambda: False, seconds)
        code = self.process.poll()
        if code is None:
            self.process.kill()
            self.process.wait()
        self._note_crash()
        last = (self.output().strip().splitlines() or [""])[-1]
        self.ends.append(End(code, last, wanted or (0,)))
        return code

    def finish(self, runs: int = 8) -> None:
        """Wait for the end, going on after everything that allows it."""
        for _ in range(runs):
            if self.wait(0, *GO_ON) not in GO_ON:
                return
            self.resume()
        self.wait(0)

    def is_running(self) -> bool:
        """Whether the command has not ended."""
        return self.process is not None and self.process.poll() is None

    def wait_for_epochs(self, count: int, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until so many more epochs were trained; False if the run ended before."""
        there = self.epochs_trained()
        return self._until(lambda: self.epochs_trained() >= there + count, seconds)

    def epochs_trained(self) -> int:
        """How many trainings of an epoch the witness has seen."""
        return sum(line.word == "trained" for line in self.lines())

    def _until(self, reached: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._note_crash()
            if reached():
                return True
            if not self.is_running():
                return False
            time.sleep(0.02)
        return False

    # -- killing --------------------------------------------------------------------------------

    def kill(self, target: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """End the driver, a worker, or what a command names; whether it was there."""
        pid = self.find(target)
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        if target == "driver" and number is signal.SIGKILL and self.process is not None:
            self.process.wait()
        self.note(target, pid)
        return True

    def find(self, target: str) -> int | None:
        """The process of the driver, of the worker that trained last (or, as `worker beside`, of
        one that trained beside the first of its trial), or with a command."""
        if target == "driver":
            return self.process.pid if self.process and self.is_running() else None
        if target.startswith("worker"):
            alive = {process.pid for process in self.remnants.family.alive()}
            beside = target == "worker beside"
            seen = (line for line in reversed(self.lines()) if (line.word == "beside") is beside)
            return next((line.pid for line in seen if line.pid in alive), None)
        found = self.remnants.family.find(target)
        return found.pid if found else None

    def note(self, target: str, pid: int = 0) -> None:
        """Write down what is committed now: nobody may train it from now on."""
        epochs = committed(self.record)
        in_flight = 1 if target.startswith("worker") else self.setup.concurrent
        self.kills.append(Kill(target, pid, time.monotonic(), epochs, in_flight))

    def _note_crash(self) -> None:
        if self._crash is None or not self._crash[0].exists():
            return
        target = self._crash[1]
        if target == "driver" and self.is_running():
            return
        self._crash = None
        self.note(f"{target} at a crash point")

    # -- the end --------------------------------------------------------------------------------

    def evidence(self, expected: Expected) -> Evidence:
        """Everything that is left, for the checker."""
        left = self.remnants.wait_until_gone()
        try:
            return gather(expected, self.place, self.witness, self.kills, self.ends, left)
        except UserError as error:
            raise AssertionError(f"{error}; the command said: {self.output()[-3000:]}") from error

    def close(self) -> None:
        """Leave no process and no temporary folder behind, whatever happened."""
        self.remnants.end()
        if self.process is not None:
            self.process.wait()
