"""The scalers that `data.scaler` may name: scikit-learn's own, with their state as plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trainables.scaler_names import ScalerName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    State = Mapping[str, Floats]

_QUANTILES = 1000
_EDGE = 1e-3
"""Values at the ends of the training range lie this far inside (0, 1) before their logit."""


@dataclass(frozen=True)
class Scaler:
    """How one scaler is fitted and applied. **Shapes** values [N, F], weights [N] or None."""

    state: tuple[str, ...]
    """Names of the arrays that `fit` gives and `apply` needs."""
    fit: Callable[[Floats, Floats | None], dict[str, Floats]]
    apply: Callable[[Floats, State], Floats]


def _moments(values: Floats, weights: Floats | None) -> dict[str, Floats]:
    """Mean and standard deviation of each column; 1 in place of the deviation of a constant."""
    mean = np.average(values, axis=0, weights=weights)
    variance = np.average((values - mean) ** 2, axis=0, weights=weights)
    deviation = np.sqrt(variance)
    # the mean of a constant can miss it by a rounding error, which is no deviation
    is_constant = values.max(axis=0) == values.min(axis=0)
    safe = np.where(is_constant | (deviation == 0), 1.0, deviation)
    return {"mean": mean, "deviation": safe}


def _standardise(values: Floats, state: State) -> Floats:
    scaled: Floats = (values - state["mean"]) / state["deviation"]
    return scaled


def _of_sklearn(class_name: str, attributes: tuple[str, ...], **arguments: Any) -> Scaler:
    """A transformer of scikit-learn whose fitted state are these attributes."""

    def made(n_rows: int) -> Any:
        from sklearn import preprocessing

        given = dict(arguments)
        if "n_quantiles" in given:
            given["n_quantiles"] = min(given["n_quantiles"], n_rows)
        return getattr(preprocessing, class_name)(**given)

    def fit(values: Floats, weights: Floats | None) -> dict[str, Floats]:
        del weights
        fitted = made(len(values)).fit(values)
        return {name: np.asarray(getattr(fitted, name), dtype=float) for name in attributes}

    def apply(values: Floats, state: State) -> Floats:
        restored = made(len(state[attributes[0]]))
        for name in attributes:
            setattr(restored, name, state[name])
        restored.n_features_in_ = values.shape[1]
        scaled: Floats = restored.transform(values)
        return scaled

    return Scaler(attributes, fit, apply)


_MINMAX = _of_sklearn("MinMaxScaler", ("scale_", "min_"))
_POWER = _of_sklearn("PowerTransformer", ("lambdas_",), standardize=False)


def _fit_power(values: Floats, weights: Floats | None) -> dict[str, Floats]:
    state = _POWER.fit(values, weights)
    return state | _moments(_POWER.apply(values, state), weights)


def _power(values: Floats, state: State) -> Floats:
    return _standardise(_POWER.apply(values, state), state)


def _logit(values: Floats, state: State) -> Floats:
    """ln(x / (1 - x)) of values brought to 0..1; beyond the training range it stays at the edge."""
    share = np.clip(_MINMAX.apply(values, state), _EDGE, 1.0 - _EDGE)
    scaled: Floats = np.log(share) - np.log1p(-share)
    return scaled


SCALERS: dict[ScalerName, Scaler] = {
    "none": Scaler((), lambda *_: {}, lambda values, _: values),
    "standard": Scaler(("mean", "deviation"), _moments, _standardise),
    "minmax": _MINMAX,
    "maxabs": _of_sklearn("MaxAbsScaler", ("scale_",)),
    "robust": _of_sklearn("RobustScaler", ("center_", "scale_")),
    "quantile": _of_sklearn(
        "QuantileTransformer",
        ("quantiles_", "references_"),
        n_quantiles=_QUANTILES,
        output_distribution="normal",
        subsample=None,
    ),
    "power": Scaler(("lambdas_", "mean", "deviation"), _fit_power, _power),
    "logit": Scaler(_MINMAX.state, _MINMAX.fit, _logit),
}
"""By their names; `standard` counts rows by their weights, the others count each row once."""
