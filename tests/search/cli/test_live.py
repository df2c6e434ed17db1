from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from search.cli.live import LiveView
from search.load import Search, load
from search.names import TrainableRef
from search.results.trials import Report, State, TrialRecord


def trial(number: int, state: State, *scores: float, cause: str | None = None) -> TrialRecord:
    reports = tuple(Report(n, float(n), {"score": s}) for n, s in enumerate(scores, start=1))
    return TrialRecord(number, state, {"x": 0.5}, 0, reports=reports, cause=cause)


TRIALS = (
    trial(0, State.COMPLETE, *[0.1] * 8, 0.75),
    trial(1, State.STOPPED, 0.1, 0.2),
    trial(2, State.FAILED, 0.9, cause="Traceback\n  line\nKeyError: '[/etc]'"),
    trial(3, State.RUNNING, 0.3, 0.4, 0.5),
)


class Served:
    dashboard_url = "http://127.0.0.1:8265"
    token = "secret-token"


def screen(terminal: bool) -> Console:
    return Console(
        width=150,
        height=50,
        record=True,
        file=StringIO(),
        force_terminal=terminal,
        color_system=None,
    )


def shown(search: Search, *trials: TrialRecord) -> str:
    console = screen(terminal=True)
    view = LiveView(search, screen(terminal=False))
    for trial in trials:
        view.trial_changed(trial)
    console.print(view.render())
    return console.export_text()


def row(text: str, first: str) -> str:
    (line,) = [line for line in text.splitlines() if line.strip("│ ").startswith(first)]
    return line.strip("│ ")


def test_the_panel_counts_the_states(search: Search) -> None:
    text = shown(search, *TRIALS)
    assert row(text, "trials") == "trials       3 of 4: 1 complete, 1 failed, 1 running, 1 stopped"


def test_the_panel_shows_the_best_that_can_be_believed(search: Search) -> None:
    assert row(shown(search, *TRIALS), "best so far") == "best so far  0.75, trial 00000"


def test_the_panel_adds_up_epochs(search: Search) -> None:
    # 9 + 2 + 1 + 3 were trained; the stopped one was spared 9 - 2
    assert row(shown(search, *TRIALS), "epochs") == "epochs       15 spent, 7 saved by asha"


def test_the_panel_shows_why_a_trial_failed(search: Search) -> None:
    assert row(shown(search, *TRIALS), "trial 00002") == "trial 00002 failed: KeyError: '[/etc]'"


def test_running_trials_come_before_the_best(search: Search) -> None:
    text = shown(search, *TRIALS)
    lines = [line.strip("│ ").split() for line in text.splitlines()]
    assert [line for line in lines if line and line[0].startswith("0000")] == [
        ["00003", "running", "3", "0.5"],
        ["00000", "complete", "9", "0.75"],
        ["00001", "stopped", "2", "0.2"],
    ]


def test_a_panel_without_trials_can_be_drawn(search: Search) -> None:
    text = shown(search)
    assert row(text, "trials") == "trials       0 of 4: starting"
    assert row(text, "best so far") == "best so far  -"


def test_many_trials_leave_the_panel_small(search: Search) -> None:
    many = [trial(n, State.COMPLETE, float(n)) for n in range(50)]
    assert shown(search, *many).count("complete") == 9  # eight rows and the count


def test_without_a_terminal_each_end_is_a_line(search: Search) -> None:
    console = screen(terminal=False)
    view = LiveView(search, console)
    with view.searching():
        for known in TRIALS:
            view.trial_changed(known)
    assert console.export_text().splitlines() == [
        "[1/4] trial 00000 complete after 9 epochs, 9.0 s, score 0.75 (best 0.75, trial 00000)",
        "[2/4] trial 00001 stopped after 2 epochs, 2.0 s, score 0.2 (best 0.75, trial 00000)",
        "[3/4] trial 00002 failed after 1 epochs, 1.0 s, score 0.9 (best 0.75, trial 00000)"
        ": KeyError: '[/etc]'",
    ]


