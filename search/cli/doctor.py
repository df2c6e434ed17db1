"""`tune-run --doctor`: look at this machine and this installation, and say what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from rich.console import Console
from rich.text import Text

from search.doctor.check import Check, Site, begun, findings_of
from search.doctor.finding import Finding, Grade
from search.doctor.table import CHECKS
from search.exits import Exit

COLOURS = {Grade.OK: "green", Grade.NOTE: "yellow", Grade.FAULT: "bold red"}


def doctor(site: Site, screen: Console) -> Exit:
    """Run every check and print what it finds; 0 if there is no fault."""
    found: list[Finding] = []
    for check, findings in _examined(site, screen):
        found += findings
        for finding in findings:
            _show(check, finding, screen)
    grades = Counter(finding.grade for finding in found)
    counted = (_count(grades[grade], grade.value) for grade in (Grade.FAULT, Grade.NOTE))
    _say(screen, Text(", ".join(counted)))
    return Exit.NOTHING_USABLE if grades[Grade.FAULT] else Exit.DONE


def site_of(storage: Path, address: str | None) -> Site:
    """What the options name."""
    return Site(storage.resolve(), address)


def _examined(site: Site, screen: Console) -> Iterator[tuple[Check, tuple[Finding, ...]]]:
    """The quick checks one by one, then the slow ones, which run beside each other."""
    for check in CHECKS:
        if not check.doing:
            yield check, findings_of(check, site)
    with begun([check for check in CHECKS if check.doing], site) as running:
        for check, answer in running:
            yield check, _wait(check, answer, screen)


def _wait(
    check: Check, answer: Future[tuple[Finding, ...]], screen: Console
) -> tuple[Finding, ...]:
    if answer.done():
        return answer.result()
    if screen.is_terminal:
        with screen.status(f"{check.doing} ..."):
            return answer.result()
    _say(screen, Text(f"       {check.name:14} {check.doing} ..."))
    return answer.result()


def _show(check: Check, finding: Finding, screen: Console) -> None:
    grade = Text(f"{finding.grade.value:6} ", style=COLOURS[finding.grade])
    _say(screen, grade + Text(f"{check.name:14} {finding.text}"))
    if finding.mend:
        _say(screen, Text(f"{'':21} -> {finding.mend}"))


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _say(screen: Console, text: Text) -> None:
    screen.print(text, soft_wrap=True, highlight=False)
