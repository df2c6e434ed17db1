from __future__ import annotations

import pytest
import torch
from lightning.fabric.utilities.apply_func import move_data_to_device

from trainables.architectures.inputs import Inputs
from trainables.batches import Batch, FixedBatches, Shard, TensorBatches


def rows(n: int) -> Batch:
    numbers = torch.arange(n, dtype=torch.float32)
    slots = torch.stack([numbers, -numbers], dim=1)
    kind = {"jets": slots.unsqueeze(2)}
    inputs = Inputs(numbers.unsqueeze(1), kind, {"jets": slots > 3}, {"jets": slots.unsqueeze(2)})
    return Batch(inputs, numbers, torch.ones(n), numbers.unsqueeze(1))


def order(batches: TensorBatches) -> list[float]:
    return torch.cat([batch.labels for batch in batches]).tolist()


def test_every_row_comes_once_an_epoch() -> None:
    assert sorted(order(TensorBatches(rows(103), 16, seed=1))) == list(range(103))


def test_the_order_follows_from_seed_and_epoch() -> None:
    batches, again = TensorBatches(rows(50), 16, seed=1), TensorBatches(rows(50), 16, seed=1)
    first = order(batches)
    batches.set_epoch(1)
    second = order(batches)
    again.set_epoch(1)
    assert order(again) == second
    assert first != second
    assert order(TensorBatches(rows(50), 16, seed=2)) != first


@pytest.mark.parametrize("n", [17, 33, 100, 128])
def test_batches_are_equal_up_to_one_row(n: int) -> None:
    batches = TensorBatches(rows(n), 16, seed=1)
    sizes = [len(batch.labels) for batch in batches]
    assert len(sizes) == len(batches)
    assert max(sizes) <= 16
    assert max(sizes) - min(sizes) <= 1


def test_ranks_share_the_rows_in_equally_many_batches() -> None:
    parts = [TensorBatches(rows(101), 16, seed=1, shard=Shard(rank, 3)) for rank in range(3)]
    seen = [order(part) for part in parts]
    assert {len(part) for part in parts} == {3}
    assert {len(part) for part in seen} == {33}
    assert len(set().union(*seen)) == 99


def test_fixed_batches_keep_the_order() -> None:
    labels = torch.cat([batch.labels for batch in FixedBatches(rows(10), 4)])
    assert labels.tolist() == list(range(10))
    assert len(FixedBatches(rows(10), 4)) == 3


def test_all_that_belongs_to_a_row_stays_together() -> None:
    for batches in (TensorBatches(rows(50), 16, seed=1), FixedBatches(rows(50), 16)):
        for batch in batches:
            slots = torch.stack([batch.labels, -batch.labels], dim=1)
            assert torch.equal(batch.inputs.flat[:, 0], batch.labels)
            assert torch.equal(batch.inputs.objects["jets"][..., 0], slots)
            assert torch.equal(batch.inputs.masks["jets"], slots > 3)
            assert torch.equal(batch.inputs.momenta["jets"][..., 0], slots)
            assert torch.equal(batch.spectators[:, 0], batch.labels)


def test_lightning_moves_every_tensor_of_a_batch() -> None:
    moved = move_data_to_device(rows(3), torch.device("meta"))
    assert isinstance(moved, Batch)
    assert isinstance(moved.inputs, Inputs)
    kinds = (moved.inputs.objects, moved.inputs.masks, moved.inputs.momenta)
    parts = [moved.inputs.flat, *moved[1:], *(kind["jets"] for kind in kinds)]
    assert {part.device.type for part in parts} == {"meta"}
