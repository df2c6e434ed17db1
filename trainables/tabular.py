"""Rows of numbers with a label: checked, split and scaled once a process."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator, model_validator

from trainables.class_labels import Value, merged
from trainables.contract import Frozen
from trainables.object_columns import ObjectColumns, ObjectKind
from trainables.scaler_names import ScalerName
from trainables.table_file import SHIPPED, locate

if TYPE_CHECKING:
    from trainables.rows import Table


class TabularData(Frozen):
    """Which table is trained on, and how it is cut up."""

    path: str = f"{SHIPPED}magic_gamma_telescope"
    """A CSV, Parquet or HDF5 file, `shipped:NAME`, or `generated:NAME` for events of a formula."""
    table: str | None = None
    """Where the table lies inside an HDF5 file; null for its root."""
    features: list[str] | None = None
    """Columns the network sees, [] for objects alone; null: every numeric one but label, weight and
    what is carried along for others to look at."""
    label: str = "label"
    """Column that tells signal (1) from background (0)."""
    positive: str | int | float | bool | None = None
    """The label's value that means signal, where it is not 0 and 1."""
    classes: list[Value | list[Value]] | None = Field(default=None, min_length=2)
    """Values of the label in the order of the classes, of two the second is signal; a list makes
    one class of several values, and rows of other values are left out. Null: two classes."""
    weight: str | None = None
    """Column of event weights; negative ones count as 0, which is noted."""
    weight_in_loss: bool = True
    """Whether event weights enter the loss; they enter the metrics in any case."""
    class_weights: Literal["none", "balanced"] = "none"
    """Factors of the classes in the loss: balanced lets each count as much as any other."""
    sampler: Literal["none", "over", "under"] = "none"
    """Which rows an epoch has: over draws rows of rarer classes again, under leaves out rows of
    larger ones, until each class has as many."""
    scaler: ScalerName = "standard"
    """What brings features to comparable size, fitted on the training part."""
    objects: dict[ObjectKind, ObjectColumns] = Field(default_factory=dict)
    """List columns with the objects of each event, by what they are called."""
    batch_size: int = Field(default=512, ge=8)
    """Most rows in a training batch; batches of an epoch are equal up to one row."""
    val_fraction: float = Field(default=0.2, gt=0, lt=1)
    """Share of the rows that trials are compared on."""
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    """Share of the rows that only finalists see."""
    split_seed: int = Field(default=0, ge=0)
    """Cuts all trials alike; it is not the trial's seed."""
    max_rows: int | None = Field(default=None, ge=30)
    """Use only so many rows, drawn with `split_seed`; null for all."""

    @field_validator("classes")
    @classmethod
    def _each_once(cls, given: list[Any] | None) -> list[Any] | None:
        values = [value for one in given or () for value in merged(one)]
        if len(set(values)) < len(values):
            raise ValueError(f"{given} names a class twice")
        if [] in (given or ()):
            raise ValueError(f"{given} has a class without any value")
        return given

    @model_validator(mode="after")
    def _one_word_on_signal(self) -> TabularData:
        if self.classes is not None and self.positive is not None:
            raise ValueError(
                "data.positive has no effect beside data.classes, whose second of two is signal; "
                "leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _balanced_once(self) -> TabularData:
        if self.sampler != "none" and self.class_weights != "none":
            raise ValueError(
                f"data.class_weights has no effect beside data.sampler={self.sampler}, which makes "
                "all classes equally large already; leave one of them out, and in a space write "
                "the constraint data.sampler == 'none' or data.class_weights == 'none'"
            )
        return self

    @property
    def weighted_loss(self) -> bool:
        """Whether rows have weights in the loss."""
        return self.weight is not None and self.weight_in_loss

    @property
    def n_classes(self) -> int:
        return 2 if self.classes is None else len(self.classes)


_OTHER_ROWS = "it cuts out the validation rows, and trials are compared on the same ones only"
_OTHER_TABLE = "trials are compared on one table; search each alone and compare them by tune-table"
_OTHER_SIGNAL = "it decides which rows are signal, and trials must answer the same question"

DATA_NOT_SEARCHED = {
    "data.path": _OTHER_TABLE,
    "data.table": _OTHER_TABLE,
    "data.label": _OTHER_SIGNAL,
    "data.positive": _OTHER_SIGNAL,
    "data.classes": _OTHER_SIGNAL,
    "data.weight": "it decides how much each validation row counts, which must be the same for all",
    "data.val_fraction": _OTHER_ROWS,
    "data.test_fraction": _OTHER_ROWS,
    "data.split_seed": _OTHER_ROWS,
    "data.max_rows": _OTHER_ROWS,
}
"""Keys of the data that every trial of a search must share, each with the reason."""


_BATCHING = ("batch_size", "sampler", "class_weights", "weight_in_loss")
"""Keys that change nothing in a table."""

_cache: dict[tuple[object, ...], dict[ScalerName, Table]] = {}
_CACHED = 2


def load(data: TabularData, spectators: Mapping[str, str] = MappingProxyType({})) -> Table:
    """The table of a config; read once a process while the file stays as it is.

    `spectators` are columns that come along by name, without scaling, for whoever looks at them,
    each with the key of the config that names it, for errors; a network sees one only if
    `data.features` lists it.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    path = locate(data.path).resolve()
    state = path.stat()
    wanted = data.model_dump_json(exclude={"path", "scaler", *_BATCHING})
    key = (path, state.st_mtime_ns, state.st_size, wanted, tuple(spectators))
    if key not in _cache:
        from trainables import table_building

        table = table_building.build(path, data, spectators)
        while len(_cache) >= _CACHED:
            _cache.pop(next(iter(_cache)))
        _cache[key] = {data.scaler: table}
    scaled = _cache[key]
    if data.scaler not in scaled:
        scaled[data.scaler] = next(iter(scaled.values())).scaled(data.scaler)
    return scaled[data.scaler]
