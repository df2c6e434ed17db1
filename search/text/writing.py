"""How plain data is written so that `yaml_file` reads the same data again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from search.text.yaml_scalars import SMART_QUOTES, ScalarError, plain_value


class _Dumper(yaml.SafeDumper):
    """Quotes also the texts that are numbers in YAML 1.2 alone, such as `1e-3` and `08`."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if "\n" in text or _stays_text(text) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _stays_text(text: str) -> bool:
    if text.startswith(tuple(SMART_QUOTES)):
        return False
    try:
        return isinstance(plain_value(text), str)
    except ScalarError:
        return False


_Dumper.add_representer(str, _write_text)


def as_yaml(data: Mapping[str, Any]) -> str:
    """A mapping as YAML, its keys in their order."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
