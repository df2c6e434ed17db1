"""Events with objects of two kinds, and a small network of each architecture."""

from __future__ import annotations

import copy
from typing import Any

import torch
from pydantic import TypeAdapter
from torch import nn

from trainables.architectures import Architecture
from trainables.architectures.assembly import assemble
from trainables.architectures.inputs import Inputs, InputShape, ObjectShape

SHAPE = InputShape(
    n_flat=3,
    objects=(
        ObjectShape("jets", slots=4, n_features=5, has_momenta=True),
        ObjectShape("leptons", slots=2, n_features=3, has_momenta=True),
    ),
)

SMALL: dict[str, dict[str, Any]] = {
    "mlp": {"width": 6, "depth": 2},
    "resnet": {"width": 6, "depth": 2, "dropout": 0.0},
    "deep_sets": {"embedding_dim": 6, "encoder_layers": 2, "decoder_layers": 2},
    "event_transformer": {
        **{"embedding_dim": 6, "transformer_depth": 2, "heads": 2, "dim_head": 4},
        **{"attn_dropout": 0.0, "ff_dropout": 0.0, "ff_hidden_mult": 2},
    },
    "set_transformer": {"embedding_dim": 6, "heads": 2, "dim_head": 4, "ff_hidden_mult": 2},
    "particle_transformer": {
        **{"embedding_dim": 6, "heads": 2, "dim_head": 4, "ff_hidden_mult": 2},
        **{"particle_blocks": 2, "particle_attention": {"embedding_dim": 5}},
    },
}
"""Options of each architecture that make a small network without dropout."""


def config(name: str, **changes: Any) -> dict[str, Any]:
    """The small options of an architecture with changes, whose names may be dotted."""
    written: dict[str, Any] = {"name": name, **copy.deepcopy(SMALL[name])}
    for dotted, value in changes.items():
        section, keys = written, dotted.split(".")
        for key in keys[:-1]:
            if section.get(key) is None:
                section[key] = {}
            section = section[key]
        section[keys[-1]] = copy.deepcopy(value)
    return written


def network(written: dict[str, Any], shape: InputShape = SHAPE, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return assemble(TypeAdapter(Architecture).validate_python(written), shape)


def events(n: int = 8, shape: InputShape = SHAPE, seed: int = 1) -> Inputs:
    """The first has every object, the second none."""
    random = torch.Generator().manual_seed(seed)
    objects, masks, momenta = {}, {}, {}
    for kind in shape.objects:
        mask = torch.rand(n, kind.slots, generator=random) < 0.6
        mask[0], mask[1] = True, False
        masks[kind.name] = mask
        numbers = torch.randn(n, kind.slots, kind.n_features, generator=random)
        objects[kind.name] = numbers * mask.unsqueeze(2)
        if kind.has_momenta:
            pt = torch.rand(n, kind.slots, generator=random) * 100.0 + 20.0
            eta, phi = torch.randn(2, n, kind.slots, generator=random)
            momentum = torch.stack([pt, eta, phi, pt * eta.cosh()], dim=2)
            momenta[kind.name] = momentum * mask.unsqueeze(2)
    return Inputs(torch.randn(n, shape.n_flat, generator=random), objects, masks, momenta)
