"""What a running search shows to others, and what is left of one that was killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest

from search.engine.reaper import family
from search.errors import UserError
from search.files.config_file import load_config
from tests.search.cli.secret_trainable import PASSWORD
from tests.search.engine.clusters import cluster_of
from tests.search.engine.sockets import Socket, is_inside, is_nowhere, sockets_of

pytestmark = [pytest.mark.ray, pytest.mark.timeout(1200)]

COMMAND = Path(sys.executable).with_name("tune-run")
URL_PASSWORD = "correct-horse"
FOREIGN = ("RAY_", "TUNE_", "MLFLOW_", "DO_NOT_TRACK")
"""What the tests have set in this process and a user has not."""

T = TypeVar("T")

GONE_SECONDS = 30.0
START_SECONDS = 300.0

SPACE = f"""
trainable: ./mine.py
base:
  epochs: EPOCHS
  seconds_per_epoch: 1
  children: CHILDREN
  data: {{password: {PASSWORD}, url: "https://me:{URL_PASSWORD}@host/x"}}
search: {{name: toy, metric: score, mode: max, trials: 2, sampler: {{name: grid}},
  scheduler: {{name: none}}}}
space: {{fault: [true, false]}}
"""


def write_space(folder: Path, epochs: int, children: bool = False) -> None:
    shutil.copy(Path(__file__).with_name("secret_trainable.py"), folder / "mine.py")
    text = SPACE.replace("EPOCHS", str(epochs)).replace("CHILDREN", str(children).lower())
    (folder / "toy.yaml").write_text(text)


def begin(folder: Path, *options: str, **environment: str) -> subprocess.Popen[bytes]:
    """A search with a user's environment, in a folder and with a home that cannot be written."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(
            [str(COMMAND), str(folder / "toy.yaml"), "--storage", str(folder / "runs"), *options],
            cwd="/proc",
            stdout=output,
            stderr=subprocess.STDOUT,
            env=own | {"HOME": "/proc/nowhere", "COLUMNS": "200"} | environment,
        )


def wait_for(find: Callable[[], T], process: subprocess.Popen[bytes], folder: Path) -> T:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := find():
            return found
        time.sleep(0.1)
    raise AssertionError((folder / "output").read_text())


def holding(text: str, *folders: Path) -> list[str]:
    """The files below these folders that hold a text; files come and go meanwhile."""
    found = []
    for file in (file for folder in folders for file in _files(folder)):
        with suppress(OSError):
            if stat.S_ISREG(file.lstat().st_mode) and text.encode() in file.read_bytes():
                found.append(str(file))
    return found


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


class Outside:
    """Stands for everything beyond this machine; counts who asks for it."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    @property
    def proxy(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        return dict.fromkeys(names, address) | {"NO_PROXY": "127.0.0.1,localhost"}

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.calls += 1
                connection.close()

    def close(self) -> None:
        self._server.close()


@dataclass
class Seen:
    """What was seen of one search from its start to its end."""

    folder: Path
    code: int
    output: str
    calls: int
    cluster: Path
    token: str
    token_files: list[str] = field(default_factory=list)
    secret_files: list[str] = field(default_factory=list)
    sockets: set[Socket] = field(default_factory=set)
    cluster_mode: int = 0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A whole search with everything on: dashboard, tracking, test data, a trial that fails."""
    folder = tmp_path_factory.mktemp("seen")
    write_space(folder, epochs=3)
    outside = Outside()
    process = begin(folder, **outside.proxy)
    try:
        cluster = wait_for(lambda: cluster_of(process.pid), process, folder)
        assert cluster is not None
        found = Seen(folder, 0, "", 0, cluster, "")
        while process.poll() is None:
            _look(found, process.pid)
            time.sleep(0.2)
    finally:
        process.kill()
        process.wait()
        outside.close()
    found.code, found.calls = process.returncode, outside.calls
    found.output = (folder / "output").read_text()
    return found


def _look(found: Seen, driver: int) -> None:
    pids = {process.pid for process in family(str(found.cluster))}
    found.sockets |= sockets_of({driver, *pids})
    found.token = found.token or _token_of(pids)
    places = (found.folder / "runs", found.cluster)
    with suppress(OSError):
        found.cluster_mode = stat.S_IMODE(found.cluster.stat().st_mode)
    found.secret_files += [f for text in (PASSWORD, URL_PASSWORD) for f in holding(text, *places)]
    if found.token:
        found.token_files += holding(found.token, *places)


def _token_of(pids: set[int]) -> str:
    for pid in pids:
        with suppress(OSError):
            for word in Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0"):
                if word.startswith("RAY_AUTH_TOKEN="):
                    return word.partition("=")[2]
    return ""


def test_a_search_needs_neither_a_home_nor_the_current_folder(seen: Seen) -> None:
    assert seen.code == 0, seen.output


def test_nothing_listens_beyond_this_machine(seen: Seen) -> None:
    listening = [one for one in seen.sockets if one.listens]
    assert any("gcs_server" in one.process for one in listening)
    assert any("dashboard" in one.process for one in listening)
    assert [one for one in listening if not is_inside(one.local)] == []


