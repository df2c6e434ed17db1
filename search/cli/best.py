"""`tune-best`: the best checkpoint of a search, and the config that made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli.command import STORAGE, Name, Storage, console, entry, new_app, say
from search.errors import UserError, refuse
from search.files.overrides import parse_overrides
from search.resolve import put
from search.results.folder import open_folder

if TYPE_CHECKING:
    from search.results.best import Chosen
    from search.results.pick import Pick
    from search.results.result import SearchResult

app = new_app()


@app.command()
def best(
    name: Name,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")] = Path("best"),
    rank: Annotated[int, typer.Option(min=1, help="1 is the best, 2 the next one.")] = 1,
    metric: Annotated[
        str | None, typer.Option(help="Choose by another metric than the search did.")
    ] = None,
    pick: Annotated[
        str | None,
        typer.Option(
            metavar="PICK",
            help="Of several objectives: knee (default), weights such as 'a=0.7,b=0.3', or a bound "
            "such as 'b<=0.01'.",
        ),
    ] = None,
    storage: Storage = STORAGE,
    secrets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE", help="A secret of the config, which the record does not hold."
        ),
    ] = None,
) -> None:
    """Export the best trial: checkpoint, resolved config and a model card, in one folder.

    The checkpoint is verified first: its bytes are those that were reported, it loads, and it gives
    its metrics again. A trial that fails this is passed over, and you are told.

    Examples:
        tune-best signal --out best/

        tune-best signal_disco --pick 'val_jsd<=0.01'
    """
    folder = open_folder(name, storage)
    folder.require_own()
    given = _nested(secrets or [])
    from search.engine.record_reader import RecordReader
    from search.names import TrainableRef
    from search.results.best import choose
    from search.results.exported import export
    from search.results.standalone import needs_of

    screen = console()
    result = RecordReader.open(folder.record).result()
    trainable = TrainableRef(result.manifest["trainable"], result.manifest["trainable_file"])
    by = metric if pick is None else _pick(pick, metric, result)
    chosen = choose(result, folder, trainable, rank, by, given)
    for candidate in chosen.passed_over:
        say(screen, f"passed over trial {candidate.trial.number:05d}: {candidate.fault}")
    config = export(chosen, result, folder, out)
    say(
        screen,
        f"trial {chosen.trial.number:05d}, epoch {chosen.checkpoint.epoch}, "
        f"{_values(chosen)} (verified) -> {out}/",
    )
    if trainable.file and (needs := needs_of(Path(trainable.file))):
        say(
            screen,
            f"note: {config} names {trainable.file}, which works only where it lies (it uses "
            f"{', '.join(needs)}): keep its folder, or move that too and write the new path",
        )
    words = "Train on from it" if chosen.starts_from_checkpoint else "Train it anew"
    say(screen, f"{words}: tune-train {config}")


def _pick(text: str, metric: str | None, result: SearchResult) -> Pick:
    from search.results.pick import OPTION, parse_pick
    from search.results.trade_off import TradeOff

    if metric is not None:
        raise refuse(OPTION, "chooses by all objectives and --metric by one; give one of them")
    if not isinstance(result.goal, TradeOff):
        raise refuse(OPTION, "this search has one objective; give --rank, or --metric")
    return parse_pick(text, result.goal)


def _values(chosen: Chosen) -> str:
    return ", ".join(f"{metric} {value:.6g}" for metric, value in chosen.values.items())


def _nested(texts: list[str]) -> dict[str, Any]:
    given, problems = parse_overrides(texts)
    if problems:
        raise UserError(problems)
    config: dict[str, Any] = {}
    for key, value in given.config.items():
        put(config, key, value)
    return config


main = entry(app)
