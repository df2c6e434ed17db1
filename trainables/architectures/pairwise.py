"""What two objects have to do with each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

FLOOR = 1e-8
"""Quantities below this count as this, so that their logarithm is a number."""


class Pairs(NamedTuple):
    """All pairs of objects. **Shapes** first, second [B, N, N, 4]: pt, eta, phi, energy."""

    first: Tensor
    second: Tensor


def pairs(momenta: Tensor) -> Pairs:
    """**Shapes** [B, N, 4]."""
    n_objects = momenta.shape[1]
    wide = momenta.unsqueeze(2).expand(-1, -1, n_objects, -1)
    return Pairs(wide, wide.transpose(1, 2))


def delta_r(both: Pairs) -> Tensor:
    """Distance sqrt(d eta^2 + d phi^2), the short way around. **Shapes** -> [B, N, N]."""
    around = (both.first[..., 2] - both.second[..., 2] + torch.pi) % (2.0 * torch.pi) - torch.pi
    apart = both.first[..., 1] - both.second[..., 1]
    return (apart.square() + around.square()).sqrt()


def kt(both: Pairs) -> Tensor:
    """The smaller pt times the distance, by which jets are found. **Shapes** -> [B, N, N]."""
    return torch.minimum(both.first[..., 0], both.second[..., 0]) * delta_r(both)


def z(both: Pairs) -> Tensor:
    """The smaller pt as a share of both. **Shapes** -> [B, N, N]."""
    first, second = both.first[..., 0], both.second[..., 0]
    return torch.minimum(first, second) / (first + second).clamp_min(FLOOR)


def m2(both: Pairs) -> Tensor:
    """Squared invariant mass (E_i + E_j)^2 - |p_i + p_j|^2. **Shapes** -> [B, N, N]."""
    energy = both.first[..., 3] + both.second[..., 3]
    momentum = _cartesian(both.first) + _cartesian(both.second)
    return energy.square() - momentum.square().sum(dim=-1)


QUANTITIES: Mapping[str, Callable[[Pairs], Tensor]] = {
    "delta_r": delta_r,
    "kt": kt,
    "z": z,
    "m2": m2,
}
"""By the names of Qu et al., arXiv:2202.03772, eq. 3."""


def logarithms(momenta: Tensor, names: list[str]) -> Tensor:
    """Ln of some quantities of all pairs. **Shapes** [B, N, 4] -> [B, N, N, len(names)]."""
    both = pairs(momenta)
    values = [QUANTITIES[name](both).clamp_min(FLOOR).log() for name in names]
    return torch.stack(values, dim=-1)


def _cartesian(momenta: Tensor) -> Tensor:
    """px, py, pz. **Shapes** [..., 4] -> [..., 3]."""
    pt, eta, phi = momenta[..., 0], momenta[..., 1], momenta[..., 2]
    return torch.stack([pt * phi.cos(), pt * phi.sin(), pt * eta.sinh()], dim=-1)
