"""`tune-run`: search a space."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from search.cli.command import (
    STORAGE,
    AllowModule,
    Storage,
    console,
    entry,
    new_app,
    say,
    storage_option,
)
from search.cli.guarded import guarded
from search.cli.resume_command import resume_command
from search.engine.ends import EarlyEnd
from search.errors import Place, Problem, UserError, refuse
from search.options import Options
from search.results.folder import SearchFolder, set_aside
from search.results.trials import UNFINISHED

if TYPE_CHECKING:
    from search.load import Search

app = new_app()


@app.command()
def run(
    space: Annotated[
        str | None,
        typer.Argument(metavar="SPACE", help="A space file, or the name of a shipped one."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE", help="Override a key of the space or of the base config."
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Prove the space without training: no Ray, no trial. With --resume, prove also "
            "that it is still the space of the search that was begun.",
        ),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the search of this name.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="With --resume: go on although files or packages were changed since."
        ),
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
    allow_module: AllowModule = None,
    doctor: Annotated[
        bool,
        typer.Option(
            "--doctor",
            help="Look at this machine and installation, and say what is wrong; needs no SPACE.",
        ),
    ] = False,
) -> None:
    """Search a space: Ray Tune runs the trials, Optuna chooses them, ASHA stops the poor ones.

    Examples:
        tune-run spaces/signal.yaml

        tune-run spaces/signal.yaml search.trials=8 trainer.max_epochs=3 optimizer.name=AdamW

        tune-run spaces/signal.yaml --check

        tune-run spaces/signal.yaml --resume

        tune-run --doctor
    """
    screen = console()
    if doctor:
        raise typer.Exit(_examine(storage, address, screen))
    space = _required(space)
    allowed = tuple(allow_module or ())
    search = _load(space, overrides or [], address, allowed)
    folder = SearchFolder(storage.resolve() / search.spec.name)
    if resume and fresh:
        raise refuse("--fresh", "begins anew and --resume goes on; give one of them")
    if force and not resume:
        raise refuse("--force", "lets a resume go on with what was changed; give --resume too")
    if check:
        _check(search, folder, screen, resume, force)
        return
    _refuse_used_folder(folder, resume, fresh)
    _prove(search, screen)
    if fresh and (kept := set_aside(folder)) is not None:
        screen.print(f"The earlier search is kept as {kept}", soft_wrap=True)
    options = Options(address, dashboard, track, allowed, force)
    resume_with = partial(resume_command, space, overrides or [], storage, options)
    with folder.lock():
        go = partial(_search, search, folder, screen, options)
        code = guarded(go, folder, screen, lambda needs: f"Go on with: {resume_with(needs)}")
    # Ray and MLflow leave threads behind that may outlive a search by seconds.
    sys.stdout.flush()
    raise typer.Exit(code)


def _examine(storage: Path, address: str | None, screen: Console) -> int:
    from search.cli.doctor import doctor, site_of

    return doctor(site_of(storage, address), screen)


def _required(space: str | None) -> str:
    if space is None:
        raise refuse("SPACE", "missing; give a space file, or the name of a shipped one (signal)")
    return space


def _load(
    space: str, overrides: list[str], address: str | None, allowed: tuple[str, ...]
) -> Search:
    # Here, so that --doctor can speak of an installation in which they cannot be imported.
    from search.checks.machine import THIS_MACHINE
    from search.load import load

    return load(space, overrides, None if address else THIS_MACHINE, allowed)


def _prove(search: Search, screen: Console) -> None:
    from search.proof import prove

    for note in (*search.notes, *prove(search)):
        say(screen, f"note: {note}")


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


def _check(
    search: Search, folder: SearchFolder, screen: Console, resume: bool, force: bool
) -> None:
    if resume:
        _require_same(search, folder, force)
    _prove(search, screen)
    _describe(search, screen)
    if resume:
        _describe_earlier(search, folder, screen)


def _require_same(search: Search, folder: SearchFolder, force: bool) -> None:
    # Here, since it imports Optuna, which no other check needs.
    from search.engine.resume import require_same

    require_same(search, folder, force)


def _describe_earlier(search: Search, folder: SearchFolder, screen: Console) -> None:
    text = f"  no search lies in {folder.path} yet; --resume begins it"
    if folder.holds_search():
        from search.engine.record_reader import RecordReader

        trials = RecordReader.open(folder.record).result().started()
        ended = sum(trial.state not in UNFINISHED for trial in trials)
        text = (
            f"  {folder.path} holds this search: {ended} trials have ended of the "
            f"{search.spec.trials} that --resume goes on to"
        )
    say(screen, text)


def _search(
    search: Search, folder: SearchFolder, screen: Console, options: Options, end: EarlyEnd
) -> int:
    from search.cli.live import LiveView
    from search.engine.run import run_search

    view = LiveView(search, screen, storage_option(folder.path.parent))
    outcome = run_search(search, folder, options, view, end)
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
        say(screen, text)
    for name in search.fixed:
        screen.print(f"  {name}: fixed on the command line", soft_wrap=True, highlight=False)


main = entry(app)
