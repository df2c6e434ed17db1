"""Signals to real processes whose main thread is busy with something else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

GO_ON = "Go on with: tune-run toy.yaml --resume"
HEAD = f"""
import os, signal, sys, time
from search.engine.ends import EarlyEnd
from search.engine.hard_exit import HardExit
from search.engine.signals import ending_on_signals, exit_on_signals, take_signals
end = EarlyEnd(HardExit(lambda: {GO_ON!r}))
end.begun = True
def wait_for_end():
    while not end.stop_all():
        time.sleep(0.01)
with ending_on_signals(end, lambda text: print(text, flush=True)):
"""
ORDERLY = (
    "    print('ready', flush=True)\n    wait_for_end()\n    time.sleep(1)\n    sys.exit(end.code)"
)
HANGING = "    print('ready', flush=True)\n    time.sleep(600)"


def start(body: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + body],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_ends_in_order(number: signal.Signals, code: int) -> None:
    process = start(ORDERLY)
    process.send_signal(number)
    ended, output = end(process)
    assert ended == code
    assert GO_ON not in output


def test_the_first_ctrl_c_says_what_a_second_does() -> None:
    process = start(ORDERLY)
    process.send_signal(signal.SIGINT)
    assert "Ctrl-C once more ends at once" in end(process)[1]


def test_a_second_ctrl_c_does_not_wait_for_a_main_thread_that_hangs() -> None:
    process = start(HANGING)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert "once more" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    code, output = end(process)
    assert code == 130
    assert output.splitlines()[-1] == GO_ON


def test_before_the_first_trial_one_ctrl_c_is_enough() -> None:
    process = start("    end.begun = False\n" + HANGING)
    process.send_signal(signal.SIGINT)
    code, output = end(process)
    assert code == 130
    assert output.splitlines()[-1] == GO_ON


def test_sigterm_ends_a_main_thread_that_hangs_within_10_s() -> None:
    process = start(HANGING)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code, output = end(process)
    assert code == 143
    assert time.monotonic() - begun < 10
    assert output.splitlines()[-1] == GO_ON


def test_sigterm_twice_is_still_an_orderly_end() -> None:
    # `timeout` sends it to the process and to its group
    process = start(ORDERLY)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    code, output = end(process)
    assert (code, output) == (143, "")


def test_a_terminal_that_closes_ends_nothing() -> None:
    process = start("    print('ready', flush=True)\n    time.sleep(1)\n    print('done')")
    os.killpg(process.pid, signal.SIGHUP)
    assert end(process) == (0, "done\n")


def test_a_signal_that_another_library_took_is_taken_back() -> None:
    theirs = "    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))\n    take_signals()\n"
    process = start(theirs + ORDERLY)
    process.send_signal(signal.SIGTERM)
    assert end(process)[0] == 143


def test_the_signals_of_a_forked_child_are_its_own() -> None:
    body = (
        "    reading, writing = os.pipe()\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os.write(writing, b'x')\n"
        "        time.sleep(600)\n"
        "    os.read(reading, 1)\n"
        "    os.kill(child, signal.SIGTERM)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(1)\n"
        "    sys.exit(7 if end.reason is None else 1)"
    )
    assert end(start(body))[0] == 7


def test_once_the_code_is_known_a_signal_only_hastens_the_end() -> None:
    body = "    exit_on_signals(75)\n" + HANGING
    process = start(body)
    process.send_signal(signal.SIGINT)
    assert end(process)[0] == 75
