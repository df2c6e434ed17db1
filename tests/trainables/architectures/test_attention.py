from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.attention import Attention

B, N, D, H = 3, 5, 8, 2


def pair() -> tuple[Attention, nn.MultiheadAttention]:
    """Ours and torch's own with the same weights."""
    torch.manual_seed(0)
    ours, torchs = Attention(D, H, D // H, 0.0), nn.MultiheadAttention(D, H, batch_first=True)
    with torch.no_grad():
        parts = [ours.queries.weight, ours.keys.weight, ours.values.weight]
        torchs.in_proj_weight.copy_(torch.cat(parts))
        torchs.in_proj_bias.zero_()
        torchs.out_proj.weight.copy_(ours.out.weight)
        torchs.out_proj.bias.copy_(ours.out.bias)
    return ours, torchs


def tokens() -> tuple[Tensor, Tensor]:
    """Tokens, and which of them are there; one event has none."""
    random = torch.Generator().manual_seed(1)
    mask = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]], dtype=torch.bool)
    return torch.randn(B, N, D, generator=random), mask


def test_it_is_torchs_own_where_all_are_there() -> None:
    ours, torchs = pair()
    told, _ = tokens()
    torch.testing.assert_close(ours(told, told), torchs(told, told, told)[0])


def test_who_is_absent_is_not_heard() -> None:
    # torch's key_padding_mask is True where a key is to be ignored.
    ours, torchs = pair()
    told, mask = tokens()
    expected = torchs(told[:2], told[:2], told[:2], key_padding_mask=~mask[:2])[0]
    torch.testing.assert_close(ours(told, told, mask)[:2], expected)


def test_a_bias_is_added_to_each_head_with_and_without_a_mask() -> None:
    ours, torchs = pair()
    told, mask = tokens()
    bias = torch.randn(B, H, N, N)
    whole = torchs(told, told, told, attn_mask=bias.flatten(0, 1))[0]
    torch.testing.assert_close(ours(told, told, None, bias), whole)
    closed = bias.masked_fill(~mask[:, None, None, :], float("-inf"))[:2]
    expected = torchs(told[:2], told[:2], told[:2], attn_mask=closed.flatten(0, 1))[0]
    torch.testing.assert_close(ours(told, told, mask, bias)[:2], expected)


def test_who_has_nobody_to_listen_to_hears_zeros() -> None:
    ours, _ = pair()
    told, mask = tokens()
    for bias in (None, torch.zeros(B, H, N, N)):
        assert torch.equal(ours(told, told, mask, bias)[2], torch.zeros(N, D))


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    attention, (told, _) = Attention(D, H, 4, 0.5), tokens()
    assert not torch.equal(attention(told, told), attention(told, told))
    attention.eval()
    assert torch.equal(attention(told, told), attention(told, told))
