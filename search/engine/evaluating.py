"""Inside the process that evaluates checkpoints for the driver: a line of JSON for each."""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from search.names import TrainableRef, make_importable
from search.results.second_look import evaluate
from trainables.contract import prepare_worker


def main() -> None:
    """Answer until the driver has no more to ask, or is gone."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    # What libraries print must not mix with the answers.
    os.dup2(2, 1)
    faulthandler.enable()
    _be_killed_first()
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    told = json.loads(lines.get())
    make_importable(told["search_path"])
    trainable = TrainableRef(told["text"], told["file"])
    answers.write(f"{json.dumps(_loaded(trainable))}\n")
    while True:
        answers.write(f"{json.dumps(_answer(json.loads(lines.get()), trainable))}\n")


def _loaded(trainable: TrainableRef) -> dict[str, Any]:
    # What goes wrong here goes wrong again at the first question, and is told then.
    with suppress(Exception):
        prepare_worker(trainable.load())
    return {}


def _answer(question: Mapping[str, Any], trainable: TrainableRef) -> dict[str, Any]:
    try:
        checkpoint = Path(question["checkpoint"])
        found = evaluate(question["config"], checkpoint, "test", trainable)
        return {"metrics": {name: float(value) for name, value in found.items()}}
    # SystemExit too: it is no reason to leave the other trials untested.
    except BaseException:  # noqa: BLE001 - it is told to the driver, as a text
        return {"metrics": {}, "fault": traceback.format_exc()}


def _listen(lines: queue.Queue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    # The driver has ended, in whatever way, and nobody waits for an answer.
    os._exit(0)


def _be_killed_first() -> None:
    """Where memory is short, Linux is to take this process and not the driver."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
