"""Evaluates checkpoints in a process beside the driver: the code of a user may crash or hang it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import search
from search.engine import reaper
from search.engine.stack_dump import Timeouts
from search.names import TrainableRef

SCRIPT = (
    "import sys; sys.path.append(sys.argv[1]); from search.engine import evaluating; "
    "evaluating.main()"
)

LOOK_SECONDS = 0.5
"""How long an end of the search may wait for the process to be ended."""

LAST_WORDS = 10_000
"""How much of what a process said is kept when it dies, in bytes."""


@dataclass(frozen=True)
class Question:
    """A checkpoint that is to be evaluated on the test data, with the config that made it."""

    number: int
    config: Mapping[str, Any]
    checkpoint: str


@dataclass(frozen=True)
class Answer:
    """The metrics of a trial's checkpoint; where there are none, the last line says why."""

    number: int
    metrics: Mapping[str, float]
    fault: str | None = None


class _NoAnswer(Exception):
    """The process has died, or was too slow."""


class _Ended(Exception):
    """The search has ended meanwhile."""


def evaluate_apart(
    questions: Sequence[Question],
    trainable: TrainableRef,
    patience: float | None,
    ended: Callable[[], bool],
    cluster: Path | None = None,
) -> Iterator[Answer]:
    """The answers, one after the other, until the search has `ended`.

    A process that dies, or that takes longer than `patience` (in seconds), costs one answer: the
    next question is put to a new one. It carries the mark of the cluster, and so dies with it.
    """
    waiting = deque(questions)
    while waiting and not ended():
        with closing(Evaluator(trainable, cluster)) as evaluator:
            while waiting and evaluator.lives():
                answer = evaluator.ask(waiting.popleft(), patience, ended)
                if answer is None:
                    return
                yield answer


class Evaluator:
    """A process that evaluates one checkpoint after the other."""

    def __init__(self, trainable: TrainableRef, cluster: Path | None) -> None:
        # Without a name in any folder; what libraries print goes there too.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        mark = {reaper.MARKER: str(cluster)} if cluster else {}
        self._process = subprocess.Popen(
            # Without the working directory on the path: a `ray.py` there is not what is meant.
            [sys.executable, "-P", "-c", SCRIPT, str(Path(search.__file__).parents[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            # A Ctrl-C is the driver's.
            start_new_session=True,
            env=os.environ | mark,
        )
        self._answers = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._answers.register(self._process.stdout, selectors.EVENT_READ)
        self._loaded = False
        self._tell(asdict(trainable) | {"search_path": [path for path in sys.path if path]})

    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(
        self, question: Question, patience: float | None, ended: Callable[[], bool]
    ) -> Answer | None:
        """The answer to a question; None once the search has ended."""
        try:
            self._load(patience, ended)
            self._tell(asdict(question))
            return Answer(question.number, **self._said_next(patience, ended))
        except _NoAnswer as fault:
            return Answer(question.number, {}, str(fault))
        except _Ended:
            return None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()

    def _tell(self, words: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        # One that has died gives no answer, which is noticed there.
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{json.dumps(words)}\n".encode())
            self._process.stdin.flush()

    def _load(self, patience: float | None, ended: Callable[[], bool]) -> None:
        if not self._loaded:
            self._said_next(Timeouts(trial=patience).for_loading(), ended)
            self._loaded = True

    def _said_next(self, patience: float | None, ended: Callable[[], bool]) -> dict[str, Any]:
        late = None if patience is None else time.monotonic() + patience
        assert self._process.stdout is not None
        while not self._answers.select(LOOK_SECONDS):
            if ended():
                raise _Ended
            if late is not None and time.monotonic() > late:
                self._process.kill()
                self._process.wait()
                raise _NoAnswer(f"it took more than {patience:g} s")
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _NoAnswer(self._last_words())
        found: dict[str, Any] = json.loads(line)
        return found

    def _last_words(self) -> str:
        code = self._process.wait()
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - LAST_WORDS))
        said = self._said.read().decode(errors="replace").strip()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"{said}\nits process died with {how}".strip()
