"""The limits of a search that can never act beside what else it says."""

from __future__ import annotations

from search import spec
from search.checks.findings import Findings
from search.durations import as_text
from search.text.documents import Document


def check_limits(
    search: spec.SearchSpec, resources: spec.Resources, document: Document, findings: Findings
) -> None:
    """Each limit that was written is one that can be reached."""
    _check_finalists(search, document, findings)
    _check_silence(search, document, findings)
    _check_gpu_hours(search, resources, document, findings)


def _check_finalists(search: spec.SearchSpec, document: Document, findings: Findings) -> None:
    # a default that is larger than a small search means all of its trials
    written = document.has(("search", "finalists"))
    if written and search.finalists > search.trials:
        message = (
            f"{search.finalists} must not exceed search.trials ({search.trials}): finalists are "
            "the best of the trials; lower it, or leave it out"
        )
        findings.add(document.problem(("search", "finalists"), message))


def _check_silence(search: spec.SearchSpec, document: Document, findings: Findings) -> None:
    silence, whole = search.report_timeout, search.trial_timeout
    if silence is not None and whole is not None and silence >= whole:
        message = (
            f"{as_text(silence)} must be shorter than search.trial_timeout ({as_text(whole)}), "
            "which ends a silent trial first; lower it, or leave it out"
        )
        findings.add(document.problem(("search", "report_timeout"), message))


def _check_gpu_hours(
    search: spec.SearchSpec, resources: spec.Resources, document: Document, findings: Findings
) -> None:
    if search.gpu_hours is not None and resources.gpus == 0:
        message = (
            f"{search.gpu_hours:g} hours are never used up: trials have no GPU (resources.gpus is "
            "0); write resources: {gpus: 1}, or limit the time by search.time_budget"
        )
        findings.add(document.problem(("search", "gpu_hours"), message))
