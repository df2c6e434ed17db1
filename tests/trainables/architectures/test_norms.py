from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import layer_norm

from trainables.architectures.masked_batch_norm import MaskedBatchNorm
from trainables.architectures.pooling import Pool
from trainables.architectures.token_norm import SetNorm, TokenNorm

MASK = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]], dtype=torch.bool)


def values(width: int = 2) -> torch.Tensor:
    return torch.randn(4, 3, width, generator=torch.Generator().manual_seed(3)) * 5.0 + 2.0


def test_set_normalisation_is_layer_normalisation_over_a_whole_event() -> None:
    tokens, norm = values(), SetNorm(2)
    found = norm(tokens, MASK)
    for event, n_objects in ((0, 2), (1, 1), (3, 3)):
        there = tokens[event, :n_objects]
        torch.testing.assert_close(found[event, :n_objects], layer_norm(there, there.shape))
    torch.testing.assert_close(norm(tokens)[0], layer_norm(tokens[0], (3, 2)))
    assert found.isfinite().all()


def test_layer_normalisation_does_not_look_at_the_mask() -> None:
    tokens = values()
    torch.testing.assert_close(TokenNorm(2)(tokens, MASK), layer_norm(tokens, (2,)))


def test_masked_batch_normalisation_is_torchs_own_over_those_that_are_there() -> None:
    ours, torchs = MaskedBatchNorm(2), nn.BatchNorm1d(2)
    for scale in (1.0, 3.0):
        tokens = values() * scale
        found, expected = ours(tokens, MASK), torchs(tokens[MASK])
        torch.testing.assert_close(found[MASK], expected)
        assert not found[~MASK].any()
    torch.testing.assert_close(ours.mean, torchs.running_mean)
    torch.testing.assert_close(ours.variance, torchs.running_var)
    ours.eval(), torchs.eval()
    torch.testing.assert_close(ours(values(), MASK)[MASK], torchs(values()[MASK]))


def test_a_batch_with_one_object_or_none_keeps_the_statistics() -> None:
    norm = MaskedBatchNorm(2)
    alone = torch.zeros_like(MASK)
    alone[0, 0] = True
    for mask in (torch.zeros_like(MASK), alone):
        found = norm(values(), mask)
        # The running mean 0 and variance 1 stand in.
        torch.testing.assert_close(found[mask], values()[mask] / (1.0 + 1e-5) ** 0.5)
    assert torch.equal(norm.mean, torch.zeros(2))
    assert torch.equal(norm.variance, torch.ones(2))


def test_pooling_takes_those_that_are_there() -> None:
    tokens = torch.tensor([[[1.0], [3.0], [-99.0]], [[-2.0], [9.0], [9.0]], [[5.0], [5.0], [5.0]]])
    mask = MASK[:3]
    # By hand: 1 and 3; -2 alone; nobody.
    assert Pool("mean")(tokens, mask).flatten().tolist() == [2.0, -2.0, 0.0]
    assert Pool("sum")(tokens, mask).flatten().tolist() == [4.0, -2.0, 0.0]
    assert Pool("max")(tokens, mask).flatten().tolist() == [3.0, -2.0, 0.0]
