"""The end that waits for nobody, in processes that are really ended by it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

GO_ON = "Go on with: tune-run toy.yaml --resume"
HEAD = f"from search.engine.hard_exit import HardExit\nhard = HardExit(lambda: {GO_ON!r})\n"


def command(code: str) -> list[str]:
    return [sys.executable, "-c", HEAD + code]


def test_the_last_line_is_the_command_that_goes_on() -> None:
    done = subprocess.run(
        command("hard.now('the raylet died', 70)"), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 70
    assert done.stdout.splitlines() == ["the raylet died", GO_ON]


def test_after_a_search_that_is_done_there_is_nothing_to_go_on_with() -> None:
    done = subprocess.run(
        command("hard.now('Ray did not end', 0)"), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "Ray did not end\n")


def test_it_ends_a_main_thread_that_hangs() -> None:
    code = "import time\nhard.after(0.2, 'too late', 143)\ntime.sleep(600)"
    done = subprocess.run(command(code), capture_output=True, text=True, timeout=60)
    assert done.returncode == 143


def test_a_cancelled_end_does_not_come() -> None:
    code = "import time\nhard.after(0.2, 'too late', 143).cancel()\ntime.sleep(1)"
    assert subprocess.run(command(code), timeout=60).returncode == 0


def test_a_reader_that_does_not_read_does_not_hold_it_up() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(writing, True)
    begun = time.monotonic()
    process = subprocess.Popen(command("hard.now('nobody reads', 130)"), stdout=writing)
    assert process.wait(timeout=60) == 130
    assert time.monotonic() - begun < 30
    os.close(reading)
    os.close(writing)


def test_a_terminal_gets_its_cursor_back() -> None:
    code = (
        "import time\nfrom rich.live import Live\n"
        "with Live('panel'):\n    hard.now('interrupted', 130)"
    )
    terminal, inside = pty.openpty()
    process = subprocess.Popen(command(code), stdout=inside)
    os.close(inside)
    assert process.wait(timeout=60) == 130
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert shown.splitlines()[-1] == GO_ON
