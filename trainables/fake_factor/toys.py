"""Events with a known fake factor, drawn from closed formulas.

A toy has data, which holds fakes and prompts, and a simulation (MC) of prompts alone. The fake
factor F is the number of tight over loose fakes at a point; prompts have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainables.table_file import GENERATED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = dict[str, Floats]


def four_features(random: Generator, n_events: int) -> pd.DataFrame:
    """Half of the data are fakes, half are prompts; F rises with pt and falls with |eta| and met.

    A fake is tight with probability F / (1 + F). The MC has as many events as the data, with
    log-normal weights that add up to the prompts of the data.

    **Units** pt and met in GeV.
    """
    n_fakes = n_events // 2
    n_prompts = n_events - n_fakes
    fakes = _four(random, n_fakes, jets=1.5, met=13.0)
    fakes["pt"] = np.clip(15.0 + random.exponential(14.0, n_fakes), 15.0, 300.0)
    factor = four_features_truth(fakes)
    fakes["tight"] = (random.random(n_fakes) < factor / (1.0 + factor)).astype(float)
    prompts, mc = (_four_prompts(random, n) for n in (n_prompts, n_events))
    spread = 0.2
    weights = random.lognormal(0.0, spread, n_events) / np.exp(spread**2 / 2.0)
    return _together(fakes, factor, prompts, mc, n_prompts / n_events * weights)


def four_features_truth(columns: Columns) -> Floats:
    """The true fake factor of `four_features`."""
    value: Floats = np.exp(
        -1.6
        + 0.55 * np.log(columns["pt"] / 30.0)
        - 0.35 * (np.abs(columns["eta"]) - 1.2)
        + 0.18 * (columns["n_jets"] - 1.0)
        - 0.4 * np.tanh((columns["met"] - 25.0) / 15.0)
    )
    return value


def three_features(random: Generator, n_events: int) -> pd.DataFrame:
    """Three quarters of the data are loose fakes, and F is 0.15 to 0.45, falling with pt.

    Of 27 parts of loose fakes and prompts 20 are loose fakes, 3 loose and 4 tight prompts; tight
    fakes come on top. The MC has three events of weight 1/3 for each prompt.

    **Units** pt and met in GeV.
    """
    n_loose = round(n_events * 20 / 27)
    loose, candidates = (_three_fakes(random, n_loose) for _ in range(2))
    is_tight = random.random(n_loose) < three_features_truth(candidates)
    fakes = {name: np.concatenate([loose[name], candidates[name][is_tight]]) for name in candidates}
    fakes["tight"] = np.repeat([0.0, 1.0], [n_loose, int(is_tight.sum())])
    prompts = _three_prompts(random, round(n_events * 3 / 27), round(n_events * 4 / 27))
    mc = _three_prompts(random, 3 * round(n_events * 3 / 27), 3 * round(n_events * 4 / 27))
    weights = np.full(len(mc["pt"]), 1.0 / 3.0)
    return _together(fakes, three_features_truth(fakes), prompts, mc, weights)


def three_features_truth(columns: Columns) -> Floats:
    """The true fake factor of `three_features`."""
    falling = 0.25 * np.exp(-(columns["pt"] - 25.0) / 30.0)
    value: Floats = 0.15 + falling + 0.05 * np.abs(columns["eta"]) / 2.5
    return value


@dataclass(frozen=True)
class Toy:
    """A toy: how it is drawn, and how many data events it has unless told otherwise."""

    draw: Callable[[Generator, int], pd.DataFrame]
    n_events: int


TOYS = {
    f"{GENERATED}four_features": Toy(four_features, 40_000),
    f"{GENERATED}three_features": Toy(three_features, 27_000),
}
"""The data that `data.path` can name beside files."""


def _four(random: Generator, n: int, jets: float, met: float) -> Columns:
    return {
        "eta": random.uniform(-2.5, 2.5, n),
        "n_jets": np.minimum(random.poisson(jets, n), 6).astype(float),
        "met": random.rayleigh(met, n),
    }


def _four_prompts(random: Generator, n: int) -> Columns:
    columns = _four(random, n, jets=0.7, met=28.0)
    peak, tail = np.abs(random.normal(40.0, 9.0, n)), 15.0 + random.exponential(25.0, n)
    columns["pt"] = np.clip(np.where(random.random(n) < 0.7, peak, tail), 15.0, 300.0)
    logit = 2.2 + 0.04 * (columns["pt"] - 30.0) - 0.3 * np.abs(columns["eta"])
    columns["tight"] = (random.random(n) < 1.0 / (1.0 + np.exp(-logit))).astype(float)
    return columns


def _three_fakes(random: Generator, n: int) -> Columns:
    return {
        "pt": 25.0 + random.exponential(15.0, n),
        "eta": random.uniform(-2.5, 2.5, n),
        "met": random.exponential(15.0, n),
    }


def _three_prompts(random: Generator, n_loose: int, n_tight: int) -> Columns:
    n = n_loose + n_tight
    return {
        "pt": 25.0 + random.exponential(40.0, n),
        "eta": random.normal(0.0, 1.1, n),
        "met": random.gamma(4.0, 12.0, n),
        "tight": np.repeat([0.0, 1.0], [n_loose, n_tight]),
    }


def _together(
    fakes: Columns, factor: Floats, prompts: Columns, mc: Columns, mc_weights: Floats
) -> pd.DataFrame:
    import pandas as pd

    n_data = len(factor) + len(prompts["pt"])
    columns = {
        name: np.concatenate([part[name] for part in (fakes, prompts, mc)]) for name in fakes
    }
    columns["is_data"] = np.repeat([1.0, 0.0], [n_data, len(mc_weights)])
    columns["weight"] = np.concatenate([np.ones(n_data), mc_weights])
    columns["true_ff"] = np.full(n_data + len(mc_weights), np.nan)
    columns["true_ff"][: len(factor)] = factor
    names = [name for name in ("pt", "eta", "n_jets", "met") if name in columns]
    return pd.DataFrame(columns)[[*names, "tight", "is_data", "weight", "true_ff"]]
