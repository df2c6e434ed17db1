"""Variables of the environment that change what a search does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.engine.cluster import ENVIRONMENT, OWN
from search.masking import is_secret

Says = Callable[[str, str], Finding | None]


@dataclass(frozen=True)
class Variable:
    """Names, with `*`, and what a value means; None if it means nothing."""

    pattern: str
    says: Says


def examine(_: Site) -> Iterator[Finding]:
    yield from judge(os.environ)


def judge(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What the variables mean, by name."""
    found = [_finding(name, value) for name, value in sorted(environment.items())]
    found += [_proxies(environment)]
    if not any(found):
        yield ok("nothing is set that changes a search")
    yield from (finding for finding in found if finding)


def _finding(name: str, value: str) -> Finding | None:
    for variable in TABLE:
        if fnmatchcase(name, variable.pattern):
            return variable.says(name, value)
    return None


def setting(name: str, value: str) -> str:
    """A variable as it is set, unless its value is a secret."""
    return f"{name} is set" if is_secret(name, value) else f"{name}={value}"


def _note(text: str, mend: str = "") -> Says:
    def says(name: str, value: str) -> Finding | None:
        return note(f"{setting(name, value)}: {text}", mend or f"unset {name}") if value else None

    return says


def _usual(name: str, value: str) -> Finding | None:
    """One that we would set: what the user has set himself stays."""
    if value == ENVIRONMENT[name]:
        return None
    return note(
        f"{setting(name, value)}, where a search would set {ENVIRONMENT[name]}", f"unset {name}"
    )


def _threads(name: str, value: str) -> Finding | None:
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        return fault(f"{name}={value} is no number of threads", f"unset {name}")
    return note(
        f"{setting(name, value)}: NumPy uses so many threads in every worker, whatever "
        "resources.cpus says; torch does as resources.cpus says",
        f"unset {name}",
    )


def _devices(name: str, value: str) -> Finding | None:
    from search.checks.machine import THIS_MACHINE, installed_gpus

    number, parts = installed_gpus(), [part.strip() for part in value.split(",")]
    wrong = [part for part in parts if part.isdigit() and int(part) >= number]
    if wrong:
        there = f"GPUs 0 to {number - 1} are there" if number else "no GPU is there"
        return fault(
            f"{name}={value}: {there}, and CUDA ignores what follows {wrong[0]}", f"unset {name}"
        )
    if not number:
        return None
    return note(f"{name}={value}: searches see {THIS_MACHINE.num_gpus() or 'no'} GPUs of {number}")


def _tasks(name: str, value: str) -> Finding | None:
    if value in ("", "1"):
        return None
    return note(
        f"{name}={value}: srun would start this search {value} times; one of them gets the lock",
        "srun --ntasks=1 tune-run ...",
    )


def _proxies(environment: Mapping[str, str]) -> Finding | None:
    """A Ray of our own is spared by us; servers of the user's are asked as these variables say."""
    names = [n for n in environment if n.lower() in ("http_proxy", "all_proxy") and environment[n]]
    spared = (
        environment.get("no_proxy", environment.get("NO_PROXY", "")).replace(" ", "").split(",")
    )
    if not names or {"127.0.0.1", "*"} & set(spared):
        return None
    return note(
        f"{' and '.join(sorted(names))} but not no_proxy: an MLflow server on this machine "
        "and a cluster on it (--address) would be looked for behind the proxy",
        "export no_proxy=127.0.0.1,localhost",
    )


TABLE = (
    *(Variable(name, _usual) for name in ENVIRONMENT),
    *(Variable(name, _note("not followed by a Ray of our own")) for name in OWN),
    Variable("RAY_AUTH_TOKEN*", _note("followed with --address alone; a Ray of our own makes one")),
    Variable("RAY_ADDRESS", _note("not followed; --address auto follows it")),
    Variable("RAY_*", _note("Ray follows it")),
    Variable(
        "TUNE_RUN_CRASH", lambda n, v: fault(f"{n}={v} kills searches on purpose", f"unset {n}")
    ),
    Variable("MLFLOW_TRACKING_URI", _note("searches are tracked there, not beside themselves")),
    Variable("MLFLOW_*", _note("MLflow follows it")),
    *(Variable(f"{name}_NUM_THREADS", _threads) for name in ("OMP", "MKL", "OPENBLAS")),
    Variable("CUDA_VISIBLE_DEVICES", _devices),
    Variable(
        "SLURM_JOB_ID", _note("a search uses this node of the job alone", "--address joins more")
    ),
    Variable("SLURM_NTASKS", _tasks),
    Variable("WORLD_SIZE", _note("left by torchrun; start tune-run without it")),
    Variable("PYTHONPATH", _note("modules there come before the installed ones")),
    Variable("LD_PRELOAD", _note("this library is loaded into every process")),
)
"""The first pattern that fits tells."""
