from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from search.doctor import ray_start
from search.doctor.check import Site
from search.doctor.finding import Grade
from search.doctor.ray_start import judge

FACTS = {"version": "2.60.0", "seconds": 9.6, "cpus": 2.0, "gpus": 0.0, "state_api": None}


def test_a_ray_that_cannot_be_imported_is_a_fault(site: Site, install: Callable[..., Path]) -> None:
    install("ray", "2.60.0", source="raise ImportError('_raylet.so: cannot open')")
    (found,) = ray_start.examine(site)
    assert found.grade is Grade.FAULT
    assert "ImportError: _raylet.so: cannot open" in found.text
    assert found.mend


def test_an_address_at_which_nobody_listens_is_a_fault_within_seconds(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (found,) = ray_start.examine(replace(site, address=f"127.0.0.1:{port}"))
    assert found.grade is Grade.FAULT
    assert found.text == f"connection refused (127.0.0.1:{port})"
    assert "--address" in found.mend


@pytest.mark.parametrize("address", ["host:", "host:port"])
def test_an_address_that_is_none_is_a_fault(site: Site, address: str) -> None:
    (found,) = ray_start.examine(replace(site, address=address))
    assert found.grade is Grade.FAULT
    assert found.text == f"{address} is no address; expected HOST:PORT, or auto"


def test_a_cluster_that_works_is_told() -> None:
    (found,) = judge(FACTS)
    assert found.grade is Grade.OK
    assert found.text == "Ray 2.60.0 ran a task after 10 s, on a cluster of 2 CPUs and 0 GPUs"


def test_a_state_api_that_does_not_answer_is_a_fault_beside_it() -> None:
    found, fine = judge(FACTS | {"state_api": "it does not answer; install ray[default]"})
    assert found.grade is Grade.FAULT
    assert found.text == "Ray's State API: it does not answer"
    assert found.mend == "install ray[default]"
    assert fine.grade is Grade.OK
