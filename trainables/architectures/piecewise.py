"""Features cut into bins, in each of which a network may take another slope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.contract import Frozen

if TYPE_CHECKING:
    from trainables.architectures.piecewise_encoding import PiecewiseEncoding


class Piecewise(Frozen):
    """Piecewise linear encoding: how far a feature has come in each of its bins.

    **Source** Gorishniy et al., arXiv:2203.05556, section 3.2.
    """

    bins: int = Field(default=8, ge=2, le=256)
    """Bins of each feature."""
    edges: Literal["quantile", "uniform", "learned"] = "quantile"
    """Where they lie: equally full in training, equally wide, or learned from there."""

    def build(self, n_features: int) -> PiecewiseEncoding:
        """The module. **Shapes** [B, n_features] -> [B, n_features, bins]."""
        from trainables.architectures.piecewise_encoding import PiecewiseEncoding

        return PiecewiseEncoding(n_features, self.bins, self.edges)
