"""`tune-watch`: optuna-dashboard, live on the record of a search."""

from __future__ import annotations

from typing import Annotated

import typer

from search.cli.command import STORAGE, Name, Storage, become, console, entry, new_app
from search.cli.port import parse_port, require_free
from search.results.folder import open_folder

app = new_app()


@app.command()
def watch(
    name: Name,
    port: Annotated[
        int,
        typer.Option(
            "-p", "--port", parser=parse_port, metavar="PORT", help="Where the page is served."
        ),
    ] = 8080,
    storage: Storage = STORAGE,
) -> None:
    """Serve a live page of the trials: history, curves, importances, parallel coordinates."""
    folder = open_folder(name, storage)
    require_free(port)
    where = f"http://127.0.0.1:{port}/dashboard"
    console().print(f"{folder.name}: {where} (Ctrl-C ends it)", soft_wrap=True)
    url = f"sqlite:///{folder.record}"
    become("optuna-dashboard", url, "--host", "127.0.0.1", "--port", str(port))


main = entry(app)
