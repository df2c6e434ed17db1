"""What all commands have in common: options, and how a mistake is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from search.cli.streams import enduring_streams
from search.errors import UserError
from search.exits import Exit
from search.results.folder import Locked

Storage = Annotated[
    Path, typer.Option("--storage", metavar="DIR", help="Where searches lie, one folder each.")
]
STORAGE = Path("runs")
AllowModule = Annotated[
    list[str] | None,
    typer.Option(metavar="PACKAGE", help="Run code of this installed package; may be repeated."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A search, by its name or its folder.")]


def new_app(*, no_args_is_help: bool = True) -> typer.Typer:
    """A command of one function; the tracebacks of bugs are left as Python prints them."""
    return typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, no_args_is_help=no_args_is_help
    )


def entry(app: typer.Typer) -> Callable[[], None]:
    """The function that the console script calls."""

    def main() -> None:
        with enduring_streams():
            _run(app)

    return main


def _run(app: typer.Typer) -> None:
    """Run a command; a user's mistake is shown line by line and gives exit code 2."""
    try:
        app()
    except UserError as error:
        for problem in error.problems:
            _complain(str(problem))
        if len(error.problems) > 1:
            _complain(f"{len(error.problems)} problems; nothing was started")
        sys.exit(Exit.BAD_INPUT)
    except Locked as error:
        _complain(f"{error}; wait for it, or search under another name (search.name=...)")
        sys.exit(Exit.LOCKED)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def storage_option(storage: Path) -> list[str]:
    """The words that name a storage on the command line; none for the usual one."""
    usual = storage.resolve() == STORAGE.resolve()
    return [] if usual else ["--storage", str(storage)]


def console() -> Console:
    """The terminal; wide enough for a table where the output is a file."""
    return Console(width=None if sys.stdout.isatty() else 200)


def say(screen: Console, text: str) -> None:
    """One line as it is, however long."""
    screen.print(text, soft_wrap=True, highlight=False, markup=False)


def become(command: str, *arguments: str) -> NoReturn:
    """Go on as another command of this environment."""
    sys.stdout.flush()
    program = Path(sys.executable).with_name(command)
    os.execv(program, [command, *arguments])
