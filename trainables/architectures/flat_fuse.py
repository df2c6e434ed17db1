"""How the flat features of an event join what was learned from its objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.contract import ConfigError, Frozen

if TYPE_CHECKING:
    from torch import nn

    from trainables.architectures.activation import Activation

Mode = Literal["add", "cat", "learn", "gate", "attn"]


class FlatFuse(Frozen):
    """Two vectors of an event become one: what its flat features and what its objects say."""

    mode: Mode = "cat"
    """add: sum; cat: layer over both; learn: sum with one learned share; gate: a share for each
    number, learned from both; attn: objects ask the flat features."""
    depth: int = Field(default=1, ge=1, le=16)
    """Hidden layers that the flat features go through; attn has none."""
    heads: int = Field(default=4, ge=1, le=64)
    """Heads of attn; they divide the width."""

    def check(self, width: int, key: str) -> None:
        """**Raises** ValueError where the heads do not divide the width, named by its key."""
        if self.mode == "attn" and width % self.heads:
            raise ValueError(
                f"architecture.flat_fuse.heads={self.heads} does not divide {key}={width}; in a "
                f"space write the constraint {key} % architecture.flat_fuse.heads == 0"
            )

    def build(self, n_flat: int, width: int, activation: Activation) -> nn.Module:
        """The module. **Shapes** objects [B, width], flat [B, n_flat] -> [B, width].

        **Raises** ConfigError where there is nothing for attn to choose from.
        """
        from trainables.architectures import fusion

        if n_flat == 0:
            return fusion.ObjectsAlone()
        if self.mode == "attn" and n_flat == 1:
            message = (
                "attn chooses among the flat features, and there is one only, so that nothing is "
                "chosen; use add, cat, learn or gate"
            )
            raise ConfigError("architecture.flat_fuse.mode", message)
        if self.mode == "attn":
            return fusion.Asked(n_flat, width, self.heads)
        flat = fusion.flat_layers(n_flat, width, self.depth, activation)
        return fusion.MODES[self.mode](flat, width)
