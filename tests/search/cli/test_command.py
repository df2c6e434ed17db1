from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from search.cli import best, run, table, track, train, watch
from search.cli.command import console, storage_option
from search.results.folder import SearchFolder

Ends = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Ends:
    """Calls what a console script calls; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def ends(main: Callable[[], None], *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tune", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return ends


def test_a_wrong_file_ends_with_2_and_says_why(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("tune-run")
    done = subprocess.run(
        [program, "nosuch"], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "nosuch: no such file; shipped spaces: fakes, signal, signal_disco, signal_objects"
    )
    assert "Traceback" not in done.stderr


def test_several_problems_are_counted(ends: Ends, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("trainable: signal\nnosuch: 1\ndata: 3\n")
    code, out, err = ends(train.main, "c.yaml", "--no-track")
    lines = err.splitlines()
    assert (code, out) == (2, "")
    assert [line.split(": ")[0] for line in lines[:-1]] == ["c.yaml:2:1", "c.yaml:3:1"]
    assert lines[-1] == "2 problems; nothing was started"
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("main", [table.main, best.main, watch.main])
def test_an_unknown_search_lists_those_there_are(
    ends: Ends, tmp_path: Path, main: Callable[[], None]
) -> None:
    for name in ("one", "two"):
        folder = SearchFolder(tmp_path / "runs" / name)
        folder.path.mkdir(parents=True)
        folder.record.touch()
    code, out, err = ends(main, "nosuch")
    assert (code, out) == (2, "")
    assert err.startswith("nosuch: no search of this name; searches in runs: one, two.")


@pytest.fixture
def tracked(tmp_path: Path) -> None:
    """A search `toy` and a tracking store, for commands that only look whether they are there."""
    folder = SearchFolder(tmp_path / "runs" / "toy")
    folder.path.mkdir(parents=True)
    folder.record.touch()
    (tmp_path / "runs" / "mlflow.db").touch()


@pytest.mark.usefixtures("tracked")
@pytest.mark.parametrize(("main", "names"), [(watch.main, ["toy"]), (track.main, [])])
def test_a_port_that_cannot_be_is_one_line(
    ends: Ends, main: Callable[[], None], names: list[str]
) -> None:
    code, out, err = ends(main, *names, "-p", "70000")
    assert (code, out) == (2, "")
    assert err == "--port: '70000' is no port; give a whole number from 1 to 65535\n"


@pytest.mark.usefixtures("tracked")
@pytest.mark.parametrize(("main", "names"), [(watch.main, ["toy"]), (track.main, [])])
def test_a_busy_port_is_one_line(ends: Ends, main: Callable[[], None], names: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, out, err = ends(main, *names, "-p", str(port))
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith(f"--port: {port} is in use on this machine")


def test_an_unknown_option_ends_with_2(ends: Ends) -> None:
    code, _, err = ends(table.main, "toy", "--nosuch")
    assert code == 2
    assert "--nosuch" in err


def test_a_folder_that_is_searched_ends_with_73(
    ends: Ends, tmp_path: Path, fault_trainable: object
) -> None:
    file = getattr(fault_trainable, "file")  # noqa: B009
    (tmp_path / "toy.yaml").write_text(
        f"trainable: {file}\nsearch: {{metric: score, mode: max, trials: 2}}\n"
        "space: {x: {float: [0.0, 1.0]}}\n"
    )
    with SearchFolder(tmp_path / "runs" / "toy").lock():
        code, _, err = ends(run.main, "toy.yaml")
    assert code == 73
    assert "is being searched by process" in err
    assert "search.name=" in err


def test_output_to_a_file_has_room_for_a_table(capfd: pytest.CaptureFixture[str]) -> None:
    console().print("x" * 150)
    assert capfd.readouterr().out == "x" * 150 + "\n"


def test_a_reader_that_goes_away_ends_nothing(tmp_path: Path) -> None:
    # More than a pipe holds, so that some of it is written after the reader has gone.
    code = (
        "from pathlib import Path\n"
        "from search.cli.command import console, entry, new_app\n"
        "app = new_app(no_args_is_help=False)\n"
        "@app.command()\n"
        "def count():\n"
        "    screen = console()\n"
        "    for number in range(20_000):\n"
        "        screen.print(f'line {number}')\n"
        "    Path('end').write_text('reached')\n"
        "entry(app)()\n"
    )
    # The status of the writer, not that of `head`.
    script = f'"{sys.executable}" -c "$1" | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", script, "bash", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "line 0\n", "")
    assert (tmp_path / "end").read_text() == "reached"


def test_another_storage_is_named_as_it_was_typed(tmp_path: Path) -> None:
    assert storage_option(tmp_path / "my runs") == ["--storage", f"{tmp_path}/my runs"]
    assert storage_option(Path("runs")) == []
