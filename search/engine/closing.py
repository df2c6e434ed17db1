"""After the last trial: the test data for the best, and the end of what was kept for the others."""

from __future__ import annotations

import logging

from search.engine.stack_dump import drop_empty_dumps
from search.engine.starts import sweep
from search.load import Search
from search.masking import unmasked
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.second_look import evaluate
from search.results.trials import UNFINISHED

log = logging.getLogger(__name__)


def test_finalists(
    search: Search, folder: SearchFolder, result: SearchResult
) -> dict[int, dict[str, float]]:
    """Open the test data, once, for the best few; a trial that cannot be tested has no entry."""
    tests = {number: dict(metrics) for number, metrics in result.tests.items()}
    for trial in result.ranked()[: search.spec.finalists]:
        checkpoint = trial.best_checkpoint(result.goal)
        if checkpoint is None or trial.number in tests:
            continue
        try:
            tests[trial.number] = evaluate(
                unmasked(trial.config_at(checkpoint.epoch), search.base),
                folder.path / checkpoint.path,
                "test",
                search.trainable,
            )
        except Exception:
            log.exception("trial %d has no test metrics", trial.number)
    return tests


def prune(result: SearchResult, folder: SearchFolder) -> None:
    """Delete what ended trials kept only for others to go on from, or a kill kept from deletion."""
    for trial in result.started():
        if trial.state not in UNFINISHED:
            sweep(folder.trial(trial.number), trial.checkpoints)
            drop_empty_dumps(folder.trial(trial.number))
