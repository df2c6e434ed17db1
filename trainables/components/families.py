"""Groups of names that make a good list of options: `optimizer.name: {family: adaptive}`.

Every name stands alone: it needs no argument of its own, it takes those that its section usually
has (`lr` and `weight_decay` for an optimizer), and no two of a family are one class. A scheduler
of a family follows `optimizer.lr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Names of one section that belong together."""

    names: tuple[str, ...]
    about: str
    """What they share, and why these."""


OPTIMIZERS: Mapping[str, Family] = {
    "default": Family(
        ("AdamW", "NAdam", "adan", "lion", "Adafactor"),
        "good without tuning",
    ),
    "adaptive": Family(
        (
            "Adam",
            "AdamW",
            "NAdam",
            "RAdam",
            "Adamax",
            "RMSprop",
            "adabelief",
            "adamp",
            "adan",
            "ademamix",
            "adopt",
            "laprop",
            "stableadamw",
            "yogi",
        ),
        "the gradient divided by the root of its running square",
    ),
    "sgd": Family(
        ("SGD", "accsgd", "aggmo", "pid", "pnm", "qhm", "sgdp", "sgdsai", "sgdw"),
        "one rate for all weights, with momentum of some kind; they want larger rates",
    ),
    "sign": Family(
        ("lion", "signsgd", "tiger"),
        "steps of one size, by the sign of a running gradient; they want smaller rates",
    ),
    "schedule_free": Family(
        ("schedulefreeadamw", "schedulefreeradam", "schedulefreesgd"),
        "an average of the weights in place of a falling rate; leave the scheduler at none",
    ),
    "rate_free": Family(
        ("dadaptadagrad", "dadaptadam", "dadaptadan", "dadaptsgd", "prodigy"),
        "they find the rate themselves; `lr` multiplies it and is best left at 1",
    ),
    "second_order": Family(
        ("kron", "shampoo", "soap", "splus"),
        "gradients turned by the curvature of each matrix of weights; dear for wide layers",
    ),
    "memory_saving": Family(
        ("Adafactor", "adalite", "came", "galore"),
        "fewer numbers kept for each weight than Adam's two",
    ),
}

SCHEDULERS: Mapping[str, Family] = {
    "default": Family(
        ("none", "ReduceLROnPlateau", "CosineAnnealingLR", "CosineWarmup", "warmup_stable_decay"),
        "one of each kind: level, by the metric, falling, rising and falling, rising and level "
        "and falling",
    ),
    "warmup": Family(
        (
            "AttentionWarmup",
            "CosineWarmup",
            "LinearWarmup",
            "SqrtExpWarmup",
            "warmup_stable_decay",
        ),
        "a rise from nearly zero at the start",
    ),
    "decay": Family(
        ("CosineAnnealingLR", "PolynomialLR", "CosineWarmup", "warmup_stable_decay"),
        "a fall to nearly zero at the end of the fit",
    ),
}

LOSSES: Mapping[str, Family] = {
    "binary": Family(
        ("BCEWithLogitsLoss", "SigmoidFocalLoss", "MSELoss"),
        "for two classes: proper scores of a probability, and the focal loss; all take weights",
    ),
    "binary_overlap": Family(
        ("diceloss", "jaccardloss", "softf1loss", "tverskyloss"),
        "for two classes: the overlap of a whole batch with the truth; none takes weights",
    ),
    "multiclass": Family(
        ("CrossEntropyLoss", "MulticlassFocalLoss", "MSELoss"),
        "for more classes: proper scores of probabilities, and the focal loss; all take weights",
    ),
    "robust": Family(
        ("HuberLoss", "L1Loss", "MSELoss"),
        "for any number of classes: no sample costs more than a bound, for wrong labels",
    ),
}

FAMILIES: Mapping[str, Mapping[str, Family]] = {
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
}
"""The families of each section."""


def of(section: str) -> dict[str, tuple[str, ...]]:
    """The families of a section by name; `tight.optimizer` has those of `optimizer`."""
    known = FAMILIES.get(section.rpartition(".")[2], {})
    return {name: family.names for name, family in known.items()}
