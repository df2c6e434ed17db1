"""Which optimizers of the libraries cannot be used here, and why."""

from __future__ import annotations

from collections.abc import Mapping

_NEEDS_MODEL = "it takes the whole model in place of its parameters"
_NEEDS_CURVATURE = "it needs gradients of gradients (backward with create_graph=True)"
_NON_COMMERCIAL = "its licence is CC BY-NC-SA 4.0, which forbids commercial use"
_UNSAFE_STATE = "its state holds Python objects, which a checkpoint that is safe to load cannot"
_TWO_STEPS = "it takes two gradients at two places for each step, and a trial takes one"
_MANY_LOSSES = "it weighs the gradients of several losses against each other, and there is one"
_WRAPS = "it wraps another optimizer, whose learning rate a config could not reach"
_ONLY_2D = "it takes matrices only, and every network here has biases"

REFUSED = {
    "adahessian": _NEEDS_CURVATURE,
    "adalomo": _NEEDS_MODEL,
    "adammini": _NEEDS_MODEL,
    "adashift": _UNSAFE_STATE,
    "bsam": "after a restart it goes on differently than without one",
    "conda": _UNSAFE_STATE,
    "demo": "it needs a process group and the package einops",
    "distributedmuon": "it needs a process group; muon is the same on one process",
    "friendlysam": _TWO_STEPS,
    "fromage": _NON_COMMERCIAL,
    "gsam": _TWO_STEPS,
    "lomo": _NEEDS_MODEL,
    "lookahead": f"{_WRAPS}; ranger has it built in",
    "looksam": _TWO_STEPS,
    "magma": _WRAPS,
    "muonclip": "it must be pointed at the queries and keys that it clips; muon is the rest of it",
    "nero": _NON_COMMERCIAL,
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
    "spectralsphere": _ONLY_2D,
    "trac": _WRAPS,
    "wsam": _TWO_STEPS,
}
"""Known to the libraries but not usable here, in lower case, with the reason."""

REFUSED_IN_TORCH = {
    "Muon": "it takes matrices only, and every network here has biases; muon takes both",
    "SparseAdam": "it takes sparse gradients only, which no network here has",
}
"""Those of torch.optim, exactly as they are written there."""

_MUON = "matrices but the head turn by `lr`, all other weights follow AdamW with `adamw_lr`"

NOTES: Mapping[str, str] = {
    "adago": _MUON,
    "adamuon": _MUON,
    "fadam": "fails with trainer.precision: 64",
    "muon": _MUON,
    "normuon": _MUON,
    "radam": "moves nothing in its first five steps",
    "schedulefreeradam": "moves nothing in its first five steps",
}
"""What a user should know beforehand, by the names of pytorch_optimizer."""
