"""Attention of some tokens to others, which may be absent."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention


class Attention(nn.Module):
    """Each asking token gathers from the told ones by softmax(q k / sqrt(d) + bias).

    A token that has nobody to listen to, as in an event without objects, hears zeros.

    **Shapes** asking [B, Q, D], told [B, N, D], mask [B, N] (True where a token is), bias
    [B, H, Q, N] -> [B, Q, D].
    **Source** Vaswani et al., arXiv:1706.03762.
    """

    def __init__(self, width: int, heads: int, dim_head: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dim_head, self.dropout = heads, dim_head, dropout
        self.queries = nn.Linear(width, heads * dim_head, bias=False)
        self.keys = nn.Linear(width, heads * dim_head, bias=False)
        self.values = nn.Linear(width, heads * dim_head, bias=False)
        self.out = nn.Linear(heads * dim_head, width)

    def forward(
        self, asking: Tensor, told: Tensor, mask: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
        query = self._by_head(self.queries(asking))
        key, value = self._by_head(self.keys(told)), self._by_head(self.values(told))
        heard = scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=_weights_mask(mask, bias, query.dtype),
            dropout_p=self.dropout if self.training else 0.0,
        )
        out: Tensor = self.out(heard.transpose(1, 2).flatten(2))
        if mask is None:
            return out
        return out.masked_fill(~mask.any(dim=1)[:, None, None], 0.0)

    def extra_repr(self) -> str:
        return f"heads={self.heads}, dim_head={self.dim_head}, dropout={self.dropout}"

    def _by_head(self, tokens: Tensor) -> Tensor:
        """**Shapes** [B, N, H d] -> [B, H, N, d]."""
        return tokens.view(*tokens.shape[:2], self.heads, self.dim_head).transpose(1, 2)


def _weights_mask(mask: Tensor | None, bias: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """What is added to the products, or which of them count. **Shapes** [B, 1 or H, 1 or Q, N]."""
    if mask is None:
        return None if bias is None else bias.to(dtype)
    # Where nobody is there, all are let in: a softmax over nothing is not a number.
    let_in = (mask | ~mask.any(dim=1, keepdim=True))[:, None, None, :]
    return let_in if bias is None else bias.to(dtype).masked_fill(~let_in, float("-inf"))
