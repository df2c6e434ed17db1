"""What values one searched parameter can take; a domain checks itself when it is built."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from search.space.bounds import (
    DomainError,
    check_label,
    check_number,
    check_order,
    check_scale,
    check_step,
    is_number,
    label_of,
)
from search.space.labels import Label, compact, shown


@dataclass(frozen=True)
class Choice:
    """One of a few options, each a label and the plain value that goes into the config."""

    options: tuple[tuple[Label, Any], ...]

    def __post_init__(self) -> None:
        labels = [label for label, _ in self.options]
        for place, label in enumerate(labels):
            check_label(label)
            # Optuna finds an option by ==, and for Python 1 == 1.0 == True
            for other in labels[:place]:
                if other == label:
                    raise DomainError(f"{shown(other)} and {shown(label)} are the same option")
        if not labels:
            raise DomainError("needs at least 2 different values")

    @classmethod
    def of(cls, values: Sequence[Any]) -> Choice:
        """A choice of plain values, a list labelled by its compact JSON text."""
        return cls(tuple((label_of(value), value) for value in values))

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(label for label, _ in self.options)

    @property
    def is_plain(self) -> bool:
        """Whether every label is itself what goes into the config."""
        return all(_same(label, plain) for label, plain in self.options)

    def contains(self, value: Any) -> bool:
        return any(_same(value, label) for label in self.labels)

    def corners(self) -> Sequence[Label]:
        return self.labels

    def size(self) -> int | None:
        return len(self.options)

    def values(self) -> Sequence[Label]:
        return self.labels

    def plain(self, label: Label) -> Any:
        """What goes into the config under a label."""
        return next(value for own, value in self.options if _same(own, label))

    def normal(self, value: Any) -> Label:
        """The label of a label or of an option's plain value; KeyError if it is neither."""
        for label, plain in self.options:
            if _same(label, value) or _same_plain(plain, value):
                return label
        raise KeyError(value)

    def nearest(self, value: Any) -> Label:
        """The label itself: options have no order."""
        return self.normal(value)

    def sample(self, random: Random) -> Label:
        return random.choice(self.labels)

    def __str__(self) -> str:
        return "one of " + ", ".join(map(shown, self.labels))


@dataclass(frozen=True)
class Float:
    """A range of numbers, both ends included; `high` moves down to the last value of `step`."""

    low: float
    high: float
    log: bool = False
    step: float | None = None

    def __post_init__(self) -> None:
        for name, bound in (("low", self.low), ("high", self.high)):
            check_number(name, bound)
            object.__setattr__(self, name, float(bound))
        check_order(self.low, self.high)
        check_scale(self.low, self.log, self.step, smallest=0.0)
        if not math.isfinite(self.high - self.low):
            raise DomainError(f"the range {self.low}..{self.high} is too wide")
        if self.step is not None:
            check_number("step", self.step)
            check_step(self.step, self.high - self.low)
            object.__setattr__(self, "step", float(self.step))
            object.__setattr__(self, "high", self._value(self._steps()))

    def _steps(self) -> int:
        assert self.step is not None
        width = Decimal(str(self.high)) - Decimal(str(self.low))
        return int(width / Decimal(str(self.step)) + Decimal("1e-9"))

    def _value(self, number: int) -> float:
        # decimal, as in Optuna, so that 0.1 + 2 * 0.1 is 0.3
        return float(Decimal(str(self.low)) + number * Decimal(str(self.step)))

    def contains(self, value: Any) -> bool:
        if not is_number(value) or not self.low <= value <= self.high:
            return False
        if self.step is None:
            return True
        near = self._nearest(value)
        return math.isclose(value, near, rel_tol=1e-12, abs_tol=1e-8 * self.step)

    def _nearest(self, value: float) -> float:
        assert self.step is not None
        return self._value(round((value - self.low) / self.step))

    def corners(self) -> Sequence[Label]:
        return (self.low, self.high)

    def size(self) -> int | None:
        return None if self.step is None else self._steps() + 1

    def values(self) -> Sequence[Label]:
        if self.step is None:
            raise DomainError("a range without step has no end of values")
        return [self._value(number) for number in range(self._steps() + 1)]

    def plain(self, label: Label) -> Any:
        return label

    def normal(self, value: Any) -> Label:
        """The value as this domain keeps it; KeyError if it is outside."""
        if not self.contains(value):
            raise KeyError(value)
        # one spelling for each step: Optuna may come back with 0.30000000000000004
        return (float(value) if self.step is None else self._nearest(value)) + 0.0

    def nearest(self, value: float) -> Label:
        """The value of this domain that is closest to any number."""
        inside = min(max(value, self.low), self.high)
        return self.normal(inside if self.step is None else self._nearest(inside))

    def sample(self, random: Random) -> Label:
        if self.step is not None:
            return self._value(random.randint(0, self._steps()))
        if not self.log:
            return min(max(random.uniform(self.low, self.high), self.low), self.high)
        drawn = math.exp(random.uniform(math.log(self.low), math.log(self.high)))
        return min(max(drawn, self.low), self.high)

    def __str__(self) -> str:
        step = f" in steps of {self.step}" if self.step is not None else ""
        return f"{self.low}..{self.high}{step}"


@dataclass(frozen=True)
class Int:
    """A range of whole numbers, both ends included; `high` moves down to the last of `step`."""

    low: int
    high: int
    log: bool = False
    step: int = 1

    def __post_init__(self) -> None:
        for name in ("low", "high", "step"):
            bound = getattr(self, name)
            check_number(name, bound)
            if bound != int(bound):
                raise DomainError(f"int needs whole numbers, found {bound}")
            object.__setattr__(self, name, int(bound))
        check_order(self.low, self.high)
        check_scale(self.low, self.log, self.step if self.step != 1 else None, smallest=1)
        check_step(self.step, self.high - self.low, steps=2**63)
        object.__setattr__(self, "high", self.values()[-1])

    def contains(self, value: Any) -> bool:
        if not is_number(value) or not self.low <= value <= self.high:
            return False
        return bool(value == int(value) and (int(value) - self.low) % self.step == 0)

    def corners(self) -> Sequence[Label]:
        return (self.low, self.high)

    def size(self) -> int | None:
        return (self.high - self.low) // self.step + 1

    def values(self) -> Sequence[Label]:
        return range(self.low, self.high + 1, self.step)

    def plain(self, label: Label) -> Any:
        return label

    def normal(self, value: Any) -> Label:
        """The value as this domain keeps it; KeyError if it is outside."""
        if not self.contains(value):
            raise KeyError(value)
        return int(value)

    def nearest(self, value: float) -> Label:
        """The value of this domain that is closest to any number."""
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return self.low + self.step * steps

    def sample(self, random: Random) -> Label:
        if not self.log:
            return self.low + self.step * random.randint(0, (self.high - self.low) // self.step)
        # half a step beyond each end, as in Optuna, gives both ends their full share
        ends = math.log(self.low - 0.5), math.log(self.high + 0.5)
        return min(max(round(math.exp(random.uniform(*ends))), self.low), self.high)

    def __str__(self) -> str:
        step = f" in steps of {self.step}" if self.step != 1 else ""
        return f"{self.low}..{self.high}{step}"


Domain = Choice | Float | Int


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _same_plain(one: Any, other: Any) -> bool:
    return isinstance(one, list | dict) and compact(one) == compact(other)
