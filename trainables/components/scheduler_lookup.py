"""Finds a scheduler by its name, with the arguments that a config may give to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from trainables.components.scheduler_table import CONSTANT, PLATEAU, REFUSED
from trainables.components.signature import Signature, signature_of
from trainables.components.warmups import WARMUPS
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

SECTION = "scheduler"

_HIDDEN = frozenset(
    {"optimizer", "last_epoch", "verbose", "scale_fn", "epochs", "steps_per_epoch", "steps"}
)


@dataclass(frozen=True)
class FoundScheduler:
    """A scheduler and what a config may give to it."""

    build: Any
    signature: Signature


def known_schedulers() -> list[str]:
    """Every scheduler that a config may name."""
    torch_names, other = libraries()
    known = [CONSTANT, *WARMUPS, *torch_names, *other]
    return [name for name in known if name.lower() not in REFUSED]


@lru_cache(maxsize=128)
def find(name: str) -> FoundScheduler:
    """The scheduler of a name. **Raises** ConfigError if there is none, or none usable."""
    torch_names, other = libraries()
    if name.lower() in REFUSED:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {REFUSED[name.lower()]}")
    build: Any = torch_names.get(name) or other.get(name.lower()) or WARMUPS.get(name)
    if build is None:
        known = known_schedulers()
        hint = did_you_mean(name, known)
        message = f"no scheduler {name!r}; known are {listed(known)}{hint}"
        raise ConfigError(f"{SECTION}.name", message)
    hidden = _HIDDEN | ({"mode"} if name == PLATEAU else set())
    return FoundScheduler(build, signature_of(SECTION, name, build, hidden))


@lru_cache(maxsize=1)
def libraries() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schedulers of torch and those of pytorch_optimizer, by name."""
    from pytorch_optimizer.lr_scheduler import LR_SCHEDULERS
    from torch.optim import lr_scheduler

    mine = {
        name: member
        for name, member in vars(lr_scheduler).items()
        if isinstance(member, type)
        and issubclass(member, lr_scheduler.LRScheduler | lr_scheduler.ReduceLROnPlateau)
        and name not in ("LRScheduler", "_LRScheduler")
    }
    return mine, dict(LR_SCHEDULERS)
