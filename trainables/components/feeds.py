"""The ways in which the logits of a network and its labels are put before a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor
from torch.nn.functional import one_hot

Feed = Literal[
    "logits",
    "probabilities",
    "signs",
    "column",
    "class probabilities",
    "log-probabilities",
    "one-hot",
]


@dataclass(frozen=True)
class Feeding:
    """What a loss is given, in words and in code."""

    words: str
    inputs: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


FEEDS: Mapping[Feed, Feeding] = {
    "logits": Feeding("logits and the label", lambda logits, target: (logits, target)),
    "probabilities": Feeding(
        "the sigmoid of the logit, and the label 0 or 1",
        lambda logits, target: (logits.sigmoid(), target),
    ),
    "signs": Feeding(
        "the logit, and the label as -1 or 1", lambda logits, target: (logits, 2.0 * target - 1.0)
    ),
    "column": Feeding(
        "logit and label as [B, 1]",
        lambda logits, target: (logits.unsqueeze(1), target.unsqueeze(1)),
    ),
    "class probabilities": Feeding(
        "the softmax of the logits, and the label one-hot",
        lambda logits, target: (logits.softmax(dim=1), _one_hot(logits, target)),
    ),
    "log-probabilities": Feeding(
        "the log-softmax of the logits, and the label",
        lambda logits, target: (logits.log_softmax(dim=1), target),
    ),
    "one-hot": Feeding(
        "logits, and the label one-hot", lambda logits, target: (logits, _one_hot(logits, target))
    ),
}


def _one_hot(logits: Tensor, target: Tensor) -> Tensor:
    return one_hot(target, logits.shape[1]).to(logits.dtype)
