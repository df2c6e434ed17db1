"""Which task each known loss serves and how it is fed there, or why it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trainables.components.focal import MulticlassFocalLoss, SigmoidFocalLoss

if TYPE_CHECKING:
    from torch import nn

    from trainables.components.feeds import Feed

Fact = Literal["n_classes", "class_counts"]
"""What a loss may have to know of the data: how many classes there are, and rows in each."""


@dataclass(frozen=True)
class Fed:
    """How one loss is called in one task."""

    feed: Feed
    per_sample: bool = True
    """Whether it has one value a sample, so that samples can be weighted."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that the task decides."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Arguments that the data decides."""


@dataclass(frozen=True)
class Known:
    """The tasks that a loss serves, and what to take in the task that it does not."""

    binary: Fed | None = None
    multiclass: Fed | None = None
    instead: str = ""
    note: str = ""
    """What its user should know beforehand."""


_DISTANCE = Known(Fed("probabilities"), Fed("class probabilities"))
_OVERLAP = Known(
    Fed("column", per_sample=False, fixed={"mode": "binary"}),
    Fed("logits", per_sample=False, fixed={"mode": "multiclass"}),
)

TORCH = {
    "BCELoss": Known(Fed("probabilities"), instead="CrossEntropyLoss"),
    "BCEWithLogitsLoss": Known(Fed("logits"), instead="CrossEntropyLoss"),
    "CrossEntropyLoss": Known(multiclass=Fed("logits"), instead="BCEWithLogitsLoss"),
    "HuberLoss": _DISTANCE,
    "L1Loss": _DISTANCE,
    "MSELoss": _DISTANCE,
    "MultiLabelSoftMarginLoss": Known(multiclass=Fed("one-hot"), instead="BCEWithLogitsLoss"),
    "MultiMarginLoss": Known(multiclass=Fed("logits"), instead="SoftMarginLoss"),
    "NLLLoss": Known(
        multiclass=Fed("log-probabilities"),
        instead="BCEWithLogitsLoss",
        note="the same as CrossEntropyLoss without smoothing",
    ),
    "SmoothL1Loss": _DISTANCE,
    "SoftMarginLoss": Known(
        Fed("signs"),
        instead="MultiMarginLoss",
        note="the same as BCEWithLogitsLoss, but infinite for a logit beyond 88 on the wrong side",
    ),
}

PYTORCH_OPTIMIZER = {
    "bcefocalloss": Known(Fed("probabilities"), instead="MulticlassFocalLoss"),
    "bceloss": Known(Fed("probabilities"), instead="CrossEntropyLoss"),
    "binarybitemperedlogisticloss": Known(Fed("column"), instead="bitemperedlogisticloss"),
    "bitemperedlogisticloss": Known(
        multiclass=Fed("logits"), instead="binarybitemperedlogisticloss"
    ),
    "diceloss": _OVERLAP,
    "focalcosineloss": Known(multiclass=Fed("logits"), instead="SigmoidFocalLoss"),
    "focalloss": Known(Fed("logits", per_sample=False), instead="MulticlassFocalLoss"),
    "focaltverskyloss": Known(Fed("logits", per_sample=False), instead="diceloss"),
    "jaccardloss": _OVERLAP,
    "ldamloss": Known(
        multiclass=Fed("logits", per_sample=False, facts={"num_class_list": "class_counts"}),
        instead="SigmoidFocalLoss",
        note="its margins follow from the training rows of each class",
    ),
    "lovaszhingeloss": Known(
        Fed("logits", per_sample=False, fixed={"per_image": False}), instead="jaccardloss"
    ),
    "softf1loss": Known(Fed("probabilities", per_sample=False), instead="diceloss"),
    "tverskyloss": Known(Fed("logits", per_sample=False), instead="diceloss"),
}

OURS: dict[str, tuple[type[nn.Module], Known]] = {
    "MulticlassFocalLoss": (
        MulticlassFocalLoss,
        Known(
            multiclass=Fed("logits", facts={"n_classes": "n_classes"}), instead="SigmoidFocalLoss"
        ),
    ),
    "SigmoidFocalLoss": (
        SigmoidFocalLoss,
        Known(Fed("logits"), instead="MulticlassFocalLoss"),
    ),
}

_PLAIN = "use BCEWithLogitsLoss for two classes, CrossEntropyLoss for more"
_MARGIN = "for a margin use SoftMarginLoss for two classes, MultiMarginLoss for more"
_LAST_LAYER = f"it holds the last layer itself, which the architecture has already; {_PLAIN}"

REFUSED = {
    "adaptivelogsoftmaxwithloss": _LAST_LAYER,
    "cosineembeddingloss": "it compares two rows with each other; near it comes focalcosineloss, "
    "for three classes or more",
    "ctcloss": f"it is for sequences of labels; {_PLAIN}",
    "gaussiannllloss": "it wants a variance for each row; on probabilities use MSELoss",
    "hingeembeddingloss": f"it wants a distance between two rows; {_MARGIN}",
    "kldivloss": f"between a label and a probability it is the cross-entropy; {_PLAIN}",
    "linearcrossentropyloss": _LAST_LAYER,
    "marginrankingloss": f"it ranks two rows against each other; {_MARGIN}",
    "multilabelmarginloss": "it is for rows with several labels; with one label it is "
    "MultiMarginLoss",
    "poissonnllloss": f"it is for counts, not for a label; {_PLAIN}",
    "tripletmarginloss": f"it compares three rows with each other; {_MARGIN}",
    "tripletmarginwithdistanceloss": f"it compares three rows with each other; {_MARGIN}",
}
"""Known to the libraries but not usable here, in lower case, with the reason."""
