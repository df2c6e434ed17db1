"""The architectures that a fake factor can be learned by: those of flat features."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from trainables.architectures.mlp import Mlp
from trainables.architectures.resnet import ResNet
from trainables.contract import Frozen

Network = Annotated[Mlp | ResNet, Field(discriminator="name")]

NETWORKS: dict[str, type[Frozen]] = {
    member.model_fields["name"].default: member for member in get_args(get_args(Network)[0])
}
"""Every member of the union by its name."""
