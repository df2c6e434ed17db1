"""How each known loss is fed by one logit a sample, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trainables.components.focal import SigmoidFocalLoss

if TYPE_CHECKING:
    from torch import nn

Feed = Literal["logits", "probabilities", "signs", "column"]
"""What a loss wants: logits and 0/1; probabilities and 0/1; logits and -1/1; both as [B, 1]."""


@dataclass(frozen=True)
class Fed:
    """How one loss is called."""

    feed: Feed
    per_sample: bool = True
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that the binary task decides."""


TORCH = {
    "BCELoss": Fed("probabilities"),
    "BCEWithLogitsLoss": Fed("logits"),
    "HuberLoss": Fed("probabilities"),
    "L1Loss": Fed("probabilities"),
    "MSELoss": Fed("probabilities"),
    "SmoothL1Loss": Fed("probabilities"),
    "SoftMarginLoss": Fed("signs"),
}

PYTORCH_OPTIMIZER = {
    "bcefocalloss": Fed("probabilities"),
    "bceloss": Fed("probabilities"),
    "binarybitemperedlogisticloss": Fed("column"),
    "diceloss": Fed("column", per_sample=False, fixed={"mode": "binary"}),
    "focalloss": Fed("logits", per_sample=False),
    "focaltverskyloss": Fed("logits", per_sample=False),
    "jaccardloss": Fed("column", per_sample=False, fixed={"mode": "binary"}),
    "lovaszhingeloss": Fed("logits", per_sample=False, fixed={"per_image": False}),
    "softf1loss": Fed("probabilities", per_sample=False),
    "tverskyloss": Fed("logits", per_sample=False),
}

OURS: dict[str, tuple[type[nn.Module], Fed]] = {
    "SigmoidFocalLoss": (SigmoidFocalLoss, Fed("logits")),
}

_CLASSES = "it wants one output a class, but the network gives one logit; use BCEWithLogitsLoss"
_INPUTS = "it wants other inputs than a logit and a label"

REFUSED = {
    "adaptivelogsoftmaxwithloss": _CLASSES,
    "bitemperedlogisticloss": f"{_CLASSES} or binarybitemperedlogisticloss",
    "cosineembeddingloss": _INPUTS,
    "crossentropyloss": _CLASSES,
    "ctcloss": _INPUTS,
    "focalcosineloss": _CLASSES,
    "gaussiannllloss": _INPUTS,
    "hingeembeddingloss": _INPUTS,
    "kldivloss": _INPUTS,
    "ldamloss": _CLASSES,
    "linearcrossentropyloss": _CLASSES,
    "marginrankingloss": _INPUTS,
    "multilabelmarginloss": _CLASSES,
    "multilabelsoftmarginloss": _CLASSES,
    "multimarginloss": _CLASSES,
    "nllloss": _CLASSES,
    "poissonnllloss": "it is for counts, not for a label",
    "tripletmarginloss": _INPUTS,
    "tripletmarginwithdistanceloss": _INPUTS,
}
"""Known to the libraries but not usable here, in lower case, with the reason."""
