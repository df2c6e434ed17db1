"""A check: a name, and a function that looks at one thing and says what it found."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from search.doctor.finding import Finding, fault, fault_as_said
from search.errors import UserError
from search.masking import masked_text, secrets_of


@dataclass(frozen=True)
class Site:
    """Where searches are meant to run: what the checks look at."""

    storage: Path
    """Absolute; it need not be there."""

    address: str | None = None
    """Of a Ray cluster; None for one of our own."""


@dataclass(frozen=True)
class Check:
    """One line of the table."""

    name: str
    examine: Callable[[Site], Iterable[Finding]]
    doing: str = ""
    """What takes its time, said while the user waits; empty for a quick check."""


def findings_of(check: Check, site: Site) -> tuple[Finding, ...]:
    """What a check finds; an exception in it is a fault of that check and never ends the others."""
    try:
        found = tuple(check.examine(site))
    except UserError as error:
        found = tuple(fault_as_said(str(problem)) for problem in error.problems)
    except Exception as error:  # noqa: BLE001 - whatever is broken here, the others must still speak
        found = (_broken(error),)
    return tuple(_without_secrets(finding) for finding in found)


def _broken(error: Exception) -> Finding:
    said = "".join(traceback.format_exception_only(error)).strip()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return fault(
        f"this check came to no answer: {said} ({where})",
        "if the other lines do not explain it, report it with this line",
    )


def _without_secrets(finding: Finding) -> Finding:
    secrets = secrets_of(os.environ)
    return replace(
        finding,
        text=masked_text(finding.text, secrets),
        mend=masked_text(finding.mend, secrets),
    )


@contextmanager
def begun(
    checks: Sequence[Check], site: Site
) -> Iterator[list[tuple[Check, Future[tuple[Finding, ...]]]]]:
    """Checks beside each other, in their order: they wait for processes of their own."""
    with ThreadPoolExecutor(max_workers=max(1, len(checks))) as pool:
        yield [(check, pool.submit(findings_of, check, site)) for check in checks]
