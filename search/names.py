"""From the word after `trainable:` to the module that is trained; the only import by name."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import stat
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from search.errors import nearest
from search.raised import told
from trainables.contract import REQUIRED_NAMES, Metric, Trainable, TrialConfig

SHIPPED = "trainables"
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class NameProblem(Exception):
    """Why a word names no trainable, for the place where it was written."""


@dataclass(frozen=True)
class TrainableRef:
    """The name of a trainable, which any process can turn into its module."""

    text: str
    file: str | None = None
    """The absolute path of a trainable that is given as a file."""

    @property
    def name(self) -> str:
        """The trainable in one word, without folders."""
        return Path(self.file).stem if self.file else self.text

    def load(self) -> Trainable:
        """The module, imported once a process.

        **Raises**: NameProblem if it cannot be imported or is no trainable.
        """
        module = _imported(self)
        _check_contract(self.text, module)
        return cast(Trainable, module)


def find_trainable(text: str, folder: Path, allowed: Collection[str] = ()) -> TrainableRef:
    """What a word in a file of this folder names; the folder becomes importable.

    `allowed` are the installed packages that the user has named: importing runs code, and a file
    from elsewhere shall not choose among everything that is installed.

    **Raises**: NameProblem if the word cannot name a trainable.
    """
    if text.endswith(".py") or "/" in text:
        return _file(text, folder)
    if not _DOTTED.fullmatch(text):
        raise NameProblem(f"{text!r} is neither a module name such as my_lab.mine nor ./file.py")
    if text.split(".")[0] in sys.stdlib_module_names and "." in text:
        raise NameProblem(f"{text!r} is part of Python, not a trainable")
    if "." not in text and text not in shipped_trainables():
        raise NameProblem(_unknown(text))
    own = (Path.cwd(), folder.resolve())
    make_importable(map(str, own))
    if "." in text:
        _check_place(text, own, allowed)
    return TrainableRef(text)


def make_importable(folders: Iterable[str]) -> None:
    """Let the modules of these folders be imported, after Python's and the installed ones.

    The same in every process: a `queue.py` or `ray.py` beside the user's files hides none of those.
    """
    for folder in folders:
        if folder not in sys.path:
            sys.path.append(folder)


def _check_place(text: str, own: Collection[Path], allowed: Collection[str]) -> None:
    """Refuse a module that is neither beside the user's files nor named by the user."""
    package = text.partition(".")[0]
    places = _places_of(package)
    if package in {SHIPPED, *allowed} or not places or any(p.parent in own for p in places):
        return
    raise NameProblem(
        f"{text!r} is installed ({places[0]}), and only what lies beside this file or in the "
        f"current folder is run; --allow-module {package} allows it"
    )


def _places_of(package: str) -> list[Path]:
    """Where a package or a module lies, found without importing it; empty if there is none."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return []
    places = list(spec.submodule_search_locations or ()) or [spec.origin or ""]
    return [Path(place).resolve() for place in places]


def shipped_trainables() -> list[str]:
    """The names of the modules in `trainables` that are trainables, found without importing."""
    spec = importlib.util.find_spec(SHIPPED)
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [file for folder in folders for file in Path(folder).glob("*.py")]
    return sorted(file.stem for file in files if _defines_contract(file))


def _defines_contract(file: Path) -> bool:
    names: set[str] = set()
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in statement.names)
        else:
            stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            names.update(node.id for node in stored if isinstance(node.ctx, ast.Store))
    return names.issuperset(REQUIRED_NAMES)


def _unknown(text: str) -> str:
    if text in sys.stdlib_module_names:
        return f"{text!r} is part of Python, not a trainable"
    shipped = shipped_trainables()
    listed = f"; shipped: {', '.join(shipped)}" if shipped else ""
    own = "; one of your own is written my_lab.mine or ./mine.py"
    return f"no trainable {text!r}{listed}{own}{nearest(text, shipped)}"


def _file(text: str, folder: Path) -> TrainableRef:
    path = (folder / text).resolve()
    if not path.is_file() or path.suffix != ".py":
        beside = [file.name for file in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise NameProblem(f"no such Python file {text}{nearest(path.name, beside)}")
    if path.stat().st_mode & stat.S_IWOTH:
        raise NameProblem(f"everybody can write {path}, and it would run as you: chmod o-w {path}")
    return TrainableRef(text, str(path))


def _imported(reference: TrainableRef) -> ModuleType:
    try:
        if reference.file is not None:
            return _import_file(Path(reference.file))
        text = reference.text
        return importlib.import_module(text if "." in text else f"trainables.{text}")
    # whatever someone else's module raises while it is imported is told to its author
    except (Exception, SystemExit) as error:
        raise NameProblem(f"{reference.text!r} cannot be imported: {told(error)}") from error


def _import_file(path: Path) -> ModuleType:
    name = f"trainable_{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    make_importable([str(path.parent)])
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _check_contract(text: str, module: Any) -> None:
    missing = [name for name in REQUIRED_NAMES if not hasattr(module, name)]
    if missing:
        raise NameProblem(f"{text!r} is no trainable: it has no {', '.join(missing)}")
    config = module.Config
    if not isinstance(config, type) or not issubclass(config, TrialConfig):
        raise NameProblem(f"{text!r}: its Config is no subclass of TrialConfig")
    metrics = module.METRICS
    if not isinstance(metrics, Mapping) or not all(
        isinstance(metric, Metric) for metric in metrics.values()
    ):
        raise NameProblem(f"{text!r}: its METRICS is no mapping from names to Metric")
    if not metrics:
        raise NameProblem(f"{text!r}: its METRICS is empty, so nothing can be optimised")
