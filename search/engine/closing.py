"""After the last trial: the test data for the best, and the end of what was kept for the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from search.causes import headline
from search.engine.ends import EarlyEnd
from search.engine.evaluator import Question, evaluate_apart
from search.engine.stack_dump import drop_empty_dumps
from search.engine.starts import sweep
from search.load import Search
from search.masking import masked_text, secrets_of, unmasked
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import UNFINISHED
from search.spec import SearchSpec

log = logging.getLogger(__name__)


def test_finalists(
    search: Search,
    folder: SearchFolder,
    result: SearchResult,
    end: EarlyEnd,
    note: Callable[[str], None],
    cluster: Path | None = None,
) -> dict[int, dict[str, float]]:
    """Open the test data, once, for the best few; a trial that cannot be tested has no entry.

    Why it has none is noted: the search is over all the same.
    """
    tests = {number: dict(metrics) for number, metrics in result.tests.items()}
    questions = [q for q in _questions(search, folder, result) if q.number not in tests]
    patience = _patience(search.spec)
    for answer in evaluate_apart(questions, search.trainable, patience, end.stop_all, cluster):
        if answer.fault is None:
            tests[answer.number] = dict(answer.metrics)
            continue
        fault = masked_text(answer.fault, secrets_of(search.base))
        log.error("trial %05d has no test metrics: %s", answer.number, fault)
        note(
            f"trial {answer.number:05d} could not be evaluated on the test data: "
            f"{headline(fault)}; {folder.log} says more"
        )
    return tests


def _patience(spec: SearchSpec) -> float | None:
    """How long one test may take: no longer than a trial, else than the silence of one."""
    return spec.report_timeout if spec.trial_timeout is None else spec.trial_timeout


def _questions(search: Search, folder: SearchFolder, result: SearchResult) -> Iterator[Question]:
    for trial in result.ranked()[: search.spec.finalists]:
        if (checkpoint := trial.best_checkpoint(result.goal)) is not None:
            config = unmasked(trial.config_at(checkpoint.epoch), search.base)
            file = (folder.path / checkpoint.path).resolve()
            yield Question(trial.number, config, str(file))


def prune(result: SearchResult, folder: SearchFolder) -> None:
    """Delete what ended trials kept only for others to go on from, or a kill kept from deletion."""
    for trial in result.started():
        if trial.state not in UNFINISHED:
            sweep(folder.trial(trial.number), trial.checkpoints)
            drop_empty_dumps(folder.trial(trial.number))
