"""Puts searched values into the base config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from trainables.contract import TrialConfig

Arguments = Callable[[str, str], frozenset[str] | None]
"""From a section and the name of its component to the arguments that this component takes."""


def put(config: dict[str, Any], key: str, value: Any) -> None:
    """Set one dotted key, making the mappings on the way where there are none."""
    *above, last = key.split(".")
    for part in above:
        if not isinstance(config.get(part), dict):
            config[part] = {}
        config = config[part]
    config[last] = value


def look(config: Any, key: str) -> Any:
    """The value of a dotted key; KeyError if the config has none."""
    for part in key.split("."):
        if not isinstance(config, dict):
            raise KeyError(key)
        config = config[part]
    return config


def resolve(
    base: Mapping[str, Any], values: Mapping[str, Any], config_class: type[TrialConfig]
) -> dict[str, Any]:
    """The config of one trial: the base with the searched values, as plain nested data.

    Where a value chooses another component than the base names, the base's arguments that the
    chosen one does not take are left out. Searched values always stay.
    """
    return resolve_with(base, values, config_class.arguments)


def resolve_with(
    base: Mapping[str, Any], values: Mapping[str, Any], arguments: Arguments
) -> dict[str, Any]:
    """Like `resolve`, for any source of what a component takes."""
    config = deepcopy(dict(base))
    # A block comes before the keys inside it; a name goes first, so that it clears old arguments.
    names_first = sorted(values, key=lambda key: (key.count("."), not key.endswith(".name"), key))
    for key in names_first:
        section, _, last = key.rpartition(".")
        if section and last == "name":
            _drop_foreign(config, section, values[key], arguments)
        put(config, key, deepcopy(values[key]))
    return config


def _drop_foreign(config: dict[str, Any], section: str, name: Any, arguments: Arguments) -> None:
    try:
        block = look(config, section)
    except KeyError:
        return
    if not isinstance(block, dict) or block.get("name", name) == name or not isinstance(name, str):
        return
    taken = arguments(section, name)
    if taken is not None:
        for argument in [own for own in block if own != "name" and own not in taken]:
            del block[argument]
