"""Where half precision is not enough."""

from __future__ import annotations

import torch
from torch import Tensor


def at_least_single(values: Tensor) -> Tensor:
    """Sums and squares of many numbers need the range and the digits of single precision."""
    return values.float() if values.dtype in (torch.float16, torch.bfloat16) else values
