"""A generator of a resonance that decays to two jets, over a falling background of pairs of jets.

The mass of the pair is no feature, but the others give it away to about 10 %. A classifier that
learns it cuts a peak out of the background where the signal is, which is what decorrelation is for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

N_SIGNAL = 10_000
N_BACKGROUND = 50_000
SEED = 20010531

_PEAK_GEV, _WIDTH_GEV = 125.0, 8.0
_LOWEST_GEV, _HIGHEST_GEV = 80.0, 250.0
_COLLISION_GEV = 13_000.0
_FALL = (5.0, 6.0)
"""Exponents b and c of the background's mass x = m / sqrt(s): (1 - x)^b / x^c."""


@lru_cache(maxsize=1)
def frame() -> pd.DataFrame:
    """The events, always the same: `label` (1 is signal), `weight`, `mass` and seven features.

    **Units** GeV for masses, transverse momenta `pt1` >= `pt2` and `met`.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(SEED)
    label = np.concatenate([np.ones(N_SIGNAL), np.zeros(N_BACKGROUND)])
    is_signal = label == 1
    mass = np.concatenate([random.normal(_PEAK_GEV, _WIDTH_GEV, N_SIGNAL), _falling(random)])
    delta_eta = random.normal(0.0, np.where(is_signal, 1.0, 1.6))
    smeared = 1.0 + 0.15 * random.normal(size=(2, len(label)))
    momenta = np.sort(mass / 2.0 / np.cosh(delta_eta / 2.0) * np.clip(smeared, 0.1, None), axis=0)
    delta_phi = np.pi - np.abs(random.normal(0.0, 0.3, len(label)))
    columns = {
        "label": label.astype(int),
        "weight": _weights(random, len(label)),
        "mass": mass,
        "pt1": momenta[1],
        "pt2": momenta[0],
        "delta_eta": delta_eta,
        "delta_r": np.hypot(delta_eta, delta_phi),
        "met": random.gamma(2.0, np.where(is_signal, 15.0, 12.0)),
        "btag": np.where(
            is_signal, random.beta(5.0, 2.0, len(label)), random.beta(2.0, 3.0, len(label))
        ),
    }
    return pd.DataFrame(columns)


def _falling(random: np.random.Generator) -> Floats:
    """Masses of the background, drawn through the inverse of its summed density. **Units** GeV."""
    import numpy as np

    grid = np.linspace(_LOWEST_GEV, _HIGHEST_GEV, 2000)
    x = grid / _COLLISION_GEV
    summed = np.cumsum((1.0 - x) ** _FALL[0] / x ** _FALL[1])
    return np.interp(random.random(N_BACKGROUND), summed / summed[-1], grid)


def _weights(random: np.random.Generator, n: int) -> Floats:
    """As a generator at next-to-leading order gives them: lognormal, and one in 20 negative."""
    import numpy as np

    sizes: Floats = random.lognormal(0.0, 0.3, n)
    return np.where(random.random(n) < 0.05, -sizes, sizes)