def test_nobody_beyond_this_machine_is_spoken_to(seen: Seen) -> None:
    connected = [one for one in seen.sockets if not is_nowhere(one.peer)]
    assert connected
    assert [one for one in connected if not is_inside(one.peer)] == []


def test_no_library_phones_home(seen: Seen) -> None:
    assert seen.calls == 0


def test_a_library_that_phones_home_would_be_heard() -> None:
    outside = Outside()
    code = "import requests; requests.get('https://example.org', timeout=5)"
    subprocess.run(
        [sys.executable, "-c", code], env=os.environ | outside.proxy, stderr=subprocess.DEVNULL
    )
    outside.close()
    assert outside.calls == 1


def test_the_token_lies_in_no_file(seen: Seen) -> None:
    # 32 random bytes in hexadecimal digits
    assert len(seen.token) == 64
    assert seen.token_files == []
    assert seen.token not in seen.output


def test_secrets_are_neither_recorded_nor_tracked_nor_printed(seen: Seen) -> None:
    assert seen.secret_files == []
    assert PASSWORD not in seen.output
    assert URL_PASSWORD not in seen.output
    table = pd.read_csv(seen.folder / "runs" / "toy" / "trials.csv")
    (cause,) = table["cause"].dropna()
    assert cause.endswith("RuntimeError: https://me:***@host/x refuses ***")


def test_what_needs_a_secret_has_it(seen: Seen) -> None:
    # `evaluate` refuses another password; the best of three epochs has the score 3.
    table = pd.read_csv(seen.folder / "runs" / "toy" / "trials.csv")
    assert table["test_score"].dropna().tolist() == [3.0]


def best(seen: Seen, *secrets: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND.with_name("tune-best")), "toy", *secrets]
    return subprocess.run(
        command, cwd=seen.folder, capture_output=True, text=True, timeout=START_SECONDS
    )


def test_a_checkpoint_is_verified_with_the_secret_that_the_user_gives(seen: Seen) -> None:
    refused = best(seen)
    assert refused.returncode == 2
    assert (
        "the record holds no secrets: give data.password, data.url as KEY=VALUE" in refused.stderr
    )
    done = best(seen, f"data.password={PASSWORD}")
    assert done.returncode == 0, done.stderr
    assert "score 3 (verified)" in done.stdout
    assert holding(PASSWORD, seen.folder / "best") == [str(seen.folder / "best" / "mine.py")]


def test_an_exported_config_is_trained_with_the_secret_that_the_user_gives(seen: Seen) -> None:
    best(seen, f"data.password={PASSWORD}")
    config = str(seen.folder / "best" / "config.yaml")
    with pytest.raises(UserError, match=r"data\.password: .* without its secret"):
        load_config(config)
    given = [f"data.password={PASSWORD}", "data.url=none"]
    assert load_config(config, given).plain["data"] == {"password": PASSWORD, "url": "none"}


def test_what_a_search_writes_is_private(seen: Seen) -> None:
    runs = seen.folder / "runs"
    assert stat.S_IMODE(runs.stat().st_mode) == 0o700
    assert stat.S_IMODE((runs / "toy").stat().st_mode) == 0o700
    assert seen.cluster_mode == 0o700


def test_nothing_is_left_of_a_search_that_ended(seen: Seen) -> None:
    assert is_gone(seen.cluster, set()) == []


@contextmanager
def killed(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_a_search_that_is_killed_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    write_space(tmp_path, epochs=500, children=True)
    process = begin(tmp_path, "--no-track")
    with killed(process):
        cluster = wait_for(lambda: cluster_of(process.pid), process, tmp_path)
        wait_for(lambda: list(tmp_path.glob("runs/toy/trials/*/epoch=*")), process, tmp_path)
        assert cluster is not None
        before = family(str(cluster))
    (file,) = tmp_path.glob("runs/toy/trials/*/children")
    children = {int(pid) for pid in file.read_text().split()}
    assert children <= {one.pid for one in before}
    assert is_gone(cluster, {one.pid for one in before}) == []


def test_a_search_that_is_killed_while_ray_starts_leaves_nothing(tmp_path: Path) -> None:
    write_space(tmp_path, epochs=500)
    process = begin(tmp_path, "--no-track")
    with killed(process):
        cluster = wait_for(lambda: cluster_of(process.pid), process, tmp_path)
        assert cluster is not None
        before = wait_for(lambda: family(str(cluster)), process, tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert "Ray dashboard" not in (tmp_path / "output").read_text()
    assert is_gone(cluster, {one.pid for one in before}) == []


def is_gone(cluster: Path, pids: set[int]) -> list[str]:
    """What is still there of a cluster after a while."""
    deadline = time.monotonic() + GONE_SECONDS
    while time.monotonic() < deadline:
        left = [str(one) for one in family(str(cluster))]
        left += [str(cluster)] if cluster.exists() else []
        left += [str(pid) for pid in pids if _runs(pid)]
        if not left:
            break
        time.sleep(0.2)
    return left


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
