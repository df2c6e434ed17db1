from __future__ import annotations

import inspect
import socket

from search.cli.track import track
from search.cli.watch import watch
from search.doctor.finding import Grade
from search.doctor.ports import PORTS, judge


def test_a_port_that_is_in_use_is_told_with_the_way_round() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (found,) = judge({port: ("tune-watch", "tune-watch NAME -p PORT")})
    assert found.grade is Grade.NOTE
    assert found.text == f"{port} is in use, where tune-watch would serve its page"
    assert found.mend == "tune-watch NAME -p PORT"


def test_a_port_that_was_just_used_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()
    (found,) = judge({port: ("tune-watch", "")})
    assert found.grade is Grade.OK


def test_the_ports_are_those_of_the_commands() -> None:
    for command in (track, watch):
        port = inspect.signature(command).parameters["port"].default
        assert PORTS[port][0] == f"tune-{command.__name__}"
