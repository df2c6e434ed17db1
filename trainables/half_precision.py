"""True half precision of a network alone: its scaling, the labels, the weights and the loss stay.

Lightning's own plugin rounds all of a module and of its batches, to which a mean of 1e5 is infinite
in float16, and an event weight of 1e-8 is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from trainables.sections import TrainerSection

HALVES: Mapping[Any, torch.dtype] = {"16-true": torch.float16, "bf16-true": torch.bfloat16}
"""The precisions of a network that is itself in half precision."""


def halve(net: nn.Module, section: TrainerSection) -> TrainerSection:
    """Turn a network to half precision if the section says so; what is left for Lightning to do.

    The network takes and gives what it did before: whoever calls it need not know.
    """
    dtype = HALVES.get(section.precision)
    if dtype is None:
        return section
    net.to(dtype)
    net.register_forward_pre_hook(
        lambda _, args, named: (_cast(args, dtype), _cast(named, dtype)), with_kwargs=True
    )
    net.register_forward_hook(lambda *given: _cast(given[-1], torch.float32))
    return section.model_copy(update={"precision": 32})


def _cast(value: Any, dtype: torch.dtype) -> Any:
    """A copy in which every tensor of floating point numbers has another type."""
    from lightning_utilities.core.apply_func import apply_to_collection

    return apply_to_collection(value, Tensor, _cast_one, dtype)


def _cast_one(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor
