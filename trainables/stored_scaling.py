"""The scaling of the features as a part of a network's state, so that checkpoints carry it."""

from __future__ import annotations

import torch
from torch import nn

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
        state = {name: self.get_buffer(_buffer(name)) for name in self._scaling.state}
        return Scaling({name: part.double().cpu().numpy() for name, part in state.items()})


def _buffer(name: str) -> str:
    """A buffer's name holds no dot."""
    return name.replace(".", "__")
