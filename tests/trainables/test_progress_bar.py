from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.trainables.conftest import FakeTrial
from trainables import signal
from trainables.contract import Metrics, Placement
from trainables.signal import Config

Small = Callable[..., Config]


class Telling(FakeTrial):
    """Writes a line for each report, as `tune-train` does."""

    def report(self, epoch: int, metrics: Metrics, checkpoint: Any = None) -> None:
        print(f"reported {epoch}")  # noqa: T201 - what a user sees
        super().report(epoch, metrics, checkpoint)


def test_a_bar_counts_epochs_as_the_reports_do_and_leaves_them_their_lines(
    small: Small, new_trial: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = Telling(new_trial().directory, placement=Placement(progress=2))
    signal.fit(small(), trial)
    # what a terminal shows: a carriage return begins the line anew
    lines = [line.split("\r") for line in capsys.readouterr().out.split("\n")]
    assert [line[-1].strip() for line in lines if "reported" in line[-1]] == [
        f"reported {epoch}" for epoch in (1, 2, 3)
    ]
    shown = [state for line in lines for state in line]
    # 360 rows in batches of 64 are 6
    assert any(state.startswith("epoch 3: 100%") and " 6/6 " in state for state in shown)
    assert not any(state.startswith(("epoch 0", "Epoch")) for state in shown if "/6" in state)


def test_workers_are_quiet(small: Small, new_trial: Any, capfd: pytest.CaptureFixture[str]) -> None:
    signal.fit(small(), new_trial())
    assert capfd.readouterr() == ("", "")
