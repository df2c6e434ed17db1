"""What `tune-run` says at the end: how it went, the best trials, and what to type next."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.markup import escape

from search.cli.command import say, storage_option
from search.engine.bad_ends import ERROR_FILE
from search.engine.outcome import Outcome
from search.load import Search
from search.results.fault_table import fault_table
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.show import best_rows, cut_text, print_table
from search.results.tables import choice_tables, trial_table
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
        print_table(screen, best_rows(result, trial_table(result), SHOWN), "Best trials")
        if cut := cut_text(result, SHOWN, folder.trials_csv):
            say(screen, cut)
        for name, table in choice_tables(result).items():
            if len(table) > 1:
                print_table(screen, table, f"By {name}")
    if len(faults):
        print_table(screen, faults.head(SHOWN), "Faults (tracebacks: error.txt in trials/*)")


def _say_next(outcome: Outcome, search: Search, folder: SearchFolder, screen: Console) -> None:
    result = outcome.result
    best = result.ranked()[:1]
    checkpoint = best[0].best_checkpoint(result.objective) if best else None
    if checkpoint is not None:
        say(screen, f"Best checkpoint: {folder.path / checkpoint.path}")
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
    return [
        (
            shlex.join(["tune-best", name, *where, "--out", "best/"]),
            "the best checkpoint and the config that made it",
        ),
        ("tune-train best/config.yaml", "train on from it, longer"),
        (table, "the tables, as CSV, Markdown and Parquet"),
        (pages, "the MLflow pages of these searches"),
    ]


def _tracebacks(folder: SearchFolder, result: SearchResult) -> list[tuple[str, str]]:
    """How to read why the first trial raised an error, if one did."""
    folders = (folder.trial(trial.number) for trial in result.started())
    found = next((file for each in folders for file in each.rglob(ERROR_FILE)), None)
    return [(shlex.join(["less", str(found)]), "the first error, in full")] if found else []
