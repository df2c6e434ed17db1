"""Whether a part of the events can be trained on and judged by."""

from __future__ import annotations

import numpy as np

from trainables.contract import ConfigError
from trainables.fake_factor.data_config import FakesData
from trainables.fake_factor.events import Events


def check_part(part: Events, name: str, data: FakesData) -> None:
    """Refuse a part in which a region has no data, no MC, or no fakes in sum, or no truth is known.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    for is_tight, region in ((True, "tight"), (False, "loose")):
        here = part.take(part.is_tight == is_tight)
        n_data, n_mc = int(here.is_data.sum()), int((~here.is_data).sum())
        if n_data == 0:
            message = f"there are no {region} data in the {name} part; {_counts(part)}"
            raise ConfigError("data.path", message)
        if data.is_data is not None and n_mc == 0:
            message = f"there is no {region} MC in the {name} part; {_counts(part)}"
            raise ConfigError("data.is_data", message)
        data_sum, mc_sum = (here.weights[here.is_data == own].sum() for own in (True, False))
        if data_sum <= mc_sum:
            message = (
                f"{data_sum:.6g} {region} data and {mc_sum:.6g} of MC in the {name} part leave no "
                "fakes; check the weights and what is data"
            )
            raise ConfigError("data.weight" if data.weight else "data.is_data", message)
    known = None if part.true_ff is None else np.isfinite(part.true_ff) & part.is_data
    if known is not None and not known.any():
        message = f"column {data.true_ff!r} is empty in all data of the {name} part"
        raise ConfigError("data.true_ff", message)


def _counts(part: Events) -> str:
    groups = {
        f"{'tight' if tight else 'loose'} {'data' if is_data else 'MC'}": int(
            ((part.is_tight == tight) & (part.is_data == is_data)).sum()
        )
        for tight in (True, False)
        for is_data in (True, False)
    }
    return "it has " + ", ".join(f"{number} {name}" for name, number in groups.items())
