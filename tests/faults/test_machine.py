"""F24, F29, F30, F32: clocks that jump, small machines, many trials, no network."""

from __future__ import annotations

import re
import shutil
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from search.exits import Exit
from tests.faults.given import Begin, Judge, Reference
from tests.faults.mounts import offline, require, small_shared_memory
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

CLOCK = """
import time
_real, _begun = time.time, time.monotonic()
def _jumping():
    now = _real()
    return now + ({jump}) if time.monotonic() - _begun > 8 else now
time.time = _jumping
"""
"""Loaded by every Python process of the search: its clock is set while it runs."""

JUMPS = ("3600", "-3600", "86400 - now")
"""Seconds: an hour on, an hour back, to the first days of 1970."""


@pytest.mark.row("F24", "the clock jumps by an hour, or to 1970, beside a kill of the driver")
@pytest.mark.parametrize("seed", seeds(most=6))
def test_a_clock_that_is_set_changes_nothing(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path, seed: int
) -> None:
    clock = tmp_path / "clock"
    clock.mkdir()
    (clock / "sitecustomize.py").write_text(CLOCK.format(jump=JUMPS[seed % len(JUMPS)]))
    search = begin(Setup(seed=seed, seconds=0.3))
    search.environment["PYTHONPATH"] = f"{clock}:{search.environment['PYTHONPATH']}"
    search.start()
    assert search.wait_for_epochs(10), search.output()
    search.kill("driver")
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F29", "one core")
@pytest.mark.faults
def test_one_core_is_enough(begin: Begin, judge: Judge, reference: Reference) -> None:
    if shutil.which("taskset") is None:
        pytest.skip("needs taskset")
    finish_or_refuse(begin(Setup()), ("taskset", "-c", "0"), judge, reference)


@pytest.mark.row("F29", "64 MB of shared memory")
@pytest.mark.faults
def test_little_shared_memory_is_enough(begin: Begin, judge: Judge, reference: Reference) -> None:
    require("mount", "unshare")
    finish_or_refuse(begin(Setup()), small_shared_memory(64), judge, reference)


@pytest.mark.row("F29", "512 open files")
@pytest.mark.faults
def test_few_open_files_are_enough(begin: Begin, judge: Judge, reference: Reference) -> None:
    if shutil.which("prlimit") is None:
        pytest.skip("needs prlimit")
    finish_or_refuse(begin(Setup()), ("prlimit", "--nofile=512"), judge, reference)


@pytest.mark.row("F29", "two workers for each trial")
@pytest.mark.faults
def test_two_workers_for_a_trial_do_not_wait_for_each_other(begin: Begin, judge: Judge) -> None:
    search = begin(Setup(trials=3, resources="{cpus: 1, workers: 2}"))
    search.start()
    assert search.wait(0, seconds=600) == 0, search.output()
    judge(search.evidence(search.setup.expected()))


def finish_or_refuse(
    search: SearchProcess, prefix: tuple[str, ...], judge: Judge, reference: Reference
) -> None:
    """The search ends well, or says at once what it lacks; it never hangs."""
    search.prefix = prefix
    search.start()
    code = search.wait(0, Exit.BAD_INPUT)
    assert code in (0, Exit.BAD_INPUT), search.output()
    if code == 0:
        judge(search.evidence(search.setup.expected(reference(search.setup.seed))))


@pytest.mark.row("F30", "1000 trials: memory of the driver below 1 GB")
@pytest.mark.faults
def test_a_thousand_trials(begin: Begin, judge: Judge) -> None:
    setup = Setup(
        trials=1000,
        max_epochs=1,
        seconds=0.0,
        concurrent=2,
        search={"sampler": "{name: random}", "scheduler": "{name: none}"},
    )
    search = begin(setup)
    search.start()
    pid = search.find("driver")
    assert pid is not None
    peak: list[int] = []
    watch = threading.Thread(target=lambda: peak.append(watch_memory(search, pid)))
    watch.start()
    assert search.wait(0, seconds=1500) == 0, search.output()
    watch.join()
    assert peak[0] < 1_000_000_000
    judge(search.evidence(setup.expected(states=frozenset({"complete"}))))


def watch_memory(search: SearchProcess, pid: int) -> int:
    """The most memory that a process held until it ended, in bytes."""
    most = 0
    while search.is_running():
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            held = next(line for line in lines if line.startswith("VmHWM:"))
            most = max(most, int(held.split()[1]) * 1024)
        threading.Event().wait(0.2)
    return most


@pytest.mark.row("F32", "no network but the loopback")
@pytest.mark.faults
def test_no_network_is_needed(begin: Begin, judge: Judge, reference: Reference) -> None:
    require("unshare", "ip")
    search = begin(Setup(), "--no-dashboard")
    search.prefix = offline()
    search.start()
    assert search.wait(0) == 0, search.output()
    store = f"sqlite:///{search.storage}/mlflow.db"
    judge(search.evidence(search.setup.expected(reference(0), store)))


@pytest.mark.row("F32", "no connection leaves the machine (strace)")
@pytest.mark.faults
def test_nothing_leaves_the_machine(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    calls = tmp_path / "calls.txt"
    search = begin(Setup(), "--no-dashboard")
    search.prefix = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "connect", "-o", str(calls))
    search.start()
    code = search.wait(0, seconds=600)
    said = search.output()
    if code and "ptrace" in said:
        pytest.skip(f"this machine allows no strace: {said.strip()[:200]}")
    assert code == 0, said
    assert outward(calls.read_text()) == set()
    store = f"sqlite:///{search.storage}/mlflow.db"
    judge(search.evidence(search.setup.expected(reference(0), store)))


def outward(calls: str) -> set[str]:
    """The addresses outside this machine that were connected to."""
    found = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', calls)
    addresses = {old or new for old, new in found}
    return {a for a in addresses if not a.startswith(("127.", "::ffff:127.")) and a != "::1"}
