from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.checks.machine import Machine
from search.errors import UserError
from search.load import Search, load

Load = Callable[..., Search]
Refused = Callable[..., str]
Write = Callable[..., Path]

HEAD = "trainable: ./toy.py\nbase: base.yaml\nsearch: {metric: val_auc, mode: max, %s}\n"
SPACE = HEAD + "space:\n  optimizer.lr: {float: [1e-5, 1e-1], log: true}\n"
GPU = Machine(lambda: 2, lambda: 1)


def test_limits_are_seconds_and_numbers(load_toy: Load) -> None:
    text = "trial_timeout: 2h, report_timeout: 90s, time_budget: 1d, retries: 0"
    spec = load_toy(space=SPACE % text).spec
    assert (spec.trial_timeout, spec.report_timeout, spec.time_budget) == (7200, 90, 86_400)
    assert spec.retries == 0


def test_without_limits_a_search_has_none_but_two_retries(load_toy: Load) -> None:
    spec = load_toy().spec
    assert (spec.trial_timeout, spec.report_timeout, spec.time_budget) == (None, None, None)
    assert (spec.gpu_hours, spec.retries) == (None, 2)


def test_gpu_hours_of_trials_with_a_gpu(write: Write) -> None:
    path = write(SPACE % "gpu_hours: 40" + "resources: {gpus: 0.5}\n")
    assert load(str(path), machine=GPU).spec.gpu_hours == 40


@pytest.mark.parametrize("key", ["trial_timeout", "report_timeout", "time_budget"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10", "has no unit; write 90s or 2min (allowed: s, min, h, d), found the number 10"),
        ("'10'", "has no unit; write 90s or 2min (allowed: s, min, h, d), found the text '10'"),
        ("0", "has no unit; write 90s or 2min (allowed: s, min, h, d), found the number 0"),
        ("0s", "must be longer than 0s, or null for no limit, found the text '0s'"),
        ("-5min", "must be longer than 0s, or null for no limit, found the text '-5min'"),
        ("1e400d", "must be at most 365d, or null for no limit, found the text '1e400d'"),
        (
            "3 parsecs",
            "unknown unit 'parsecs'; write 90s or 2min (allowed: s, min, h, d), "
            "found the text '3 parsecs'",
        ),
        (
            "soon",
            "expected a length of time such as 90s, 15min, 2h or 1d, found the text 'soon'",
        ),
        (
            ".nan",
            "expected a length of time such as 90s, 15min, 2h or 1d, found the number nan",
        ),
        ("true", "expected a length of time such as 90s, 15min, 2h or 1d, found true"),
        ("[90s]", "expected a length of time such as 90s, 15min, 2h or 1d, found a list"),
    ],
)
def test_a_wrong_length_of_time(refused: Refused, key: str, value: str, expected: str) -> None:
    assert refused(space=SPACE % f"{key}: {value}") == (
        f"space.yaml:3:38: search.{key}: {expected}"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gpu_hours: 0", "gpu_hours: must be greater than 0.0, found 0"),
        ("gpu_hours: -1", "gpu_hours: must be greater than 0.0, found -1"),
        ("gpu_hours: .nan", "gpu_hours: expected a finite number, found the number nan"),
        ("gpu_hours: 2h", "gpu_hours: expected a number, found the text '2h'"),
        ("gpu_hours: true", "gpu_hours: expected a number, found true"),
        ("retries: -1", "retries: must be at least 0, found -1"),
        ("retries: 11", "retries: must be at most 10, found 11"),
        ("retries: 1.5", "retries: expected a whole number, found the number 1.5"),
        (
            "gpu_hours: 2.5",
            "gpu_hours: 2.5 hours are never used up: trials have no GPU (resources.gpus is 0); "
            "write resources: {gpus: 1}, or limit the time by search.time_budget",
        ),
        (
            "report_timeout: 60min, trial_timeout: 1h",
            "report_timeout: 1h must be shorter than search.trial_timeout (1h), which ends a "
            "silent trial first; lower it, or leave it out",
        ),
        (
            "finalists: 4, trials: 3",
            "finalists: 4 must not exceed search.trials (3): finalists are the best of the "
            "trials; lower it, or leave it out",
        ),
    ],
)
def test_a_limit_that_cannot_act(refused: Refused, line: str, expected: str) -> None:
    assert refused(space=SPACE % line) == f"space.yaml:3:38: search.{expected}"


def test_a_report_timeout_below_the_trial_timeout_can_act(load_toy: Load) -> None:
    text = "report_timeout: 59min, trial_timeout: 1h"
    assert load_toy(space=SPACE % text).spec.report_timeout == 3540


def test_as_many_finalists_as_trials_are_all_of_them(load_toy: Load) -> None:
    assert load_toy(space=SPACE % "finalists: 3, trials: 3").spec.finalists == 3


def test_finalists_that_nobody_wrote_may_be_more_than_the_trials(load_toy: Load) -> None:
    assert load_toy(space=SPACE % "trials: 1").spec.trials == 1


def test_more_finalists_than_trials_on_the_command_line(write: Write) -> None:
    path = write(SPACE % "trials: 9")
    with pytest.raises(UserError) as error:
        load(str(path), ["search.finalists=10"])
    assert str(error.value).startswith("command line: search.finalists: 10 must not exceed")
