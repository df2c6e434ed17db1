"""What is known of an exported model, for whoever finds it later; nothing of what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from search.results.best import Chosen
from search.results.follow_up import CONFIG
from search.results.result import SearchResult
from search.results.standalone import needs_of

CARD = "README.md"
CHECKPOINT = "model.ckpt"


def model_card(chosen: Chosen, result: SearchResult) -> str:
    """The text of the card, in Markdown."""
    blocks = [
        f"# {result.manifest['trainable']}: trial {chosen.trial.number:05d} of the search "
        f"{result.name}",
        _rank(chosen, result),
        *_table("parameter", {name: str(value) for name, value in chosen.point.items()}),
        *_table("metric", {n: f"{value:.6g}" for n, value in _metrics(chosen, result).items()}),
        _origin(chosen, result),
        _judgement(result.tests_at(chosen.trial.number, chosen.checkpoint.epoch)),
        *_trainable(result),
        _use(chosen),
    ]
    return "\n\n".join(blocks) + "\n"


def _rank(chosen: Chosen, result: SearchResult) -> str:
    trial = chosen.trial
    return (
        f"Rank {chosen.rank} by {_chosen_by(chosen)} of "
        f"{len(result.started())} trials. The checkpoint is from epoch {chosen.checkpoint.epoch} "
        f"of {trial.epochs}; the trial ended as {trial.state.value}."
    )


def _chosen_by(chosen: Chosen) -> str:
    parts = " and ".join(f"`{part.metric}` ({part.mode})" for part in chosen.goal.parts)
    return parts if chosen.pick is None else f"{parts}, picked by `{chosen.pick.text}`,"


def _table(kind: str, rows: Mapping[str, str]) -> Iterator[str]:
    if rows:
        lines = [f"| {name} | {value} |" for name, value in rows.items()]
        yield "\n".join([f"| {kind} | value |", "| --- | --- |", *lines])


def _metrics(chosen: Chosen, result: SearchResult) -> Mapping[str, float]:
    """What the epoch of the checkpoint reported, and the test metrics if there are any."""
    reports = {report.epoch: report.metrics for report in chosen.trial.reports}
    tests = result.tests_at(chosen.trial.number, chosen.checkpoint.epoch)
    return {**reports.get(chosen.checkpoint.epoch, {}), **tests}


def _origin(chosen: Chosen, result: SearchResult) -> str:
    manifest = result.manifest
    commit = [f"git commit {manifest['git_commit']}"] if manifest["git_commit"] else []
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    known = "; ".join([f"Seed {chosen.trial.seed}", *commit, versions])
    return f"{known}.\nSHA-256 of `{CHECKPOINT}`: {chosen.checkpoint.sha256}"


def _judgement(tests: Mapping[str, Any]) -> str:
    flattered = "The validation metrics chose this trial, so they flatter it"
    return f"{flattered}; the test metrics did not." if tests else f"{flattered}."


def _trainable(result: SearchResult) -> Iterator[str]:
    file = result.manifest["trainable_file"]
    if file and (needs := needs_of(Path(file))):
        yield (
            f"`{CONFIG}` names {file}, which is not in this folder: it works only where it lies, "
            f"since it uses {', '.join(needs)}."
        )


def _use(chosen: Chosen) -> str:
    if chosen.starts_from_checkpoint:
        return f"Train on from it with `tune-train {CONFIG}`."
    return f"`tune-train {CONFIG}` trains it anew: this trainable starts from no checkpoint."
