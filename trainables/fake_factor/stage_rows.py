"""The training rows of each network: features, labels, and the weights that never change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainables.fake_factor.config import Subtraction
from trainables.fake_factor.events import Events
from trainables.fake_factor.stages import STAGES, Stage

_NORMALISATION = len(STAGES)
"""The stream of the MC normalisations, which all stages share."""


@dataclass(frozen=True)
class StageRows:
    """Rows that a network trains on.

    **Shapes** features [N, F], labels [N], weights [N] or [N, H].
    """

    features: Tensor
    labels: Tensor
    weights: Tensor
    """Of mean size 1, so that the strength of a loss's pulls does not depend on the yields."""

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> StageRows:
        """The same rows on another device."""
        return StageRows(*(part.to(device) for part in (self.features, self.labels, self.weights)))


def stage_rows(
    stage: Stage, train: Events, features: Tensor, subtraction: Subtraction, seed: tuple[int, int]
) -> StageRows:
    """The rows of a stage: data (1) against MC (0) of a region, or tight (1) against loose (0).

    `seed` is that of the trial and the number of the chain: bootstraps follow from it alone, so
    that they are the same after a resume.
    """
    if stage.name == "ratio":
        chosen = train.is_data == (subtraction.use == "data")
        labels = train.is_tight[chosen]
    else:
        chosen = train.is_tight == (stage.name == "tight")
        labels = train.is_data[chosen]
    weights = train.weights[chosen] / np.abs(train.weights[chosen]).mean()
    varied = _varied(stage, weights, ~train.is_data[chosen], seed)
    return StageRows(
        features=features[torch.from_numpy(chosen)],
        labels=torch.from_numpy(labels).float(),
        weights=torch.from_numpy(varied).float(),
    )


def _varied(
    stage: Stage, weights: np.ndarray, is_mc: np.ndarray, seed: tuple[int, int]
) -> np.ndarray:
    """Weights that differ from output to output, where the ensemble wants it. -> [N] or [N, H]."""
    ensemble = stage.ensemble
    factors = np.ones((len(weights), ensemble.size))
    if ensemble.poisson_bootstrap:
        random = np.random.default_rng([*seed, STAGES.index(stage.name)])
        factors *= random.poisson(1.0, factors.shape)
    if ensemble.mc_norm_sigma > 0:
        random, sigma = np.random.default_rng([*seed, _NORMALISATION]), ensemble.mc_norm_sigma
        norms = np.exp(sigma * random.normal(size=ensemble.size) - sigma**2 / 2.0)
        factors[is_mc] *= norms
    varied = weights[:, None] * factors
    return varied if ensemble.poisson_bootstrap or ensemble.mc_norm_sigma > 0 else weights
