"""Secrets, kept out of everything that is printed, logged, recorded and tracked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from search.flat import flatten

MASK = "***"

_SECRET = re.compile(r"(?i)secret|passw|api_?key|credential")
_TOKEN = re.compile(r"(?i)token$")
"""The last word of a key. `n_tokens`, `tokenizer` and `token_mixing` are no secrets, but how models
are built."""

_PASSWORD = re.compile(r"""(?<=://)([^/\s:@"',]*):([^\s"',]+)@""")
_USER = re.compile(r"""(?<=://)([^/\s:@"',]{16,})@""")
_QUERY = re.compile(r"(?i)([?&][\w-]*(?:token|secret|passw|key|sig)[\w-]*)=([^&\s\"',]+)")
"""In an address: a password, up to the last `@` since it may hold one; a user so long that it is a
token; a key or a signature that follows the path."""

_VALUE = r"""("[^"]*"|'[^']*'|[^\s,}\]#]+)"""
_WRITTEN = re.compile(rf"""([\w.-]+)(["']?\s*:\s+){_VALUE}""")
_GIVEN = re.compile(rf"([\w.-]+)(=){_VALUE}")
"""`key: value` in a YAML file, and `key=value` where a sentence quotes a command line."""

_HIDDEN = re.compile(rf"://\S*{re.escape(MASK)}@|[?&][\w-]+={re.escape(MASK)}")
_FOUND = re.compile(r"found .*")

SHORTEST = 4
"""A shorter text is found in innocent words, so that it is hidden only where its key is written."""


def is_secret(key: str, value: Any = "") -> bool:
    """Whether what stands under a key must never be shown; a number is no token."""
    last = key.rpartition(".")[2]
    return bool(_SECRET.search(last) or (_TOKEN.search(last) and isinstance(value, str)))


def masked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data with every secret in it replaced."""
    return {key: _masked_value(str(key), value) for key, value in data.items()}


def masked_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Text without the passwords in addresses and without these secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _PASSWORD.sub(rf"\1:{MASK}@", text)
    text = _USER.sub(f"{MASK}@", text)
    return _QUERY.sub(rf"\1={MASK}", text)


def masked_yaml(text: str, secrets: Iterable[str] = ()) -> str:
    """A YAML file without these secrets, and without those that its own keys tell."""
    return masked_text(_WRITTEN.sub(_masked_pair, text), secrets)


def masked_word(word: str) -> str:
    """A word of a command line, without the secret in its `key=value`."""
    key, equals, value = word.partition("=")
    return f"{key}={MASK}" if equals and is_secret(key, value) else masked_text(word)


def masked_complaint(key: str, text: str) -> str:
    """What is wrong under a key; of a secret one, what was found there is not repeated."""
    text = masked_text(_GIVEN.sub(_masked_pair, text))
    return _FOUND.sub(f"found {MASK}", text) if is_secret(key) else text


def unmasked(data: Mapping[str, Any], real: Mapping[str, Any]) -> dict[str, Any]:
    """Masked data with its secrets put back, as far as the other data has them."""
    return {key: _unmasked_value(str(key), value, real.get(key)) for key, value in data.items()}


def hidden_in(data: Mapping[str, Any]) -> list[str]:
    """The dotted keys whose secrets are lost."""
    return [key for key, value in flatten(data).items() if _is_hidden(value)]


def secrets_of(data: Mapping[str, Any]) -> frozenset[str]:
    """The secrets in plain data that are long enough to be found in other text."""
    return frozenset(text for text in _secrets(data) if len(text) >= SHORTEST and text != MASK)


def _unmasked_value(key: str, value: Any, real: Any) -> Any:
    if _masked_value(key, real) == value:
        return real
    both = isinstance(value, Mapping) and isinstance(real, Mapping)
    return unmasked(value, real) if both else value


def _is_hidden(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_hidden(item) for item in value)
    return isinstance(value, str) and (value == MASK or bool(_HIDDEN.search(value)))


def _masked_value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _everything(value) if is_secret(key, value) else masked(value)
    if isinstance(value, list | tuple):
        return [_masked_value(key, item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if is_secret(key, value):
        return MASK
    return masked_text(value) if isinstance(value, str) else value


def _everything(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _everything(value) if isinstance(value, Mapping) else value and MASK
        for key, value in data.items()
    }


def _masked_pair(found: re.Match[str]) -> str:
    key, between, value = found.groups()
    return f"{key}{between}{MASK}" if is_secret(key, value) else found[0]


def _secrets(data: Mapping[str, Any], inside: bool = False) -> Iterator[str]:
    for key, value in data.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            hidden = inside or is_secret(str(key), item)
            if isinstance(item, Mapping):
                yield from _secrets(item, hidden)
            elif isinstance(item, str):
                yield from [item] if hidden else (p for _, p in _PASSWORD.findall(item))
