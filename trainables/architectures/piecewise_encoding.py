"""The module of `Piecewise`, and what places its bins by the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from trainables.architectures.inputs import Inputs

if TYPE_CHECKING:
    from trainables.architectures.piecewise import Piecewise

_NARROWEST = 0.1
"""No bin is narrower than this share of an equally wide one: features may repeat their values."""
_SPAN = (-3.0, 3.0)
"""Where bins lie before they are placed: scaled features are there."""


class PiecewiseEncoding(nn.Module):
    """e_t = (x - b_{t-1}) / (b_t - b_{t-1}), kept in 0..1 but for the two ends.

    **Shapes** [B, F] -> [B, F, T].
    **Source** Gorishniy et al., arXiv:2203.05556, eq. 1.
    """

    start: Tensor
    log_widths: Tensor
    lowest: Tensor
    highest: Tensor

    def __init__(self, n_features: int, n_bins: int, edges: str) -> None:
        super().__init__()
        self.n_bins, self.edges = n_bins, edges
        width = (_SPAN[1] - _SPAN[0]) / n_bins
        start = torch.full((n_features, 1), _SPAN[0])
        log_widths = torch.full((n_features, n_bins), width).log()
        for name, values in (("start", start), ("log_widths", log_widths)):
            if edges == "learned":
                self.register_parameter(name, nn.Parameter(values))
            else:
                self.register_buffer(name, values)
        lowest, highest = torch.zeros(n_bins), torch.ones(n_bins)
        lowest[0], highest[-1] = -float("inf"), float("inf")
        self.register_buffer("lowest", lowest, persistent=False)
        self.register_buffer("highest", highest, persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        widths = self.log_widths.exp()
        lower = self.start + widths.cumsum(dim=1) - widths
        shares = (features.unsqueeze(2) - lower) / widths
        return torch.minimum(torch.maximum(shares, self.lowest), self.highest)

    @torch.no_grad()
    def place(self, features: Tensor) -> None:
        """Lay the bins by the features of the training part. **Shapes** [N, F]."""
        steps = torch.linspace(0.0, 1.0, self.n_bins + 1, dtype=torch.float64)
        values = features.double()
        if self.edges == "quantile":
            edges = torch.quantile(values[: _most(values)], steps, dim=0).T
        else:
            least, largest = values.amin(dim=0), values.amax(dim=0)
            edges = least[:, None] + (largest - least)[:, None] * steps
        whole = edges[:, -1:] - edges[:, :1]
        whole = torch.where(whole > 0, whole, torch.ones_like(whole))
        widths = torch.maximum(edges.diff(dim=1), whole * _NARROWEST / self.n_bins)
        self.start.copy_(edges[:, :1])
        self.log_widths.copy_(widths.log())

    def extra_repr(self) -> str:
        return f"n_features={len(self.start)}, n_bins={self.n_bins}, edges={self.edges}"


def encoded(config: Piecewise | None, n_features: int) -> tuple[list[nn.Module], int]:
    """The first layers of a network of flat features, and how many numbers they give it."""
    if config is None:
        return [], n_features
    return [config.build(n_features), nn.Flatten(1)], n_features * config.bins


def place_bins(net: nn.Module, training: Callable[[], Inputs]) -> None:
    """Lay the bins of a network by the training part, which is asked for only if there are any."""
    from trainables.architectures.flattened import Flattened, side_by_side

    encodings = [part for part in net.modules() if isinstance(part, PiecewiseEncoding)]
    for encoding in encodings:
        inputs = training()
        encoding.place(side_by_side(inputs) if isinstance(net, Flattened) else inputs.flat)


def _most(values: Tensor) -> int:
    """torch.quantile takes no more than 16 million numbers."""
    return min(len(values), 16_000_000 // max(1, values.shape[1]))
