"""The scaling of the features as a part of a network's state, so that checkpoints carry it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from trainables.scaling import Scaling


class StoredScaling(nn.Module):
    """Buffers with the arrays of a `Scaling`; a loaded checkpoint puts its own in their place."""

    def __init__(self, scaling: Scaling) -> None:
        super().__init__()
        self._scaling = scaling
        for name, array in scaling.state.items():
            self.register_buffer(_buffer(name), torch.from_numpy(array.copy()))

    def stored(self) -> Scaling:
        """The scaling by the buffers as they are now."""
        names = self._scaling.state
        state = {name: self.get_buffer(_buffer(name)).double().cpu().numpy() for name in names}
        return Scaling(self._scaling.name, state)

    def _load_from_state_dict(
        self, state_dict: dict[str, Tensor], prefix: str, *more: Any, **named: Any
    ) -> None:
        """Takes arrays of other sizes too: fewer rows have fewer quantiles."""
        for name, _ in self.named_buffers():
            if prefix + name in state_dict:
                setattr(self, name, torch.empty_like(state_dict[prefix + name]))
        super()._load_from_state_dict(state_dict, prefix, *more, **named)


def _buffer(name: str) -> str:
    """A buffer's name holds no dot."""
    return name.replace(".", "__")
