"""Which class each row is of: signal against background, or one of those that are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainables.contract import ConfigError
from trainables.nearest import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trainables.tabular import TabularData

    Ints = NDArray[np.int64]

_SHOWN = 10


Value = str | int | float | bool


def merged(one: Value | list[Value]) -> list[Value]:
    """The values of the label that make one class."""
    return one if isinstance(one, list) else [one]


@dataclass(frozen=True)
class Labels:
    """The class of each row that is used. **Shapes** rows, index [N]."""

    rows: Ints
    """Numbers of the used rows in the file; all of them where no classes are named."""
    index: Ints
    """0 to C - 1; of two classes 1 is signal."""
    names: tuple[str, ...]
    """What the classes are called."""
    left_out: tuple[str, ...] = ()
    """Values of the label that no named class has."""


def read(column: pd.Series[Any], data: TabularData) -> Labels:
    """**Raises** ConfigError where the column does not say which class a row is of."""
    if column.isna().any():
        message = f"column {data.label!r} is empty in {int(column.isna().sum())} rows"
        raise ConfigError("data.label", message)
    found = sorted(column.unique().tolist(), key=str)
    if len(found) == 1:
        message = f"column {data.label!r} has one class only ({found[0]!r}); two are needed"
        raise ConfigError("data.label", message)
    return _two(column, found, data) if data.classes is None else _named(column, found, data)


def _two(column: pd.Series[Any], found: list[Any], data: TabularData) -> Labels:
    import numpy as np

    positive = _positive(found, data)
    is_signal = (column == positive).to_numpy(dtype=np.int64)
    background = next(value for value in found if value != positive)
    names = ("0", "1") if data.positive is None else (str(background), str(positive))
    return Labels(np.arange(len(column)), is_signal, names)


def _named(column: pd.Series[Any], found: list[Any], data: TabularData) -> Labels:
    import numpy as np

    assert data.classes is not None
    groups = [merged(one) for one in data.classes]
    for value in (value for group in groups for value in group):
        if value not in found:
            hint = did_you_mean(str(value), map(str, found))
            message = f"column {data.label!r} holds {_shown(found)}, but never {value!r}{hint}"
            raise ConfigError("data.classes", message)
    index = np.full(len(column), -1, dtype=np.int64)
    for number, group in enumerate(groups):
        index[column.isin(group).to_numpy(dtype=bool)] = number
    rows = np.flatnonzero(index >= 0)
    left_out = tuple(str(value) for value in found if not any(value in group for group in groups))
    return Labels(rows, index[rows], tuple("+".join(map(str, group)) for group in groups), left_out)


def _positive(found: list[Any], data: TabularData) -> Any:
    if data.positive is None:
        if len(found) == 2 and all(value in (0, 1) for value in found):
            return 1
        message = f"column {data.label!r} holds {_shown(found)}, not 0 and 1"
        advice = (
            "name the signal's value by data.positive" if len(found) == 2 else _list_them(found)
        )
        raise ConfigError("data.label", f"{message}; {advice}")
    if len(found) != 2:
        message = f"column {data.label!r} holds {len(found)} values ({_shown(found)}), not two"
        raise ConfigError("data.label", f"{message}; {_list_them(found)}")
    if data.positive not in found:
        message = f"column {data.label!r} holds {_shown(found)}, but never {data.positive!r}"
        raise ConfigError("data.positive", message)
    return data.positive


def _list_them(found: list[Any]) -> str:
    return f"list the classes by data.classes, such as {list(found[:3])}, the rest is left out"


def _shown(found: list[Any]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(map(repr, found[:_SHOWN])) + more
