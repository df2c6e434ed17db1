"""The networks that an event can go through, chosen by `architecture.name`."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from trainables.architectures.deep_sets import DeepSets
from trainables.architectures.event_transformer import EventTransformer
from trainables.architectures.mlp import Mlp
from trainables.architectures.particle_transformer import ParticleTransformer
from trainables.architectures.resnet import ResNet
from trainables.architectures.set_transformer import SetTransformer
from trainables.contract import Frozen

Architecture = Annotated[
    Mlp | ResNet | DeepSets | EventTransformer | SetTransformer | ParticleTransformer,
    Field(discriminator="name"),
]

ARCHITECTURES: dict[str, type[Frozen]] = {
    member.model_fields["name"].default: member for member in get_args(get_args(Architecture)[0])
}
"""Every member of the union by its name."""

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "DeepSets",
    "EventTransformer",
    "Mlp",
    "ParticleTransformer",
    "ResNet",
    "SetTransformer",
]
