"""Ray: whether it starts here and does some work, or whether the cluster at an address does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search.doctor.check import Site
from search.doctor.child import ChildError, ask
from search.doctor.finding import Finding, fault, fault_as_said, ok
from search.doctor.reach import reach_fault

PATIENCE_SECONDS = 120.0
"""A quiet machine takes 10 s, one with many other processes a minute; a hang never ends."""

OTHERS = "mend the faults of the other lines first, and see whether another Ray fills this machine"


def examine(site: Site) -> Iterator[Finding]:
    if (said := address_fault(site.address)) is not None:
        yield fault(said, "ray start --head there, or leave --address out")
        return
    try:
        facts = ask("search.engine.ray_doctor", "try_ray", site.address, patience=PATIENCE_SECONDS)
    except ChildError as error:
        yield fault(f"no cluster of Ray can be used: {error}", _mend(site))
        return
    yield from judge(facts)


def judge(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """What the cluster said."""
    if facts["state_api"] is not None:
        yield fault_as_said(f"Ray's State API: {facts['state_api']}")
    yield ok(
        f"Ray {facts['version']} ran a task after {facts['seconds']:.0f} s, on a cluster of "
        f"{facts['cpus']:g} CPUs and {facts['gpus']:g} GPUs"
    )


def address_fault(address: str | None) -> str | None:
    """Why nothing can be at an address; None if something may be."""
    if address is None or "://" in address or ":" not in address:
        return None
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return f"{address} is no address; expected HOST:PORT, or auto"
    return reach_fault(host, int(port))


def _mend(site: Site) -> str:
    if site.address is None:
        return OTHERS
    return (
        "its version of Ray and Python must be those of this machine, and its token must be known "
        "here (RAY_AUTH_TOKEN)"
    )
