"""Losses that make a network learn the ratio r = p1 / p0 of two densities, each with its link.

An event of label 1 (the numerator) adds l1(f) and one of label 0 adds l0(f), each times its weight.
The minimum lies where p1 l1'(f) + p0 l0'(f) = 0, and there f gives r; the yields are part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, relu, softplus

from trainables.contract import Frozen

Function = Callable[[Tensor], Tensor]

STEEPEST = 30.0
"""Beyond e^30 exponentials go on as straight lines, so that none of them overflows."""

_EDGE = 1e-3
"""Probabilities that a bounded loss lets leave 0..1 are taken back so far: r is below 1000."""

_TINY = -15.0
"""Below it log(softplus(f)) is f to single precision, where the direct form loses its digits."""


@dataclass(frozen=True)
class RatioLoss:
    """One loss. **Shapes** every function [...] -> [...]."""

    one: Function
    """What an event of the numerator adds."""
    zero: Function
    """What an event of the denominator adds."""
    log_ratio: Function
    """The link: log r at an output."""
    formula: tuple[str, str, str]
    """l1, l0 and r as text."""
    source: str


def build(loss: Frozen) -> RatioLoss:
    """The functions of a loss with its arguments."""
    made: RatioLoss = _TABLE[loss.name](loss)  # type: ignore[attr-defined]
    return made


def weighted_mean(loss: RatioLoss, outputs: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """The mean of weight times loss; weights may be negative, so it is no average.

    **Shapes** outputs [B] or [B, H], labels [B], weights like outputs -> scalar.
    """
    label = labels if outputs.dim() == 1 else labels.unsqueeze(1)
    # Not `where`: it would hand the gradient of the branch that is not taken a 0 times infinity.
    each = label * loss.one(outputs) + (1.0 - label) * loss.zero(outputs)
    return (weights * each).mean()


def _bce(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: softplus(-f),
        zero=softplus,
        log_ratio=_same,
        formula=("log(1 + e^-f)", "log(1 + e^f)", "e^f"),
        source="Menon & Ong, ICML 2016",
    )


def _exp(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: _power(-f),
        zero=_power,
        log_ratio=lambda f: 2.0 * f,
        formula=("e^-f", "e^f", "e^2f"),
        source="Menon & Ong, ICML 2016",
    )


def _savage(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: torch.sigmoid(-f).square(),
        zero=lambda f: torch.sigmoid(f).square(),
        log_ratio=_same,
        formula=("1 / (1 + e^f)^2", "1 / (1 + e^-f)^2", "e^f"),
        source="Masnadi-Shirazi & Vasconcelos, NIPS 2008",
    )


def _gaussian_nll(_: Any) -> RatioLoss:
    def variance(f: Tensor) -> Tensor:
        return 0.5 * (logsigmoid(f) + logsigmoid(-f))

    return RatioLoss(
        one=lambda f: variance(f) + 0.5 * _power(-f),
        zero=lambda f: variance(f) + 0.5 * _power(f),
        log_ratio=_same,
        formula=("(log p(1-p) + e^-f) / 2", "(log p(1-p) + e^f) / 2", "e^f, p = 1 / (1 + e^-f)"),
        source="Gaussian likelihood of the label with mean p and variance p(1-p)",
    )


def _mse(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: (1.0 - f).square(),
        zero=torch.square,
        log_ratio=_log_odds,
        formula=("(1 - f)^2", "f^2", "f / (1 - f)"),
        source="least squares on labels 0 and 1, where f is the probability",
    )


def _square(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: (1.0 - f).square(),
        zero=lambda f: (1.0 + f).square(),
        log_ratio=lambda f: _log_odds(0.5 * (1.0 + f)),
        formula=("(1 - f)^2", "(1 + f)^2", "(1 + f) / (1 - f)"),
        source="Menon & Ong, ICML 2016",
    )


def _tangent(_: Any) -> RatioLoss:
    return RatioLoss(
        one=lambda f: (2.0 * torch.atan(f) - 1.0).square(),
        zero=lambda f: (2.0 * torch.atan(f) + 1.0).square(),
        log_ratio=lambda f: _log_odds(torch.atan(f) + 0.5),
        formula=("(2 atan f - 1)^2", "(2 atan f + 1)^2", "p / (1 - p), p = atan f + 1/2"),
        source="Masnadi-Shirazi, Mahadevan & Vasconcelos, CVPR 2010",
    )


def _lsif(loss: Any) -> RatioLoss:
    log = _LOG_OUTPUT[loss.output]
    return RatioLoss(
        one=lambda f: -_power(log(f)),
        zero=lambda f: 0.5 * _power(2.0 * log(f)),
        log_ratio=log,
        formula=("-v", "v^2 / 2", "v"),
        source="Kanamori, Hido & Sugiyama, JMLR 2009",
    )


def _kliep(loss: Any) -> RatioLoss:
    log = _LOG_OUTPUT[loss.output]
    return RatioLoss(
        one=lambda f: -log(f),
        zero=lambda f: _power(log(f)),
        log_ratio=log,
        formula=("-log v", "v", "v"),
        source="Sugiyama et al., NIPS 2007",
    )


def _bregman(loss: Any) -> RatioLoss:
    log, a = _LOG_OUTPUT[loss.output], loss.power
    return RatioLoss(
        one=lambda f: (1.0 + 1.0 / a) * (1.0 - _power(a * log(f))),
        zero=lambda f: _power((1.0 + a) * log(f)),
        log_ratio=log,
        formula=("(1 + 1/a) (1 - v^a)", "v^(1+a)", "v"),
        source="Sugiyama, Suzuki & Kanamori, Ann. Inst. Stat. Math. 2012 (power divergence)",
    )


_TABLE: dict[str, Callable[[Any], RatioLoss]] = {
    "bce": _bce,
    "logistic": _bce,
    "exp": _exp,
    "savage": _savage,
    "gaussian_nll": _gaussian_nll,
    "mse": _mse,
    "square": _square,
    "tangent": _tangent,
    "lsif": _lsif,
    "kliep": _kliep,
    "bregman": _bregman,
}


def _same(f: Tensor) -> Tensor:
    return f


def _power(x: Tensor) -> Tensor:
    """e^x, and its tangent beyond `STEEPEST`."""
    return x.clamp_max(STEEPEST).exp() * (1.0 + relu(x - STEEPEST))


def _log_odds(p: Tensor) -> Tensor:
    return torch.logit(p, eps=_EDGE)


def _log_softplus(f: Tensor) -> Tensor:
    return torch.where(f < _TINY, f, softplus(f.clamp_min(_TINY)).log())


_LOG_OUTPUT: dict[str, Function] = {"softplus": _log_softplus, "exp": _same}
"""From an output to the log of the ratio that it stands for."""
