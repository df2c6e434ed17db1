"""The networks that one row of numbers can go through, chosen by `architecture.name`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trainables.architectures.mlp import Mlp
from trainables.architectures.resnet import ResNet

Architecture = Annotated[Mlp | ResNet, Field(discriminator="name")]

ARCHITECTURES: dict[str, type[Mlp] | type[ResNet]] = {"mlp": Mlp, "resnet": ResNet}

__all__ = ["ARCHITECTURES", "Architecture", "Mlp", "ResNet"]
