"""Optimizers of the Muon kind: matrices turn by one rule, all other weights follow AdamW."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Parameter

GROUPED = frozenset({"adago", "adamuon", "muon", "normuon"})
"""Those that must be told which weights are hidden matrices, in lower case."""

FLAG = "use_muon"

_OF_ADAMW = {
    "lr": "adamw_lr",
    "betas": "adamw_betas",
    "eps": "adamw_eps",
    "weight_decay": "adamw_wd",
}
"""The argument behind each setting of the group that follows AdamW, where there is one."""


def grouped(name: str, parameters: Iterable[Parameter]) -> list[Any]:
    """The weights as an optimizer wants them: a list, or its two groups.

    Matrices are the weights with two dimensions or more, but for the last one, the head.

    **Source** Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
    """
    weights = list(parameters)
    if name.lower() not in GROUPED:
        return weights
    hidden = {id(weight) for weight in [one for one in weights if one.ndim >= 2][:-1]}
    return [
        {"params": [one for one in weights if (id(one) in hidden) is inside], FLAG: inside}
        for inside in (True, False)
    ]


def argument_of(setting: str, group: Mapping[str, Any], known: Collection[str]) -> str:
    """Which of the known arguments of the optimizer gave a setting of one of its groups."""
    argument = setting if group.get(FLAG, True) else _OF_ADAMW.get(setting, setting)
    return argument if argument in known else setting