def test_a_terminal_has_the_panel_instead_of_lines(search: Search) -> None:
    console = screen(terminal=True)
    view = LiveView(search, console)
    with view.searching():
        for known in TRIALS:
            view.trial_changed(known)
    text = console.export_text()
    assert "[1/4]" not in text
    assert "15 spent, 7 saved" in text


def test_after_a_break_ends_are_lines_again(search: Search) -> None:
    console = screen(terminal=True)
    view = LiveView(search, console)
    with pytest.raises(KeyboardInterrupt), view.searching():
        raise KeyboardInterrupt
    view.trial_changed(replace(TRIALS[0], number=7))
    assert "[1/4] trial 00007 complete" in console.export_text()


def test_the_start_says_where_the_search_can_be_watched(search: Search) -> None:
    console = screen(terminal=False)
    LiveView(search, console).started(Served(), [2, 6], 3)
    text = console.export_text()
    assert "toy: 4 trials of up to 9 epochs, 3 at a time; sampler tpe, scheduler asha" in text
    assert "rungs at epochs 2, 6" in text
    assert Served.dashboard_url in text
    assert "tune-watch toy" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_the_token_is_shown_on_a_terminal_alone(search: Search, terminal: bool) -> None:
    console = screen(terminal=terminal)
    LiveView(search, console).started(Served(), [], 1)
    assert (Served.token in console.export_text()) == terminal


def test_a_grid_has_no_more_trials_than_points(
    tmp_path: Path, fault_trainable: TrainableRef
) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text(
        f"trainable: {fault_trainable.file}\n"
        "search: {metric: score, mode: max, trials: 20, sampler: {name: grid}}\n"
        "space: {x: [0.1, 0.2, 0.3]}\n"
    )
    assert row(shown(load(str(path), machine=None), TRIALS[0]), "trials").startswith(
        "trials       1 of 3:"
    )


@pytest.fixture
def traded_search(tmp_path: Path, fault_trainable: TrainableRef) -> Search:
    path = tmp_path / "traded.yaml"
    path.write_text(
        f"trainable: {fault_trainable.file}\n"
        "search: {metric: [score, other], mode: [max, min], trials: 4}\n"
        "space: {x: {float: [0.0, 1.0]}}\n"
    )
    return load(str(path), machine=None)


def pair(number: int, state: State, score: float, other: float) -> TrialRecord:
    reports = (Report(1, 1.0, {"score": score, "other": other}),)
    return TrialRecord(number, state, {"x": 0.5}, 0, reports=reports)


PAIRS = (
    pair(0, State.COMPLETE, 0.5, 3.0),
    pair(1, State.STOPPED, 0.25, 2.0),
    pair(2, State.RUNNING, 0.25, 1.0),
)


def test_of_several_objectives_the_panel_shows_the_front(traded_search: Search) -> None:
    text = shown(traded_search, *PAIRS)
    assert row(text, "best so far") == (
        "best so far  2 on the front: score up to 0.5 (trial 00000), other down to 1 (trial 00002)"
    )
    lines = [line.strip("│ ").split() for line in text.splitlines()]
    assert [line for line in lines if line and line[0].startswith("0000")] == [
        ["00002", "running", "1", "0.25", "1"],
        ["00000", "complete", "1", "0.5", "3"],
        ["00001", "stopped", "1", "0.25", "2"],
    ]


def test_of_several_objectives_each_end_is_a_line_too(traded_search: Search) -> None:
    console = screen(terminal=False)
    view = LiveView(traded_search, console)
    view.trial_changed(PAIRS[0])
    assert console.export_text().splitlines() == [
        "[1/4] trial 00000 complete after 1 epochs, 1.0 s, score 0.5, other 3 (1 on the front)",
    ]


def test_what_a_trial_no_longer_reached_is_forgotten(search: Search) -> None:
    view = LiveView(search, screen(terminal=False))
    view.trial_changed(trial(0, State.RUNNING, 0.9))
    view.trial_changed(trial(0, State.RUNNING))
    console = screen(terminal=True)
    console.print(view.render())
    assert row(console.export_text(), "best so far") == "best so far  -"
