"""`tune-best`: the best checkpoint of a search, and the config that made it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from search.cli.command import STORAGE, Name, Storage, console, entry, new_app
from search.results.folder import open_folder

app = new_app()


@app.command()
def best(
    name: Name,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")] = Path("best"),
    rank: Annotated[int, typer.Option(min=1, help="1 is the best, 2 the next one.")] = 1,
    metric: Annotated[
        str | None, typer.Option(help="Choose by another metric than the search did.")
    ] = None,
    storage: Storage = STORAGE,
) -> None:
    """Export the best trial: checkpoint, resolved config and a model card, in one folder.

    The checkpoint is verified first: its bytes are those that were reported, it loads, and it gives
    its metric again. A trial that fails this is passed over, and you are told.
    """
    folder = open_folder(name, storage)
    from search.engine.record import Record
    from search.names import TrainableRef
    from search.results.best import choose, export

    screen = console()
    result = Record.open(folder.record).result()
    trainable = TrainableRef(result.manifest["trainable"], result.manifest["trainable_file"])
    chosen = choose(result, folder, trainable, rank, metric)
    for candidate in chosen.passed_over:
        screen.print(
            f"passed over trial {candidate.trial.number:05d}: {candidate.fault}",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )
    config = export(chosen, result, folder, out)
    screen.print(
        f"trial {chosen.trial.number:05d}, epoch {chosen.checkpoint.epoch}, "
        f"{chosen.objective.metric} {chosen.checkpoint.value:.6g} (verified) -> {out}/",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
    words = "Train on from it" if chosen.starts_from_checkpoint else "Train it anew"
    screen.print(f"{words}: tune-train {config}", soft_wrap=True, highlight=False, markup=False)


main = entry(app)
