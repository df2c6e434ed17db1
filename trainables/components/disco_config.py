"""The section `disco`: a penalty on scores that tell where an event lies in another variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from trainables.contract import ConfigError, Frozen
from trainables.nearest import did_you_mean, listed

Form = Literal["biased", "unbiased"]

LARGEST_BATCH = 8192
"""Rows of a batch: memory grows with the square of its background, here to 1 GB a variable."""

COMPARED = 2000
"""Most events that are compared in a validation, drawn alike each time: it takes their square."""

BIAS = 3.0
"""Over N, about the average of the biased form for N independent events: 2.5 where both numbers are
uniform, 3.2 where both are normal."""

FEWEST = 256
"""Events of a batch below which the bias is more than 1 %."""


class Disco(Frozen):
    """Adds lambda times the sum over variables of dCorr(variable, output) to the loss.

    **Source** Kasieczka, Shih, arXiv:2001.05310.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    variables: list[str] = Field(min_length=1)
    """Columns of the table that the output shall not depend on; the network sees one only if
    `data.features` lists it."""
    lambda_: float = Field(alias="lambda", ge=0)
    """How much it counts beside the classification loss; at 0 nothing here has an effect."""
    power: float = Field(default=1.0, gt=0)
    """Of the squared distance correlation: 1 is R^2, 0.5 is R."""
    weighted: bool = False
    """Count each event with its weight of `data.weight`; false counts all alike."""
    form: Form = "biased"
    """`biased` is about 3 / N for N independent events of a batch, `unbiased` 0 on average."""
    of: Literal["logit", "score"] = "logit"
    """Take the outputs as logits or as probabilities."""
    multiclass: Literal["logits", "entropy"] = "logits"
    """Of three or more classes: the sum over their outputs, or the entropy of the probabilities."""
    classes: list[str | int | float | bool] | None = Field(default=None, min_length=1)
    """Values of the label whose classes count; null is the background, the first of two classes."""

    @field_validator("variables")
    @classmethod
    def _each_once(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise ValueError(f"{given} names a column twice; write disco.lambda twice as large")
        return given

    def check(self, classes: Sequence[Any], weighted: bool) -> None:
        """**Raises** ConfigError for an option that cannot act on these classes and weights."""
        if self.weighted and not weighted:
            message = "has no effect without data.weight, the column of the weights"
            raise ConfigError("disco.weighted", message)
        if self.multiclass == "entropy" and len(classes) == 2:
            message = "entropy needs three or more classes; two have one output, which is taken"
            raise ConfigError("disco.multiclass", message)
        self.numbers(classes)

    def numbers(self, classes: Sequence[Any]) -> tuple[int, ...]:
        """The numbers of the classes whose events count.

        **Raises** ConfigError for a class that does not exist, or that is left open.
        """
        values = {value: number for number, one in enumerate(classes) for value in _merged(one)}
        if self.classes is None and len(classes) > 2:
            known = listed(map(str, values))
            raise ConfigError("disco.classes", f"say which of {known} are background")
        for value in self.classes or ():
            if value not in values:
                hint = did_you_mean(str(value), map(str, values))
                message = f"no class {value!r}; there are {listed(map(str, values))}{hint}"
                raise ConfigError("disco.classes", message)
        return tuple(sorted({values[value] for value in self.classes or _merged(classes[0])}))


def _merged(one: Any) -> list[Any]:
    """The values of the label that make one class."""
    return one if isinstance(one, list) else [one]
