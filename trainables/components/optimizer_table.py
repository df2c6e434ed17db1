"""Which optimizers of the libraries cannot be used here, and why."""

from __future__ import annotations

from collections.abc import Mapping

_NEEDS_GROUPS = "it must be told which weights are hidden matrices, which a config cannot say"
_NEEDS_MODEL = "it takes the whole model in place of its parameters"
_NEEDS_CURVATURE = "it needs gradients of gradients (backward with create_graph=True)"
_NON_COMMERCIAL = "its licence is CC BY-NC-SA 4.0, which forbids commercial use"
_UNSAFE_STATE = "its state holds Python objects, which a checkpoint that is safe to load cannot"
_TWO_STEPS = "it takes two gradients at two places for each step, and a trial takes one"
_MANY_LOSSES = "it weighs the gradients of several losses against each other, and there is one"
_WRAPS = "it wraps another optimizer, whose learning rate a config could not reach"
_ONLY_2D = "it takes matrices only, and every network here has biases"

REFUSED = {
    "adago": _NEEDS_GROUPS,
    "adahessian": _NEEDS_CURVATURE,
    "adalomo": _NEEDS_MODEL,
    "adammini": _NEEDS_MODEL,
    "adamuon": _NEEDS_GROUPS,
    "adashift": _UNSAFE_STATE,
    "bsam": "after a restart it goes on differently than without one",
    "conda": _UNSAFE_STATE,
    "demo": "it needs a process group and the package einops",
    "distributedmuon": _NEEDS_GROUPS,
    "friendlysam": _TWO_STEPS,
    "fromage": _NON_COMMERCIAL,
    "gsam": _TWO_STEPS,
    "lomo": _NEEDS_MODEL,
    "lookahead": f"{_WRAPS}; ranger has it built in",
    "looksam": _TWO_STEPS,
    "magma": _WRAPS,
    "muon": _NEEDS_GROUPS,
    "muonclip": _NEEDS_GROUPS,
    "nero": _NON_COMMERCIAL,
    "normuon": _NEEDS_GROUPS,
    "orthograd": _WRAPS,
    "pcgrad": _MANY_LOSSES,
    "rotograd": _MANY_LOSSES,
    "safefp16optimizer": f"{_WRAPS}; half precision is trainer.precision: 16-mixed",
    "sam": _TWO_STEPS,
    "scalableshampoo": _UNSAFE_STATE,
    "schedulefreewrapper": f"{_WRAPS}; name schedulefreeadamw, -radam or -sgd itself",
    "scion": _UNSAFE_STATE,
    "scionlight": _UNSAFE_STATE,
    "sophiah": _NEEDS_CURVATURE,
    "sparseadam": "it takes sparse gradients only, which no network here has",
    "spectralsphere": _ONLY_2D,
    "trac": _WRAPS,
    "wsam": _TWO_STEPS,
}
"""Known to the libraries but not usable here, in lower case, with the reason."""

NOTES: Mapping[str, str] = {
    "fadam": "fails with trainer.precision: 64",
    "radam": "moves nothing in its first five steps",
    "schedulefreeradam": "moves nothing in its first five steps",
}
"""What a user should know beforehand, by the names of pytorch_optimizer."""
