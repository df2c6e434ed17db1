from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from trainables.batches import Shard
from trainables.fake_factor.batches import ChainBatches
from trainables.fake_factor.events import Events
from trainables.fake_factor.stage_rows import StageRows
from trainables.fake_factor.tasks import Task, tasks
from trainables.fakes import Config

TRAIN = Events(
    features=np.arange(6.0)[:, None],
    is_tight=np.array([1, 0, 1, 0, 1, 0], dtype=bool),
    is_data=np.array([1, 1, 1, 1, 0, 0], dtype=bool),
    weights=np.array([1.0, 2.0, 3.0, 1.0, 0.5, -0.5]),
    variables={},
    true_ff=None,
)
FEATURES = torch.from_numpy(TRAIN.features).float()


def laid_out(seed: int = 7, **sections: Any) -> list[StageRows]:
    config = Config.model_validate(sections)
    return [task.rows for task in tasks(config, TRAIN, FEATURES, seed)]


def which(rows: StageRows) -> list[float]:
    return rows.features[:, 0].tolist()


def test_each_network_has_the_rows_and_labels_of_its_question() -> None:
    tight, loose, ratio = laid_out()
    assert (which(tight), tight.labels.tolist()) == ([0, 2, 4], [1, 1, 0])
    assert (which(loose), loose.labels.tolist()) == ([1, 3, 5], [1, 1, 0])
    assert (which(ratio), ratio.labels.tolist()) == ([0, 1, 2, 3], [1, 0, 1, 0])


def test_fakes_can_be_told_by_mc_events() -> None:
    ratio = laid_out(subtraction={"use": "mc"})[2]
    assert (which(ratio), ratio.labels.tolist()) == ([4, 5], [1, 0])


def test_weights_have_mean_size_one_and_keep_their_sign() -> None:
    _, loose, ratio = laid_out()
    # by hand: 2, 1, -0.5 over 3.5 / 3, and 1, 2, 3, 1 over 7 / 4
    assert loose.weights.tolist() == pytest.approx([12 / 7, 6 / 7, -3 / 7])
    assert ratio.weights.tolist() == pytest.approx([4 / 7, 8 / 7, 12 / 7, 4 / 7])


def test_without_variation_all_outputs_share_their_weights() -> None:
    assert laid_out(ensemble={"size": 3})[0].weights.shape == (3,)


def test_a_bootstrap_draws_whole_numbers_for_each_output() -> None:
    given = {"size": 100, "poisson_bootstrap": True}
    (plain, *_), (varied, *_) = laid_out(), laid_out(ensemble=given)
    counts = varied.weights / plain.weights.unsqueeze(1)
    assert torch.allclose(counts, counts.round(), atol=1e-5)
    # a Poisson number has mean and variance 1; 300 of them leave an error of 0.06 and 0.10
    assert counts.mean().item() == pytest.approx(1.0, abs=0.23)
    assert counts.var().item() == pytest.approx(1.0, abs=0.4)


def test_the_bootstrap_follows_from_the_seed_chain_and_network() -> None:
    given = {"size": 20, "poisson_bootstrap": True}
    first, again, other = (laid_out(seed, ensemble=given) for seed in (1, 1, 2))
    assert torch.equal(first[0].weights, again[0].weights)
    assert not torch.equal(first[0].weights, other[0].weights)
    tight, _, _, second, _, _ = laid_out(ensemble=given, trainer={"repeats": 2})
    assert not torch.equal(tight.weights, second.weights)


def test_the_normalisation_of_the_mc_moves_as_a_whole() -> None:
    given = {"size": 100, "mc_norm_sigma": 0.3}
    (plain, *_), (varied, loose, _) = laid_out(), laid_out(ensemble=given)
    factors = varied.weights / plain.weights.unsqueeze(1)
    assert torch.equal(factors[:2], torch.ones_like(factors[:2]))  # the data stay
    # log-normal of mean 1: its logarithm has mean -0.045 and deviation 0.3, 100 times
    logs = factors[2].log()
    assert logs.mean().item() == pytest.approx(-0.045, abs=0.12)
    assert logs.std().item() == pytest.approx(0.3, abs=0.085)
    # tight and loose MC have one normalisation
    ratio = loose.weights[2] / varied.weights[2]
    assert torch.allclose(ratio, ratio[0].expand_as(ratio))


def rows(n: int) -> StageRows:
    return StageRows(torch.arange(float(n)).unsqueeze(1), torch.ones(n), torch.ones(n))


def steps(epoch: int = 0, seed: int = 3, shard: Shard | None = None) -> list[Any]:
    given = [Task(rows(10), 4), Task(rows(7), 7)]
    batches = ChainBatches(given, seed, shard or Shard())
    batches.set_epoch(epoch)
    assert len(list(batches)) == len(batches)
    return list(batches)


def test_networks_are_trained_one_after_the_other() -> None:
    found = [(step.task, step.first, step.last) for step in steps()]
    assert found == [(0, True, False), (0, False, False), (0, False, True), (1, True, True)]


def test_an_epoch_sees_every_row_once_in_steps_of_nearly_one_size() -> None:
    sizes = [len(step.rows) for step in steps()]
    assert sizes == [4, 3, 3, 7]
    seen = torch.cat([step.rows for step in steps() if step.task == 0])
    assert sorted(seen.tolist()) == list(range(10))


def test_rows_and_their_features_belong_together() -> None:
    for step in steps():
        assert step.features[:, 0].tolist() == step.rows.tolist()


def order(**given: Any) -> list[int]:
    found: Tensor = torch.cat([step.rows for step in steps(**given) if step.task == 0])
    return [int(row) for row in found]


def test_the_order_follows_from_seed_and_epoch() -> None:
    assert order(epoch=2) == order(epoch=2)
    assert order(epoch=2) != order(epoch=1)
    assert order(epoch=2) != order(epoch=2, seed=4)


def test_ranks_share_the_rows_and_take_equally_many_steps() -> None:
    shards = [steps(shard=Shard(rank, 2)) for rank in (0, 1)]
    assert len(shards[0]) == len(shards[1])
    seen = [int(row) for part in shards for step in part if step.task == 0 for row in step.rows]
    assert sorted(seen) == list(range(10))


def test_added_up_batches_make_one_step() -> None:
    (tight, *_) = tasks(
        Config.model_validate(
            {"data": {"batch_size": 8}, "trainer": {"accumulate_grad_batches": 3}}
        ),
        TRAIN,
        FEATURES,
        0,
    )
    assert tight.batch_size == 24
