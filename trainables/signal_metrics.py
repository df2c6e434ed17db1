"""The numbers that a `signal` trial reports, and which of them a config leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from trainables.contract import Metric

_TWO = "; of two classes only"

_OF_A_LOSS = ("loss", "disco", "data.class_weights", "data.weight_in_loss")
"""What changes the scale of a loss: what is counted, and how much each row counts."""

_ALWAYS: dict[str, Metric] = {
    "val_auc": Metric(
        "max",
        "area under the ROC curve, weighted; of several classes each against the rest, on average",
    ),
    "val_accuracy": Metric("max", "share of the weight whose most probable class is the right one"),
    "val_f1": Metric("max", "F1 of the most probable class, averaged by the weight of each class"),
    "val_loss": Metric(
        "min", "mean loss on the validation part, disco.lambda x val_disco in it", _OF_A_LOSS
    ),
    "train_loss": Metric(
        "min",
        "mean loss over the training batches; for looking at, not for judging",
        _OF_A_LOSS,
    ),
}

_OF_TWO_CLASSES: dict[str, Metric] = {
    **{
        f"val_rejection_{percent}": Metric(
            "max", f"background rejection 1/FPR at {percent} % signal efficiency{_TWO}"
        )
        for percent in (30, 50, 70, 80)
    },
    "val_significance": Metric(
        "max", f"largest Asimov significance over 200 cuts{_TWO}", ("significance",)
    ),
}

OF_SCULPTING: dict[str, Metric] = {
    "val_jsd": Metric(
        "min",
        "Jensen-Shannon divergence in bits between the shapes of the background that passes and "
        f"that fails the cut at sculpting.efficiency, in sculpting.variable{_TWO}",
        ("sculpting",),
    ),
    "val_inverse_jsd": Metric("max", f"1 / val_jsd{_TWO}", ("sculpting",)),
    "val_dcor": Metric(
        "min",
        "squared distance correlation of the score's rank with sculpting.variable, on up to 2000 "
        f"background events{_TWO}",
        ("sculpting",),
    ),
}

OF_DISCO: dict[str, Metric] = {
    "val_disco": Metric(
        "min",
        "what disco.lambda multiplies in val_loss, on up to 2000 events of disco.classes",
        ("disco",),
    ),
    "train_disco": Metric("min", "what disco.lambda multiplies in train_loss", ("disco",)),
}

METRICS: dict[str, Metric] = {
    **{name: _ALWAYS[name] for name in ("val_auc", "val_accuracy", "val_f1")},
    **_OF_TWO_CLASSES,
    **OF_SCULPTING,
    **OF_DISCO,
    **{name: _ALWAYS[name] for name in ("val_loss", "train_loss")},
}


def unreported(n_classes: int, has_disco: bool, has_sculpting: bool) -> Mapping[str, str]:
    """Metrics that are left out, each with the reason."""
    reasons: dict[str, str] = {}
    if not has_disco:
        reasons |= dict.fromkeys(OF_DISCO, "it needs the section disco")
    if not has_sculpting:
        message = "it needs sculpting.variable, the column that it is measured in"
        reasons |= dict.fromkeys(OF_SCULPTING, message)
    if n_classes > 2:
        message = f"it is defined for two classes, and there are {n_classes}"
        reasons |= dict.fromkeys({**_OF_TWO_CLASSES, **OF_SCULPTING}, message)
    return reasons
