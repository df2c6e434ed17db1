"""A trainable with stages: what all share and what one has of its own are searched side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.errors import UserError
from search.load import load
from search.proof import prove


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("stages.yaml").write_text("""\
trainable: fakes
base: {data: {n_events: 1000}}
search: {metric: val_closure, mode: min}
space:
  optimizer.lr: {float: [1e-4, 1e-2], log: true}
  ratio.optimizer.lr: {float: [1e-4, 1e-2], log: true}
  data.batch_size: [128, 256]
""")
    return "stages.yaml"


def refused(space: str, *overrides: str) -> str:
    with pytest.raises(UserError) as error:
        prove(load(space, overrides))
    return str(error.value)


def test_a_shared_key_and_that_of_a_stage_are_both_alive(space: str) -> None:
    prove(load(space))


def test_a_shared_key_that_every_stage_has_otherwise_is_dead(space: str) -> None:
    said = refused(space, "tight.optimizer.lr=1e-3", "loose.optimizer.lr=1e-3")
    assert said.startswith("stages.yaml:5:3: space.optimizer.lr: has no effect: none of its values")
    assert "space.ratio.optimizer.lr" not in said


def test_two_names_of_one_loss_are_found(space: str) -> None:
    said = refused(space, "space.ratio.loss.name=[bce, logistic, kliep]")
    assert "space.ratio.loss.name: 'bce' and 'logistic' build the same" in said


def test_a_metric_that_the_events_do_not_allow_is_refused(space: str) -> None:
    said = refused(space, "data.met=null", "search.metric=val_closure_met")
    assert "val_closure_met is not reported: it needs data.met, the column" in said


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("space.ratio.optimizer.lrr=[1e-3, 1e-2]", "did you mean 'lr'"),
        ("space.ratio.loss.w_lamda=[1e-3, 1e-2]", "did you mean 'w_lambda'"),
        ("space.ratios.batch_size=[128, 256]", "did you mean 'ratio'"),
        ("space.loss.power=[0.5, 1.0]", "power"),
        ("space.trainer.repeats=[1, 3]", "cannot be searched: what more chains report is less"),
        ("space.data.n_events=[1000, 2000]", "cannot be searched: it decides which events"),
    ],
)
def test_a_wrong_key_of_a_stage_is_told_with_what_was_meant(
    override: str, message: str, space: str
) -> None:
    assert message in refused(space, override)
