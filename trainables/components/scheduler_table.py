"""What is known of the schedulers of the libraries: refused, stretched over the fit, moved when."""

from __future__ import annotations

from collections.abc import Mapping

from trainables.components.warmups import WARMUPS

CONSTANT = "none"
PLATEAU = "ReduceLROnPlateau"

RATE_KEEPERS = (CONSTANT, PLATEAU)
"""Schedulers that leave a learning rate where it was put."""

_NEEDS_FUNCTION = "it needs a function, which a config cannot hold; the four warm-ups have theirs"
_NEEDS_SCHEDULERS = "it is built from other schedulers; name one scheduler"

REFUSED = {
    "chainedscheduler": _NEEDS_SCHEDULERS,
    "deberta_v3_large_lr_scheduler": "it groups the weights of one model, DeBERTa",
    "lambdalr": _NEEDS_FUNCTION,
    "multiplicative": _NEEDS_FUNCTION,
    "multiplicativelr": _NEEDS_FUNCTION,
    "poly": "its rate rises with a power of the steps, beyond its own max_lr; PolynomialLR falls",
    "proportion": _NEEDS_SCHEDULERS,
    "sequentiallr": f"{_NEEDS_SCHEDULERS}; a warm-up and a decay in one is CosineWarmup",
    "swalr": "it is for averaging weights over epochs, which no trial does",
}
"""Known to the libraries but not usable here, in lower case, with the reason."""

UNREGISTERED: Mapping[str, tuple[str, ...]] = {
    "torch.optim.lr_scheduler": ("SWALR",),
    "pytorch_optimizer": ("deberta_v3_large_lr_scheduler",),
}
"""What the libraries have elsewhere than where the others lie, all of it refused."""

WHOLE = 1.0

HORIZONS: Mapping[str, Mapping[str, float]] = {
    "CosineAnnealingLR": {"T_max": WHOLE},
    "CosineAnnealingWarmRestarts": {"T_0": 0.25},
    "CyclicLR": {"step_size_up": 0.1},
    "LinearLR": {"total_iters": WHOLE},
    "OneCycleLR": {"total_steps": WHOLE},
    "PolynomialLR": {"total_iters": WHOLE},
    "chebyshev": {"num_epochs": WHOLE},
    "cosine": {"t_max": WHOLE},
    "cosine_annealing": {"T_max": WHOLE},
    "cosine_annealing_with_warm_restart": {"T_0": 0.25},
    "cosine_annealing_with_warmup": {"first_cycle_steps": WHOLE},
    "cyclic": {"step_size_up": 0.1},
    "linear": {"t_max": WHOLE},
    "one_cycle": {"total_steps": WHOLE},
    "rex": {"total_steps": WHOLE},
    "warmup_stable_decay": {
        "num_warmup_steps": 0.05,
        "num_stable_steps": 0.75,
        "num_decay_steps": 0.2,
    },
}
"""Arguments that are filled in when left out: a share of all epochs (or steps, by the interval)."""

EVERY_STEP = frozenset(WARMUPS) | {
    "CyclicLR",
    "OneCycleLR",
    "cosine",
    "cosine_annealing_with_warmup",
    "cyclic",
    "linear",
    "one_cycle",
    "rex",
    "warmup_stable_decay",
}
"""Schedulers that move with every optimizer step unless the config says otherwise.

Those of pytorch_optimizer begin with a rate of zero, which must not last for an epoch.
"""

NOTES: Mapping[str, str] = {
    "chebyshev": "jumps between the rate and twenty times the rate",
}
"""What a user should know beforehand."""
