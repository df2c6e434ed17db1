from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search.doctor import temp_folder
from search.doctor.check import Check, Site, findings_of
from search.doctor.finding import Finding, Grade
from search.doctor.mounts import Mount
from search.doctor.temp_folder import judge_mount, socket_fault

Graded = Callable[[Iterable[Finding], Grade], list[str]]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Names another folder for temporary files, as the environment does."""

    def use(folder: str) -> None:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", None)

    return use


def test_a_folder_that_cannot_be_written_is_a_fault(use: Callable[[str], None], site: Site) -> None:
    use("/proc")
    (found,) = findings_of(Check("temp folder", temp_folder.examine), site)
    assert found.grade is Grade.FAULT
    assert "/proc: cannot be written (" in found.text
    assert "TMPDIR=" in found.mend


def test_a_name_too_long_for_sockets_is_a_fault(
    use: Callable[[str], None], site: Site, tmp_path: Path, graded: Graded
) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    use(str(folder))
    found = list(temp_folder.examine(site))
    assert any("AF_UNIX path too long" in text for text in graded(found, Grade.FAULT))
    assert any("Ray writes to /tmp" in text for text in graded(found, Grade.NOTE))
    assert list(folder.iterdir()) == []


def test_the_usual_folder_takes_sockets() -> None:
    assert socket_fault(Path("/tmp")) is None


def test_a_mount_on_which_nothing_runs_is_a_note() -> None:
    (found,) = judge_mount(Mount(Path("/tmp"), "tmpfs", frozenset({"rw", "noexec"})))
    assert found.grade is Grade.NOTE
    assert "torch.compile" in found.text
    assert list(judge_mount(Mount(Path("/"), "ext4", frozenset({"rw"})))) == []
