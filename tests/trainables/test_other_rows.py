from __future__ import annotations

from typing import Any

import pytest

from trainables import other_rows, signal
from trainables.tabular import TabularData


@pytest.fixture
def trained(small: Any, new_trial: Any) -> Any:
    """The last checkpoint of a small fit of 600 rows."""
    trial = new_trial()
    signal.fit(small(trainer={"max_epochs": 1}), trial)
    return trial.checkpoints[1]


@pytest.mark.parametrize("going_on", [False, True])
def test_other_rows_than_those_of_the_checkpoint_are_told(
    small: Any, new_trial: Any, trained: Any, caplog: pytest.LogCaptureFixture, going_on: bool
) -> None:
    start = {"load_checkpoint": str(trained), "continue_training": going_on}
    config = small(
        data={"max_rows": 400, "split_seed": 3}, checkpointing=start, trainer={"max_epochs": 2}
    )
    signal.fit(config, new_trial())
    (told,) = [
        record.getMessage() for record in caplog.records if record.name == "trainables.other_rows"
    ]
    assert "(data.split_seed was 0 and is 3, data.max_rows was 600 and is 400)" in told


def test_other_batches_of_the_same_rows_are_not(
    small: Any, new_trial: Any, trained: Any, caplog: pytest.LogCaptureFixture
) -> None:
    config = small(data={"batch_size": 32}, checkpointing={"load_checkpoint": str(trained)})
    signal.fit(config, new_trial())
    assert not [record for record in caplog.records if record.name == "trainables.other_rows"]


def test_a_checkpoint_that_does_not_say_its_rows_is_taken_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    other_rows.warn({"state_dict": {}}, TabularData())
    assert not caplog.records
