"""Secrets that a file of ours does not hold any more."""

from __future__ import annotations

from search.checks.findings import Findings
from search.masking import hidden_in
from search.text.documents import Document


def check_masks(document: Document, findings: Findings) -> None:
    """A config that was written by a search or a training needs its secrets from the user."""
    for key in hidden_in(document.data):
        message = "this file was written without its secret; give it as KEY=VALUE after the file"
        findings.add(document.problem(tuple(key.split(".")), message))
