from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from search.cli.port import parse_port, require_free
from search.errors import UserError


@pytest.fixture
def busy() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("text", ["0", "-1", "65536", "70000", "abc", "1.5", ""])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(UserError) as error:
        parse_port(text)
    assert str(error.value) == (f"--port: {text!r} is no port; give a whole number from 1 to 65535")


@pytest.mark.parametrize(("given", "port"), [("1", 1), ("65535", 65535), (8080, 8080)])
def test_a_port_is_a_number(given: str | int, port: int) -> None:
    assert parse_port(given) == port


def test_a_busy_port_is_refused_with_one_that_is_free(busy: int) -> None:
    with pytest.raises(UserError) as error:
        require_free(busy)
    text = str(error.value)
    assert text.startswith(f"--port: {busy} is in use on this machine")
    require_free(int(text.rsplit(" ", 1)[1]))


def test_a_port_that_was_given_back_is_free(busy: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        # The server's side ends first, so that the connection lingers at its port.
        accepted.close()
    client.close()
    require_free(port)
