"""`tune-train`: train a config to its end, perhaps from a checkpoint of a search."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from search.cli.command import STORAGE, AllowModule, Storage, console, entry, new_app, say
from search.errors import Place, Problem, UserError
from search.files.config_file import TrainingConfig, load_config
from search.files.shipped import find_config
from search.raised import refusal
from search.results.access import require_own
from search.results.follow_up import (
    CHECKPOINTS,
    CONFIG,
    METRICS,
    TrainingLog,
    best_of,
    checkpoint_goal,
    lost_metrics,
    new_folder,
    open_training,
    pictures_of,
    read_origin,
    write_config,
)
from search.results.goal import Goal
from search.results.running_trial import Finished
from trainables.contract import LOGS, PICTURES, ConfigError, Placement

app = new_app()


@dataclass(frozen=True)
class Workers:
    """Over what a training is spread."""

    workers: int
    cpus: int
    gpus: float
    address: str | None
    progress: int
    """Batches between two movements of a bar on the terminal; 0 for none."""

    @property
    def alone(self) -> bool:
        return self.workers == 1 and self.address is None


@app.command()
def train(
    config: Annotated[
        str, typer.Argument(metavar="CONFIG", help="A base config, or the one `tune-best` wrote.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Override a key, such as trainer.max_epochs=100."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The folder to write; DIR-2, DIR-3, ... if it is there (default: a new one).",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Default: the seed of the exported trial.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Two or more train through Ray Train.")] = 1,
    cpus: Annotated[int, typer.Option(min=1, help="CPUs for each worker.")] = 1,
    gpus: Annotated[float, typer.Option(min=0, help="GPUs for each worker.")] = 0,
    address: Annotated[str | None, typer.Option(help="Train on this Ray cluster.")] = None,
    progress: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="On a terminal, move a bar after N batches; 0 for no bar."
        ),
    ] = 10,
    track: Annotated[bool, typer.Option(help="Write the training to MLflow.")] = True,
    storage: Storage = STORAGE,
    allow_module: AllowModule = None,
) -> None:
    """Train one config to its end, in this process: also the way to debug a trainable.

    Examples:
        tune-train configs/signal.yaml trainer.max_epochs=5

        tune-train best/config.yaml trainer.max_epochs=100

        tune-train best/config.yaml checkpointing.continue_training=true trainer.max_epochs=60
    """
    origin = _origin(find_config(config))
    parsed = load_config(config, overrides or [], allow_module or [])
    folder = _folder(out, storage, parsed.path)
    screen = console()
    unreported = parsed.config.unreported()
    goal = checkpoint_goal(parsed.trainable.load().METRICS, origin, unreported)
    for note in (*parsed.notes, *lost_metrics(goal, origin, unreported)):
        say(screen, f"note: {note}")
    log = TrainingLog(folder, [_printer(screen)])
    write_config(folder, parsed.trainable.file or parsed.trainable.text, parsed.plain)
    run = _tracking(storage, parsed, folder, origin, log) if track else None
    chosen = seed if seed is not None else (origin or {}).get("seed", 0)
    status = "FAILED"
    try:
        bar = progress if sys.stdout.isatty() else 0
        spread = Workers(workers, cpus, gpus, address, bar)
        _fit(parsed, folder, goal, chosen, spread, log)
        status = "FINISHED"
    except ConfigError as error:
        raise UserError([Problem(Place(str(parsed.path)), error.key, refusal(error))]) from error
    finally:
        files = _files(folder, goal, log, screen)
        if run is not None:
            run.end(status, files, pictures_of(folder))


def _origin(config: Path) -> dict[str, Any] | None:
    """Which trial a config was exported from; such a folder is a search's, and its code is run."""
    origin = read_origin(config)
    if origin is not None:
        for path in (config.resolve().parent, config):
            require_own(path)
    return origin


def _files(folder: Path, goal: Goal, log: TrainingLog, screen: Console) -> list[Path]:
    """What the training has left so far; its folder and its best checkpoint are said."""
    say(screen, f"Written to {folder}")
    kept = best_of(log.last.kept, goal) if log.last else None
    for name in (PICTURES, LOGS):
        left = folder / CHECKPOINTS / name
        if left.is_dir():
            say(screen, f"{name.capitalize()}: {left}")
    files = [folder / CONFIG, folder / METRICS]
    if kept is not None:
        files.append(folder / kept.path)
        say(screen, f"Best checkpoint: {files[-1]}")
    return [file for file in files if file.is_file()]


def _folder(out: Path | None, storage: Path, config: Path) -> Path:
    generic = config.stem == "config"
    name = config.resolve().parent.name if generic else config.stem
    return new_folder(out.parent, out.name) if out else new_folder(storage / "trained", name)


def _printer(screen: Console) -> Callable[[Finished], None]:
    def show(finished: Finished) -> None:
        report = finished.report
        values = "  ".join(f"{name} {value:.5g}" for name, value in report.metrics.items())
        say(screen, f"epoch {report.epoch:4d}  {report.seconds:8.1f} s  {values}")

    return show


def _tracking(
    storage: Path, parsed: TrainingConfig, folder: Path, origin: Any, log: TrainingLog
) -> Any:
    from search.engine.cluster import prepare_environment

    prepare_environment()
    from search.engine.training_run import TrainingRun

    run = TrainingRun(storage, parsed.trainable.name, folder.name)
    run.begin(parsed.plain, origin)
    log.listeners.append(run.write)
    return run


def _fit(
    parsed: TrainingConfig,
    folder: Path,
    goal: Goal,
    seed: int,
    spread: Workers,
    log: TrainingLog,
) -> None:
    if spread.alone:
        placement = Placement(cpus=spread.cpus, gpus=spread.gpus, progress=spread.progress)
        keep = parsed.config.keep_checkpoints()
        trial = open_training(folder, goal, seed, placement, keep, log.write)
        parsed.trainable.load().fit(parsed.config, trial)
        return
    from search.engine.train_workers import Training, train_over_workers

    training = Training(
        trainable=parsed.trainable.text,
        trainable_file=parsed.trainable.file,
        search_path=tuple(path for path in sys.path if path),
        config=parsed.plain,
        folder=str(folder.resolve()),
        metric=goal.metrics,
        mode=[part.mode for part in goal.parts],
        seed=seed,
        cpus=spread.cpus,
        gpus=spread.gpus,
        workers=spread.workers,
    )
    train_over_workers(training, spread.address, log.write)


main = entry(app)
