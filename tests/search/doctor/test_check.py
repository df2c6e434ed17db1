from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.doctor.check import Check, Site, begun, findings_of
from search.doctor.finding import Finding, Grade, note, ok
from search.errors import refuse


def breaks(_: Site) -> Iterator[Finding]:
    yield ok("so far")
    raise KeyError("nosuch")


def refuses(_: Site) -> Iterator[Finding]:
    yield ok("so far")
    raise refuse("/tmp", "cannot be written (read-only file system); name another folder")


def test_an_exception_is_a_fault_of_its_check_that_names_the_line(site: Site) -> None:
    (found,) = findings_of(Check("breaks", breaks), site)
    assert found.grade is Grade.FAULT
    assert "KeyError: 'nosuch'" in found.text
    assert "test_check.py:" in found.text
    assert found.mend


def test_a_refusal_gives_its_remedy(site: Site) -> None:
    (found,) = findings_of(Check("refuses", refuses), site)
    assert found == Finding(
        Grade.FAULT,
        "/tmp: cannot be written (read-only file system)",
        "name another folder",
    )


def test_the_other_checks_still_speak(site: Site) -> None:
    table = (Check("breaks", breaks), Check("fine", lambda _: [ok("fine")]))
    with begun(table, site) as running:
        grades = [found.grade for _, answer in running for found in answer.result()]
    assert grades == [Grade.FAULT, Grade.OK]


def test_secrets_are_shown_by_no_check(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_API_KEY", "k3y-of-the-lab")

    def careless(_: Site) -> list[Finding]:
        address = "http://me:pa55@word@host"
        return [note(f"{address} said k3y-of-the-lab", f"curl {address}")]

    (found,) = findings_of(Check("careless", careless), site)
    assert found.text == "http://me:***@host said ***"
    assert found.mend == "curl http://me:***@host"
