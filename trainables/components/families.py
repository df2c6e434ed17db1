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
        ("AdamW", "NAdam", "lion", "schedulefreeadamw", "soap"),
        "AdamW as the yardstick, and of four kinds (adaptive, sign, schedule_free, second_order) "
        "one that was among the best in `tests/benchmarks/optimizers.py`, all at rates between "
        "1e-3 and 1e-1 and in less than twice Adam's time",
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
            "exadam",
            "laprop",
            "stableadamw",
            "yogi",
        ),
        "the gradient divided by the root of its running square; rates from 1e-3 to 1e-1",
    ),
    "sgd": Family(
        ("SGD", "accsgd", "aggmo", "pnm", "sgdsai"),
        "one rate for all weights, each with its own momentum; rates from 0.1 to 1",
    ),
    "sign": Family(
        ("lion", "signsgd", "tiger"),
        "steps of one size, by the sign of a running gradient; rates from 1e-3 to 1e-2",
    ),
    "schedule_free": Family(
        ("schedulefreeadamw", "schedulefreeradam", "schedulefreesgd"),
        "an average of the weights in place of a falling rate; leave the scheduler at none",
    ),
    "rate_free": Family(
        ("dadaptadagrad", "dadaptadam", "dadaptsgd", "prodigy"),
        "they find the rate themselves; `lr` multiplies it, from 0.1 to 1",
    ),
    "second_order": Family(
        ("dash", "shampoo", "soap", "splus"),
        "gradients turned by the curvature of each matrix of weights; dear for wide layers; rates "
        "from 1e-2 to 1",
    ),
    "muon": Family(
        ("adago", "adamuon", "muon", "normuon"),
        "steps of matrices made orthogonal; three times Adam's time on small networks",
    ),
    "memory_saving": Family(
        ("Adafactor", "adalite", "came", "lion", "racs"),
        "at most about one number kept for each weight, where Adam keeps two",
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
