"""`tune-track`: the MLflow pages of the searches, and bringing them up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from search.cli.command import STORAGE, Storage, become, console, entry, new_app
from search.cli.port import parse_port, require_free
from search.errors import refuse
from search.masking import masked_text
from search.results.folder import open_folder

app = new_app(no_args_is_help=False)

QUIET = {"PYTHONWARNINGS": "ignore", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""MLflow's server warns of its own packages, and starts workers for jobs that nobody has."""

QUIET_SERVER = ("--workers", "2", "--uvicorn-opts", "--log-level warning")
"""With one worker it would answer Ctrl-C with a traceback."""


@app.command()
def track(
    action: Annotated[
        str, typer.Argument(metavar="[sync]", help="`sync` writes searches to MLflow again.")
    ] = "ui",
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="The searches to sync.")
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            "-p", "--port", parser=parse_port, metavar="PORT", help="Where the pages are served."
        ),
    ] = 5000,
    storage: Storage = STORAGE,
) -> None:
    """Serve MLflow's pages on the tracking store of the searches, or `tune-track sync NAME...`."""
    from search.engine.cluster import prepare_environment

    prepare_environment()
    if action == "sync":
        _sync(names or [], storage)
    elif action == "ui":
        _serve(storage, port)
    else:
        raise refuse(action, "is not a thing to do; give `sync NAME...`, or nothing for the pages")


def _sync(names: list[str], storage: Path) -> None:
    if not names:
        raise refuse("sync", "name the searches to write to MLflow")
    folders = [open_folder(name, storage) for name in names]
    from search.engine.record_reader import RecordReader
    from search.engine.tracker import sync
    from search.results.tables import write_tables

    for folder in folders:
        result = RecordReader.open(folder.record).result()
        sync(folder, result, write_tables(result, folder))
        console().print(f"{result.name}: {len(result.started())} trials are in MLflow")


def _serve(storage: Path, port: int) -> None:
    from search.engine.tracker import tracking_uri

    uri = tracking_uri(storage)
    if uri.startswith(("http://", "https://")):
        where = f"MLflow's pages are on its server: {masked_text(uri)}"
        console().print(where, soft_wrap=True, highlight=False, markup=False)
        return
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists():
        raise refuse(str(storage), "no search was tracked here yet; run one, or give --storage DIR")
    require_free(port)
    where = f"http://127.0.0.1:{port}"
    console().print(
        f"MLflow on {masked_text(uri)}: {where} (opens within a minute; Ctrl-C ends it)",
        soft_wrap=True,
    )
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    # Not as arguments: everybody on the machine reads those, and the address may hold a password.
    os.environ.update(MLFLOW_BACKEND_STORE_URI=uri, MLFLOW_REGISTRY_STORE_URI=uri)
    place = ["--host", "127.0.0.1", "--port", str(port)]
    become("mlflow", "ui", *place, *QUIET_SERVER)


main = entry(app)
