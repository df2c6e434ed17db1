"""The density-ratio losses that a config may name, with the arguments that each of them takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from trainables.contract import Frozen


class _Balanced(Frozen):
    """What every loss takes."""

    balanced: bool = False
    """Give both classes the same sum of weights; the ratio is multiplied by what they had."""


class _Regularised(_Balanced):
    """Two pulls of a loss whose ratio is positive and smooth wherever the output is."""

    w_lambda: float | None = Field(default=None, gt=0)
    """Adds `w_lambda` times the mean of (log r)^2, r before it is multiplied; null for none."""
    ess_lambda: float | None = Field(default=None, gt=0)
    """Adds `ess_lambda` * N / ESS over the batch's denominator events; null for none."""


PULLS = tuple(_Regularised.model_fields.keys() - _Balanced.model_fields.keys())
"""The arguments that pull a ratio towards what is simple."""


class OfLogit(_Regularised):
    """Losses whose output f is log r, or half of it."""

    name: Literal["bce", "logistic", "exp", "savage", "gaussian_nll"] = "bce"


class OfBounded(_Balanced):
    """Losses whose output leads to a ratio that can be negative or infinite."""

    name: Literal["mse", "square", "tangent"]

    @model_validator(mode="before")
    @classmethod
    def _nothing_to_pull(cls, given: Any) -> Any:
        for key in PULLS:
            if isinstance(given, dict) and given.get(key) is not None:
                raise ValueError(
                    f"{key} has no meaning for {given.get('name')}, whose ratio can be negative or "
                    f"infinite; use it with {', '.join(REGULARISED)}"
                )
        return given


class OfRatio(_Regularised):
    """Losses of the ratio v itself, which the output gives through a positive function."""

    name: Literal["lsif", "kliep"]
    output: Literal["softplus", "exp"] = "softplus"
    """How v follows from the output f: log(1 + e^f) grows linearly, e^f makes f the log of v."""


class OfBregman(_Regularised):
    """The Bregman divergence of a power: KLIEP as it goes to 0, LSIF at 1."""

    name: Literal["bregman"]
    output: Literal["softplus", "exp"] = "softplus"
    """How v follows from the output f: log(1 + e^f) grows linearly, e^f makes f the log of v."""
    power: float = Field(default=0.5, gt=0, le=2)
    """The power a of v^(1 + a); a large one looks at large ratios only."""


Loss = Annotated[OfLogit | OfBounded | OfRatio | OfBregman, Field(discriminator="name")]

LOSSES: dict[str, type[Frozen]] = {
    name: member
    for member in get_args(get_args(Loss)[0])
    for name in get_args(member.model_fields["name"].annotation)
}
"""What holds the arguments of each loss, by its name."""

REGULARISED = [name for name, member in LOSSES.items() if issubclass(member, _Regularised)]
"""Losses that take `w_lambda` and `ess_lambda`."""
