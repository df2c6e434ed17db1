"""What `tune-run` says at the end: how it went, the best trials, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from search.cli.command import say, storage_option
from search.engine.bad_ends import ERROR_FILE
from search.engine.outcome import Outcome
from search.load import Search
from search.results.choice_tables import choice_tables
from search.results.fault_table import fault_table
from search.results.folder import SearchFolder
from search.results.pareto import is_trade_off, leading
from search.results.result import SearchResult
from search.results.show import cut_text, print_table, title_of, top_rows
from search.results.trials import State

SHOWN = 8


def show_outcome(outcome: Outcome, search: Search, folder: SearchFolder, screen: Console) -> None:
    """The end of a search, on the screen."""
    _say_how_it_went(outcome, search, screen)
    _show_tables(outcome.result, folder, screen)
    _say_next(outcome, search, folder, screen)


def _say_how_it_went(outcome: Outcome, search: Search, screen: Console) -> None:
    result = outcome.result
    started = result.started()
    if outcome.reason:
        screen.print(
            f"[bold yellow]Ended early after {len(started)} of {search.spec.trials} trials: "
            f"{escape(outcome.reason)}[/]",
            soft_wrap=True,
        )
    counts = ", ".join(f"{n} {s.value}" for s in State if (n := result.count(s)))
    saved, spent = result.epochs_saved(), result.epochs_spent()
    screen.print(
        f"{len(started)} trials ({counts}); {spent} epochs trained, "
        f"{saved} saved by {search.spec.scheduler.name}",
        highlight=False,
    )
    end = _end_of_space(outcome, search)
    if end:
        screen.print(end, soft_wrap=True, highlight=False)


def _end_of_space(outcome: Outcome, search: Search) -> str | None:
    """Why there are fewer trials than were asked for, if it is the space that has no more."""
    if outcome.exhausted:
        return "The space is exhausted: nearly every point that can be sampled was tried."
    if search.spec.sampler.name != "grid":
        return None
    size = search.space.grid_size()
    tried = {search.space.key(trial.point) for trial in outcome.result.started()}
    if len(tried) < size or size >= search.spec.trials:
        return None
    return (
        f"The grid is exhausted: its {size} points were all tried, fewer than the "
        f"{search.spec.trials} of search.trials."
    )


def _show_tables(result: SearchResult, folder: SearchFolder, screen: Console) -> None:
    faults = fault_table(result)
    if result.ranked():
        print_table(screen, top_rows(result, SHOWN), title_of(result, "Best trials"))
        if cut := cut_text(result, SHOWN, folder.trials_csv):
            say(screen, cut)
        for name, table in choice_tables(result).items():
            if len(table) > 1:
                print_table(screen, table, f"By {name}")
    if len(faults):
        print_table(screen, faults.head(SHOWN), "Faults (tracebacks: error.txt in trials/*)")


def _say_next(outcome: Outcome, search: Search, folder: SearchFolder, screen: Console) -> None:
    result = outcome.result
    best = leading(result)
    if best is not None and best.checkpoint is not None:
        which = "Knee" if is_trade_off(result) else "Best"
        say(screen, f"{which} checkpoint: {folder.path / best.checkpoint.path}")
    if best is not None and is_trade_off(result):
        say(screen, f"The front:       {folder.tables / 'pareto.png'}")
    say(screen, f"All trials:      {folder.trials_csv}")
    if outcome.tracking_error:
        say(
            screen,
            f"MLflow is behind ({outcome.tracking_error}): tune-track sync {folder.path}",
        )
    if outcome.unrecorded:
        say(screen, f"{outcome.unrecorded} events could not be recorded; {folder.log} says why")
    steps = _next_steps(search.spec.name, folder, result)
    width = max(len(command) for command, _ in steps)
    say(screen, "Next:")
    for command, purpose in steps:
        say(screen, f"  {command:{width}}  {purpose}")


def _next_steps(name: str, folder: SearchFolder, result: SearchResult) -> list[tuple[str, str]]:
    """What to type, and what for; nothing of a best trial where none can be believed."""
    where = storage_option(folder.path.parent)
    table = shlex.join(["tune-table", name, *where])
    pages = shlex.join(["tune-track", *where])
    if not result.ranked():
        return [*_tracebacks(folder, result), (table, "the causes, and each trial in a table")]
    best = "the knee's" if is_trade_off(result) else "the best"
    return [
        (
            shlex.join(["tune-best", name, *where, "--out", "best/"]),
            f"{best} checkpoint and the config that made it",
        ),
        *_picks(name, where, result),
        ("tune-train best/config.yaml", "train on from it, longer"),
        (table, "the tables, as CSV, Markdown and Parquet"),
        (pages, "the MLflow pages of these searches"),
    ]


def _picks(name: str, where: list[str], result: SearchResult) -> Iterator[tuple[str, str]]:
    """Of several objectives: how to pick another trade-off."""
    if is_trade_off(result):
        part = result.goal.parts[-1]
        bound = f"{part.metric}{'<=' if part.mode == 'min' else '>='}X"
        command = shlex.join(["tune-best", name, *where, "--pick", bound])
        yield command, "another one: within a bound, or by weights"


def _tracebacks(folder: SearchFolder, result: SearchResult) -> list[tuple[str, str]]:
    """How to read why the first trial raised an error, if one did."""
    folders = (folder.trial(trial.number) for trial in result.started())
    found = next((file for each in folders for file in each.rglob(ERROR_FILE)), None)
    return [(shlex.join(["less", str(found)]), "the first error, in full")] if found else []
