"""`tune-run`: search a space."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Annotated

import typer
from rich.console import Console

from search.checks.machine import THIS_MACHINE
from search.cli.command import STORAGE, Storage, console, entry, new_app, storage_option
from search.errors import Place, Problem, UserError, refuse
from search.exits import Exit
from search.load import Search, load
from search.options import Options
from search.results.folder import SearchFolder, set_aside

app = new_app()


@app.command()
def run(
    space: Annotated[
        str, typer.Argument(metavar="SPACE", help="A space file, or the name of a shipped one.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE", help="Override a key of the space or of the base config."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Prove the space without training: no Ray, no trial.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the search of this name.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Keep an earlier search as NAME.1 and begin anew.")
    ] = False,
    storage: Storage = STORAGE,
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Use this Ray cluster; `auto` finds one."),
    ] = None,
    dashboard: Annotated[bool, typer.Option(help="Start the Ray dashboard, at loopback.")] = True,
    track: Annotated[bool, typer.Option(help="Write the search to MLflow.")] = True,
) -> None:
    """Search a space: Ray Tune runs the trials, Optuna chooses them, ASHA stops the poor ones.

    Examples:
        tune-run spaces/signal.yaml

        tune-run spaces/signal.yaml search.trials=8 trainer.max_epochs=3 optimizer.name=AdamW

        tune-run spaces/signal.yaml --check

        tune-run spaces/signal.yaml --resume
    """
    screen = console()
    search = load(space, overrides or [], None if address else THIS_MACHINE)
    folder = SearchFolder(storage.resolve() / search.spec.name)
    if resume and fresh:
        raise refuse("--fresh", "begins anew and --resume goes on; give one of them")
    if not check:
        _refuse_used_folder(folder, resume, fresh)
    _prove(search, screen)
    if check:
        _describe(search, screen)
        return
    if fresh and (kept := set_aside(folder)) is not None:
        screen.print(f"The earlier search is kept as {kept}", soft_wrap=True)
    with folder.lock():
        code = _search(search, folder, screen, Options(address, dashboard, track))
    if code != Exit.DONE:
        options = ["--address", address] if address else []
        options += [] if dashboard else ["--no-dashboard"]
        options += [] if track else ["--no-track"]
        command = ["tune-run", space, *(overrides or []), *storage_option(storage), *options]
        text = f"Go on with: {shlex.join([*command, '--resume'])}"
        screen.print(text, soft_wrap=True, highlight=False, markup=False)
    # Ray and MLflow leave threads behind that may outlive a search by seconds.
    sys.stdout.flush()
    raise typer.Exit(code)


def _prove(search: Search, screen: Console) -> None:
    from search.check import prove

    for note in (*search.notes, *prove(search)):
        screen.print(f"note: {note}", soft_wrap=True, highlight=False, markup=False)


def _refuse_used_folder(folder: SearchFolder, resume: bool, fresh: bool) -> None:
    if folder.holds_search() and not (resume or fresh):
        message = (
            f"this folder holds a search already; go on with it (--resume), keep it as "
            f"{folder.name}.1 and begin anew (--fresh), or give another name (search.name=...)"
        )
        raise UserError([Problem(Place(str(folder.path)), "", message)])
    parent = next(path for path in (folder.path, *folder.path.parents) if path.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        message = f"cannot write in {parent}; give another place with --storage DIR"
        raise UserError([Problem(Place(str(folder.path)), "", message)])


def _search(search: Search, folder: SearchFolder, screen: Console, options: Options) -> int:
    from search.cli.live import LiveView
    from search.engine.run import run_search

    view = LiveView(search, screen, storage_option(folder.path.parent))
    outcome = run_search(search, folder, options, view)
    from search.cli.report import show_outcome

    show_outcome(outcome, search, folder, screen)
    return outcome.code


def _describe(search: Search, screen: Console) -> None:
    spec = search.spec
    screen.print(
        f"{search.path}: {len(search.space.parameters)} parameters, "
        f"{len(search.space.constraints)} constraints, {spec.trials} trials of up to "
        f"{search.max_epochs()} epochs; no problem found",
        soft_wrap=True,
        highlight=False,
    )
    for parameter in search.space.parameters:
        when = f"  when {parameter.condition}" if parameter.when else ""
        text = f"  {parameter.name}: {parameter.domain}{when}"
        screen.print(text, soft_wrap=True, highlight=False, markup=False)
    for name in search.fixed:
        screen.print(f"  {name}: fixed on the command line", soft_wrap=True, highlight=False)


main = entry(app)
