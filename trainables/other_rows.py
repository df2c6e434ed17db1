"""Notices that a training starts from weights that were trained on other rows.

Another cut of the table moves rows between its parts: what is validated on now may be what the
weights were trained on, and then the validation metrics say nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from typing import Any

from trainables.contract import Frozen

log = logging.getLogger(__name__)

CUT = (
    *("path", "table", "label", "positive", "classes"),
    *("val_fraction", "test_fraction", "split_seed", "max_rows"),
)
"""The keys of `data` that decide which rows there are, and which part each of them is in."""


def warn(checkpoint: Mapping[str, Any], data: Frozen, cut: Collection[str] = CUT) -> None:
    """Say which keys cut the table otherwise than where the checkpoint was trained, if it says."""
    config = checkpoint.get("hyper_parameters", {}).get("config", {})
    before, now = config.get("data", {}), data.model_dump(mode="json")
    changed = [
        f"data.{key} was {json.dumps(before[key])} and is {json.dumps(now[key])}"
        for key in cut
        if key in before and before[key] != now[key]
    ]
    if changed:
        log.warning(
            "the checkpoint was trained on other rows (%s): it may have seen the rows that are "
            "validated on now, and then their metrics flatter it; leave these keys as they were, "
            "or start without a checkpoint (checkpointing.load_checkpoint=null)",
            ", ".join(changed),
        )
