"""The penalty of DisCo: how far the outputs of a network tell where an event lies in a variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from trainables.components.disco_config import Disco
from trainables.components.distance_correlation import distance_correlation

_EPSILON = 1e-6
"""Keeps the logarithm of a probability of 0 finite."""


@dataclass(frozen=True)
class Penalty:
    """dCorr^power of the outputs with each variable, summed up; lambda is not in it."""

    options: Disco
    classes: tuple[int, ...]
    """Numbers of the classes whose events count."""
    most: int | None = None
    """Compare only so many events, drawn alike each time."""

    def __call__(
        self, logits: Tensor, labels: Tensor, weights: Tensor, variables: Tensor
    ) -> Tensor:
        """**Shapes** logits [B] or [B, C], labels [B], weights [B], variables [B, V] -> scalar."""
        rows = self._rows(labels)
        given = weights[rows] if self.options.weighted else None
        full = torch.promote_types(logits.dtype, torch.float32)
        parts = [
            distance_correlation(output, variable, given, self.options.power, self.options.form)
            for output in self._outputs(logits[rows].to(full))
            for variable in variables[rows].unbind(1)
        ]
        return torch.stack(parts).sum()

    def _rows(self, labels: Tensor) -> Tensor:
        """The numbers of the events that are compared."""
        rows = torch.isin(labels, torch.tensor(self.classes).to(labels)).nonzero()[:, 0]
        if self.most is None or len(rows) <= self.most:
            return rows
        drawn = torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))
        return rows[drawn[: self.most].to(rows.device)]

    def _outputs(self, logits: Tensor) -> Iterator[Tensor]:
        """What is compared with the variables. **Shapes** [B] or [B, C] -> some of [B]."""
        as_score = self.options.of == "score"
        if logits.ndim == 1:
            yield logits.sigmoid() if as_score else logits
        elif self.options.multiclass == "entropy":
            probabilities = logits.softmax(dim=1)
            yield -(probabilities * (probabilities + _EPSILON).log()).sum(dim=1)
        else:
            yield from (logits.softmax(dim=1) if as_score else logits).unbind(1)
