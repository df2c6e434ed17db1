"""The GPUs that torch can compute on, against those that the driver lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search.doctor.check import Site
from search.doctor.child import ChildError, ask
from search.doctor.finding import Finding, fault, note, ok

DRIVER = "install the NVIDIA driver that this build needs, or the build that this driver can run"


def examine(_: Site) -> Iterator[Finding]:
    from search.checks.machine import count_gpus

    listed = count_gpus()
    try:
        facts = ask("search.doctor.torch_facts", "devices")
    except ChildError as error:
        yield note(f"{_listed(listed)}; torch could not be asked: {error}", "see the line `torch`")
        return
    yield from judge(listed, facts)


def judge(listed: int, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """What the two counts and the attempts to compute mean."""
    names, torch = facts["names"], f"torch {facts['version']}"
    for index, said in enumerate(facts["faults"]):
        if said is not None:
            yield fault(f"GPU {index} ({names[index]}) cannot compute: {said}", DRIVER)
    if len(names) < listed:
        yield _fewer(listed, len(names), torch, facts)
    elif not names:
        yield ok(f"none, and {torch} looks for none: searches run on CPUs")
    elif len(names) > listed:
        yield note(
            f"torch sees {len(names)}, nvidia-smi lists {listed}: `--check` counts the latter",
            "put nvidia-smi on the path, or search with --address",
        )
    else:
        yield ok(f"{len(names)}: {', '.join(names)}")


def _fewer(listed: int, seen: int, torch: str, facts: Mapping[str, Any]) -> Finding:
    if not (facts["cuda"] or facts["hip"]):
        return note(
            f"{_listed(listed)}, and {torch} is a build for CPUs alone, which cannot use them",
            "install a build of torch for this driver (https://pytorch.org/get-started/locally)",
        )
    why = "".join(f"; torch says: {text}" for text in facts["warnings"])
    return fault(f"{_listed(listed)}, and {torch} sees {seen or 'none'}{why}", DRIVER)


def _listed(number: int) -> str:
    return f"nvidia-smi lists {number or 'no'} GPU{'' if number == 1 else 's'}"
