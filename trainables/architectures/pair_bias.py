"""What pairs of objects add to the attention between them."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from trainables.architectures.masked_batch_norm import MaskedBatchNorm
from trainables.architectures.pairwise import logarithms
from trainables.architectures.precision import at_least_single


class PairBias(nn.Module):
    """A small network on ln delta R, ln kT, ln z, ln m^2 of each pair, one number a head.

    An object paired with itself counts as an average pair: its distance is no physics.

    **Shapes** momenta [B, N, 4], mask [B, N] -> [B, H, N, N].
    **Source** Qu et al., arXiv:2202.03772, section 3.
    """

    def __init__(self, quantities: list[str], n_layers: int, width: int, heads: int) -> None:
        super().__init__()
        self.quantities = quantities
        self.norm = MaskedBatchNorm(len(quantities))
        sizes = [len(quantities), *[width] * n_layers]
        layers: list[nn.Module] = []
        for n_inputs, n_units in pairwise(sizes):
            layers += [nn.Linear(n_inputs, n_units), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-1], heads))

    def forward(self, momenta: Tensor, mask: Tensor) -> Tensor:
        momenta = momenta.masked_fill(~mask.unsqueeze(2), 0.0)
        both = mask.unsqueeze(2) & mask.unsqueeze(1)
        both = both & ~torch.eye(mask.shape[1], dtype=torch.bool, device=mask.device)
        # Squares of energies leave the range of half precision, their logarithms do not.
        values = logarithms(at_least_single(momenta), self.quantities).to(momenta.dtype)
        bias: Tensor = self.layers(self.norm(values, both))
        return bias.permute(0, 3, 1, 2)

    def extra_repr(self) -> str:
        return ", ".join(self.quantities)
