"""The numbers that a `fakes` trial reports, and which of them its events allow."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Literal

from trainables.contract import Metric
from trainables.fake_factor.data_config import VARIABLES, FakesData

_SUBTRACTED = "chi2 per bin of the {0} data with network weights against data minus MC"

METRICS: dict[str, Metric] = {
    "val_closure": Metric(
        "min", "chi2 per bin of predicted against observed tight fakes, over all variables"
    ),
    "val_closure_pt": Metric("min", "the same in bins of pt"),
    "val_closure_eta": Metric("min", "the same in bins of |eta|"),
    "val_closure_met": Metric("min", "the same in bins of met"),
    "val_yield_ratio": Metric(
        "min", "predicted over observed yield, or its inverse where that is larger; 1 is perfect"
    ),
    "val_yield_ratio_pt": Metric(
        "min", "1 and the summed differences of the bins of pt, relative to the observed yield"
    ),
    "val_yield_ratio_eta": Metric("min", "the same in bins of |eta|"),
    "val_yield_ratio_met": Metric("min", "the same in bins of met"),
    "val_ess": Metric("max", "effective over actual number of loose data in the prediction"),
    "val_negative": Metric("min", "share of the data whose fake weight is negative"),
    "val_ff_error": Metric("min", "median relative error of the fake factor, where it is known"),
    "val_ff_error_95": Metric("min", "95 % quantile of that error"),
    "val_ff_logmae": Metric("min", "median |log(F / true F)|, where it is known"),
    "val_subtraction_tight": Metric("min", _SUBTRACTED.format("tight")),
    "val_subtraction_loose": Metric("min", _SUBTRACTED.format("loose")),
    "val_log_ff_spread": Metric(
        "min", "standard deviation of log F over the loose data; for looking at"
    ),
    "val_log_ff_largest": Metric("min", "largest |log F| of the loose data; for looking at"),
    "train_loss_tight": Metric("min", "mean loss of the tight network; for looking at", ("loss",)),
    "train_loss_loose": Metric("min", "mean loss of the loose network; for looking at", ("loss",)),
    "train_loss_ratio": Metric("min", "mean loss of the ratio network; for looking at", ("loss",)),
}


def summarised(name: str, values: Sequence[float], way: Literal["median", "worst"]) -> float:
    """One metric of several chains as one number; NaN if a chain has none."""
    if any(math.isnan(value) for value in values):
        return math.nan
    if way == "median":
        return statistics.median(values)
    return max(values) if METRICS[f"val_{name}"].direction == "min" else min(values)


def unreported(data: FakesData) -> Mapping[str, str]:
    """Metrics that are left out, each with the reason."""
    reasons: dict[str, str] = {}
    for key in VARIABLES:
        if getattr(data, key) is None:
            lost = (f"val_closure_{key}", f"val_yield_ratio_{key}")
            reasons |= dict.fromkeys(lost, f"it needs data.{key}, the column of the variable")
    if data.true_ff is None and not data.is_toy:
        message = "it needs data.true_ff, the column of the true fake factor"
        reasons |= dict.fromkeys([name for name in METRICS if name.startswith("val_ff_")], message)
    if data.is_data is None:
        message = "it needs data.is_data: without MC only the ratio network is trained"
        names = [name for name in METRICS if name.endswith(("_tight", "_loose"))]
        reasons |= dict.fromkeys(names, message)
    return reasons
