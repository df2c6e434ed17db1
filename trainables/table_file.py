"""Reads one table from CSV, Parquet or HDF5 into a data frame."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    import pandas as pd

KEY = "data.path"
SHIPPED = "shipped:"
GENERATED = "generated:"
_GENERATORS = Path(__file__).parent / "generators"


def locate(text: str) -> Path:
    """The file of `data.path`: a path, or that of `shipped:NAME`, a table that comes along.

    The file of `generated:NAME` is the module that makes the table.

    **Raises** ConfigError that names the most similar file beside the missing one.
    """
    if text.startswith(GENERATED):
        return _generator(text)
    shipped = Path(__file__).parent / "data"
    if text.startswith(SHIPPED):
        path = shipped / f"{text.removeprefix(SHIPPED)}.parquet"
        known = {f"{SHIPPED}{file.stem}" for file in shipped.glob("*.parquet")}
        if not path.is_file():
            hint = did_you_mean(text, known)
            raise ConfigError(KEY, f"no table {text!r} comes along; there is {listed(known)}{hint}")
        return path
    path = Path(text).expanduser()
    if not path.is_file():
        raise ConfigError(KEY, _missing(path))
    return path


def read(path: Path, table: str | None) -> pd.DataFrame:
    """The table of a file; `table` is where it lies inside an HDF5 file (null: the root).

    **Raises** ConfigError if the file cannot be read as what its name says.
    """
    reader = _generated if _is_generator(path) else _READERS.get(path.suffix.lower())
    if reader is None:
        raise ConfigError(KEY, f"{path} is no known kind of file; known are {listed(_READERS)}")
    if table is not None and reader is not _hdf5:
        raise ConfigError("data.table", f"{path} holds one table only; leave this key out")
    try:
        frame: pd.DataFrame = reader(path, table)
    except ConfigError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ConfigError(KEY, f"{path} cannot be read as {path.suffix}: {reason}") from error
    return frame


def _generator(text: str) -> Path:
    names = [file.stem for file in _GENERATORS.glob("[a-z]*.py")]
    if text.removeprefix(GENERATED) not in names:
        known = {f"{GENERATED}{name}" for name in names}
        hint = did_you_mean(text, known)
        raise ConfigError(KEY, f"no generator {text!r}; there is {listed(known)}{hint}")
    return _GENERATORS / f"{text.removeprefix(GENERATED)}.py"


def _is_generator(path: Path) -> bool:
    return path.suffix == ".py" and path.parent == _GENERATORS.resolve()


def _generated(path: Path, table: str | None) -> pd.DataFrame:
    del table
    frame: pd.DataFrame = import_module(f"trainables.generators.{path.stem}").frame()
    return frame


def _missing(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder; a {listed(_READERS)} file is wanted"
    if not path.parent.is_dir():
        return f"{path} does not exist, nor does its folder"
    beside = [str(file) for file in path.parent.iterdir() if file.suffix.lower() in _READERS]
    return f"{path} does not exist{did_you_mean(str(path), beside)}"


def _csv(path: Path, table: str | None) -> pd.DataFrame:
    import pandas as pd

    del table
    return pd.read_csv(path)


def _parquet(path: Path, table: str | None) -> pd.DataFrame:
    import pandas as pd

    del table
    return pd.read_parquet(path)


def _hdf5(path: Path, table: str | None) -> pd.DataFrame:
    """A compound data set, or a group whose data sets are the columns: [N], or [N, M] of lists."""
    import h5py
    import pandas as pd

    with h5py.File(path, "r") as file:
        if table is not None and table not in file:
            inside: list[str] = []
            file.visit(inside.append)
            hint = did_you_mean(table, inside)
            raise ConfigError(
                "data.table", f"{path} has no {table!r}; it has {listed(inside)}{hint}"
            )
        node = file if table is None else file[table]
        if isinstance(node, h5py.Dataset):
            return pd.DataFrame(_records(path, node))
        columns = {
            name: _values(part)
            for name, part in node.items()
            if isinstance(part, h5py.Dataset) and part.ndim in (1, 2)
        }
    if not columns:
        message = (
            f"{path} has no data sets of one or two dimensions there; name a group by data.table"
        )
        raise ConfigError(KEY, message)
    return pd.DataFrame(columns)


def _records(path: Path, dataset: Any) -> Any:
    if dataset.dtype.names is None:
        message = f"{dataset.name} of {path} has no named columns; a compound data set is wanted"
        raise ConfigError("data.table", message)
    whole = dataset[()]
    return {name: _column(whole[name]) for name in dataset.dtype.names}


def _column(values: Any) -> Any:
    """One value a row, or one list a row."""
    return list(values) if values.ndim > 1 else values


def _values(dataset: Any) -> Any:
    import h5py

    return _column(dataset.asstr()[()] if h5py.check_string_dtype(dataset.dtype) else dataset[()])


_READERS: dict[str, Callable[[Path, str | None], Any]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".pq": _parquet,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
}
