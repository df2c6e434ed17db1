"""The rows of a table as tensors, scaled once in double precision: a batch costs nothing."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from trainables.architectures.inputs import Inputs
from trainables.batches import Batch
from trainables.rows import Rows
from trainables.scaling import Scaling


def tensors(rows: Rows, scaling: Scaling, n_classes: int) -> Batch:
    """All rows as one batch; weights are 1 where there are none."""
    kinds = rows.objects
    inputs = Inputs(
        flat=_floats(scaling.flat(rows)),
        objects={name: _floats(scaling.objects(name, kind)) for name, kind in kinds.items()},
        masks={name: torch.from_numpy(kind.mask) for name, kind in kinds.items()},
        momenta={
            name: _floats(kind.momenta) for name, kind in kinds.items() if kind.momenta is not None
        },
    )
    labels = torch.from_numpy(rows.labels)
    weights = np.ones(len(labels)) if rows.weights is None else rows.weights
    return Batch(
        inputs,
        labels.float() if n_classes == 2 else labels,
        _floats(weights),
        _floats(rows.spectators),
    )


def _floats(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values).float()
