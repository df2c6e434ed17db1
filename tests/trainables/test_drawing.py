from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainables import signal
from trainables.contract import ConfigError, Placement
from trainables.pictures import table
from trainables.pictures.asked import check
from trainables.signal import Config
from trainables.signal_module import SignalModule

Small = Callable[..., Config]


ALWAYS = set(table.PICTURES) - {"sculpting"}
"""The pictures of a trial that looks at no sculpting."""


def epochs(directory: Path, drawn: set[str] = ALWAYS) -> list[int]:
    """The epochs of which there are all pictures."""
    names = sorted(path.name for path in (directory / "pictures").iterdir())
    found = sorted({int(name.partition("_")[0]) for name in names})
    assert names == sorted(f"{epoch:04d}_{name}.png" for epoch in found for name in drawn)
    return found


@pytest.mark.parametrize(
    ("trainer", "every", "drawn"),
    [
        ({"max_epochs": 5}, 2, [2, 4, 5]),
        ({"max_epochs": 4}, 4, [4]),
        ({"max_epochs": 3}, 100, [3]),
        # validated are 2, 4, 6 and 7: the first at which 3 have passed is 4, then 6
        ({"max_epochs": 7, "check_val_every_n_epoch": 2}, 3, [4, 6, 7]),
    ],
)
def test_pictures_are_drawn_as_often_as_asked_and_at_the_end(
    trainer: dict[str, Any], every: int, drawn: list[int], small: Small, new_trial: Any
) -> None:
    trial = new_trial()
    signal.fit(small(trainer=trainer, logging={"plot_every_n_epochs": every}), trial)
    assert epochs(trial.directory) == drawn


def test_an_early_end_is_an_end(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    stopping = {"monitor": "val_auc", "patience": 1, "min_delta": 1.0}
    config = small(early_stopping=stopping, logging={"plot_every_n_epochs": 100})
    signal.fit(config, trial)
    assert epochs(trial.directory) == [2]


def test_they_are_there_when_the_epoch_is_reported(small: Small, new_trial: Any) -> None:
    trial = new_trial(stop_at=1)
    with pytest.raises(SystemExit):
        signal.fit(small(logging={"plot_every_n_epochs": 1}), trial)
    assert epochs(trial.directory) == [1]


def test_they_change_nothing_that_is_trained(small: Small, new_trial: Any) -> None:
    without, with_them = new_trial(), new_trial()
    signal.fit(small(), without)
    signal.fit(small(logging={"plot_every_n_epochs": 1}), with_them)
    assert with_them.reports == without.reports
    assert not (without.directory / "pictures").exists()


def test_only_the_first_of_several_workers_draws(small: Small, new_trial: Any) -> None:
    trial = new_trial(placement=Placement(rank=1))
    signal.fit(small(logging={"plot_every_n_epochs": 1}), trial)
    assert not (trial.directory / "pictures").exists()


def test_pictures_that_cannot_be_drawn_end_no_trial(
    small: Small, new_trial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    trial = new_trial()
    (trial.directory / "pictures").write_text("a file where the folder should be")
    signal.fit(small(logging={"plot_every_n_epochs": 2}), trial)
    assert [epoch for epoch, _ in trial.reports] == [1, 2, 3]
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert said == [f"the pictures of epoch {epoch} cannot be drawn" for epoch in (2, 3)]


def test_a_network_that_diverged_is_reported_without_pictures(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    plan = {"optimizer": {"name": "SGD", "lr": 1e30}, "logging": {"plot_every_n_epochs": 1}}
    signal.fit(small(**plan), trial)
    assert [epoch for epoch, _ in trial.reports] == [1, 2, 3]
    assert len(list((trial.directory / "pictures").iterdir())) < 3 * len(ALWAYS)


def test_a_module_without_pictures_makes_the_option_idle() -> None:
    check(SignalModule, 1)
    check(object, None)
    with pytest.raises(ConfigError, match=r"^logging\.plot_every_n_epochs: has no effect: object"):
        check(object, 1)


def test_the_sculpting_is_drawn_where_the_trial_looks_at_it(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    looking = {"sculpting": {"variable": "fLength"}, "logging": {"plot_every_n_epochs": 3}}
    signal.fit(small(**looking), trial)
    assert epochs(trial.directory, {*ALWAYS, "sculpting"}) == [3]
