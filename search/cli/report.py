"""What `tune-run` says at the end: how it went, the best trials, and what to type next."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from search.cli.command import storage_option
from search.engine.outcome import Outcome
from search.load import Search
from search.results.folder import SearchFolder
from search.results.show import best_rows, screen_table
from search.results.tables import choice_tables, trial_table
from search.results.trials import FAULTY, State

SHOWN = 8


def show_outcome(outcome: Outcome, search: Search, folder: SearchFolder, screen: Console) -> None:
    """The end of a search, on the screen."""
    _say_how_it_went(outcome, search, screen)
    _show_tables(outcome, screen)
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
    if outcome.exhausted:
        screen.print("The space is exhausted: nearly every point that can be sampled was tried.")
    faulty = sum(result.count(state) for state in FAULTY)
    if faulty:
        screen.print(
            f"{faulty} trials were faulty; their causes are in the table and trials/*/error.txt"
        )


def _show_tables(outcome: Outcome, screen: Console) -> None:
    result = outcome.result
    trials = trial_table(result)
    if result.ranked():
        screen.print(screen_table(best_rows(result, trials, SHOWN), "Best trials"))
    for name, table in choice_tables(result).items():
        if len(table) > 1:
            screen.print(screen_table(table, f"By {name}"))


def _say_next(outcome: Outcome, search: Search, folder: SearchFolder, screen: Console) -> None:
    def say(text: str) -> None:
        screen.print(text, soft_wrap=True, highlight=False, markup=False)

    best = outcome.result.ranked()[:1]
    checkpoint = best[0].best_checkpoint(outcome.result.objective) if best else None
    if checkpoint is not None:
        say(f"Best checkpoint: {folder.path / checkpoint.path}")
    say(f"All trials:      {folder.trials_csv}")
    if outcome.tracking_error:
        say(f"MLflow is behind ({outcome.tracking_error}): tune-track sync {folder.path}")
    name = search.spec.name
    where = "".join(f" {word}" for word in storage_option(folder.path.parent))
    if outcome.unrecorded:
        say(f"{outcome.unrecorded} events could not be recorded; {folder.log} says why")
    say("Next:")
    say(
        f"  tune-best {name}{where} --out best/     the best checkpoint and the config that made it"
    )
    say("  tune-train best/config.yaml         train on from it, longer")
    say(f"  tune-table {name}{where}                the tables, as CSV, Markdown and Parquet")
    say(f"  tune-track{where}                       the MLflow pages of these searches")
