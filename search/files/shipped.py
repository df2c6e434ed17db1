"""Where the shipped spaces and configs lie, and which file a word on the command line means."""

from __future__ import annotations

import re
from pathlib import Path

from search.errors import UserError, nearest, refuse

_SUFFIXES = (".yaml", ".yml")


def spaces_dir() -> Path:
    """The folder of the shipped search spaces."""
    return _shipped() / "spaces"


def configs_dir() -> Path:
    """The folder of the shipped base configs."""
    return _shipped() / "configs"


def _shipped() -> Path:
    # A wheel carries both folders inside `search`; in a checkout they lie beside it.
    package = Path(__file__).resolve().parents[1]
    packed = package / "_shipped"
    return packed if packed.is_dir() else package.parent


def shipped_spaces() -> list[str]:
    """The names of the shipped spaces, without suffix."""
    return sorted(path.stem for path in spaces_dir().glob("*.yaml"))


def find_space(argument: str) -> Path:
    """The space file that a word means: an existing path, else the name of a shipped space.

    **Raises**: UserError that lists what is there.
    """
    return _find(argument, spaces_dir())


def find_config(argument: str) -> Path:
    """The config file that a word means: an existing path, else the name of a shipped config.

    **Raises**: UserError that lists what is there.
    """
    return _find(argument, configs_dir())


def _find(argument: str, folder: Path) -> Path:
    path = Path(argument)
    try:
        if argument and path.exists():
            return path
    except (OSError, ValueError) as error:
        raise refuse(argument[:100], f"cannot be read: {error}") from None
    shipped = folder / f"{argument}.yaml"
    if re.fullmatch(r"[\w-]+", argument) and shipped.is_file():
        return _shortest(shipped)
    raise _nothing(argument, folder)


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _nothing(argument: str, folder: Path) -> UserError:
    path = Path(argument)
    near = list(path.parent.iterdir()) if path.parent.is_dir() else []
    files = [str(file) for file in near if file.suffix in _SUFFIXES]
    names = sorted(file.stem for file in folder.glob("*.yaml"))
    hint = nearest(argument, [*files, *names])
    listed = f"; shipped {folder.name}: {', '.join(names)}" if names else ""
    return refuse(argument or "''", f"no such file{listed}{hint}")
