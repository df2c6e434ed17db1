"""The networks that one row of numbers can go through, chosen by `architecture.name`."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from trainables.architectures.mlp import Mlp
from trainables.architectures.resnet import ResNet
from trainables.contract import Frozen

Architecture = Annotated[Mlp | ResNet, Field(discriminator="name")]

ARCHITECTURES: dict[str, type[Frozen]] = {
    member.model_fields["name"].default: member for member in get_args(get_args(Architecture)[0])
}
"""Every member of the union by its name."""

__all__ = ["ARCHITECTURES", "Architecture", "Mlp"]
