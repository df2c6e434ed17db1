"""Builds plain data from the events of one YAML document, within fixed bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import yaml

from search.errors import Place, Problem
from search.text.documents import Key, spelled
from search.text.yaml_scalars import SMART_QUOTES, ScalarError, plain_value

Event = Any
"""An event of PyYAML; which attributes it has depends on its class, which the code asks for."""

MAX_DEPTH = 32
MAX_NODES = 10_000

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_STANDARD_TAG = "tag:yaml.org,2002:"


class Fatal(Exception):
    """A problem after which the rest of the document cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class _Anchor:
    value: Any = None
    nodes: int = 0
    finished: bool = False


@dataclass
class NodeReader:
    """Reads one document; `places` and `problems` are filled on the way."""

    file: str
    places: dict[Key, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _anchors: dict[str, _Anchor] = field(default_factory=dict)
    _nodes: int = 0

    def document(self, events: Iterable[Event]) -> Any:
        """The data of the only document; None if there is none.

        **Raises**: Fatal where a bound is passed or a second document starts.
        """
        stream = iter(events)
        data = None
        documents = 0
        for event in stream:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "a second YAML document starts here; only one is allowed"
                    raise Fatal(Problem(self._place(event), "", message))
                first = next(stream)
                self.places[()] = self._place(first)
                data = self._node(first, stream, ())
        return data

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _say(self, event: Event, key: Key, message: str) -> None:
        self.problems.append(Problem(self._place(event), spelled(key), message))

    def _count(self, event: Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            message = "the file expands to more than 10 000 values"
            raise Fatal(Problem(self._place(event), "", message))

    def _node(self, event: Event, stream: Iterator[Event], key: Key) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, key)
        if len(key) > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise Fatal(Problem(self._place(event), "", message))
        self._count(event, 1)
        self._check_tag(event, key)
        before = self._nodes
        anchor = _Anchor()
        if event.anchor:
            self._anchors[event.anchor] = anchor
        anchor.value = self._content(event, stream, key)
        anchor.nodes = self._nodes - before + 1
        anchor.finished = True
        return anchor.value

    def _content(self, event: Event, stream: Iterator[Event], key: Key) -> Any:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(stream, key)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(stream, key)
        return self._scalar(event, key)

    def _alias(self, event: Event, key: Key) -> Any:
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            message = f"*{event.anchor} refers to an anchor &{event.anchor} that is not above it"
            self._say(event, key, f"{message}; put text that starts with * in quotes")
            return None
        if not anchor.finished:
            message = f"the anchor &{event.anchor} contains itself"
            raise Fatal(Problem(self._place(event), spelled(key), message))
        self._count(event, anchor.nodes)
        if len(key) + _depth(anchor.value) > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise Fatal(Problem(self._place(event), "", message))
        return deepcopy(anchor.value)

    def _check_tag(self, event: Event, key: Key) -> None:
        tag = event.tag
        if tag is not None:
            name = tag.replace(_STANDARD_TAG, "!!")
            self._say(event, key, f"YAML tags are not allowed (found {name})")

    def _list(self, stream: Iterator[Event], key: Key) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(stream), yaml.SequenceEndEvent):
            item = (*key, len(items))
            self.places[item] = self._place(event)
            items.append(self._node(event, stream, item))
        return items

    def _mapping(self, stream: Iterator[Event], key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(stream), yaml.MappingEndEvent):
            name = self._name(event, stream, key)
            inner = (*key, name)
            if name in found:
                first, second = self.places[inner].line, self._place(event).line
                message = f"{name!r} is defined twice: line {first} and line {second}"
                self._say(event, key, message)
            else:
                self.places[inner] = self._place(event)
            found[name] = self._node(next(stream), stream, inner)
        return found

    def _name(self, event: Event, stream: Iterator[Event], key: Key) -> str:
        known = len(self.problems)
        value = self._node(event, stream, (*key, "?"))
        if not isinstance(value, str) and len(self.problems) == known:
            shown = getattr(event, "value", "a list or a mapping")
            self._say(event, key, f"the key {shown} is not text; put it in quotes")
        elif value == "<<":
            self._say(event, key, "merge keys (<<) are not supported; write the keys out")
        return value if isinstance(value, str) else repr(value)

    def _scalar(self, event: Event, key: Key) -> Any:
        text: str = event.value
        plain = event.implicit[0]
        if plain and text[:1] and text[0] in SMART_QUOTES:
            self._say(event, key, f"{text[0]} is a typographic quote; use \" or '")
        if variable := _VARIABLE.search(text):
            message = f"{variable[0]} would stay as it is, variables are not expanded"
            self._say(event, key, f"{message}; write the value")
        if _UNUSABLE.search(text):
            self._say(event, key, "the text contains a character that cannot be stored")
            return ""
        try:
            return plain_value(text) if plain else text
        except ScalarError as error:
            self._say(event, key, str(error))
            return 0


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((1 + _depth(item) for item in inner), default=0)
