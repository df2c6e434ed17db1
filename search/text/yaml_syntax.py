"""How a syntax error of YAML is said in words that do not need the YAML grammar."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from search.errors import Place, Problem

CLOSING = {"[": "]", "{": "}"}


def syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The one problem of a text that is not YAML, at the spot where a user has to change it."""
    for explain in (_tab, _quote, _bracket, _second_colon, _known):
        problem = explain(file, text, error)
        if problem:
            return problem
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(_place(file, mark), "", f"this is not valid YAML: {said}")


def _place(file: str, mark: yaml.Mark | None) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def _line(text: str, mark: yaml.Mark) -> str:
    lines = text.splitlines()
    return lines[mark.line] if mark.line < len(lines) else ""


def _tab(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem | None:
    mark = error.problem_mark
    if mark is None or "'\\t'" not in (error.problem or ""):
        return None
    indent = not _line(text, mark)[: mark.column].strip()
    where = "is used for indentation" if indent else "stands between two words"
    return Problem(_place(file, mark), "", f"a tab {where}; use spaces")


def _quote(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem | None:
    mark = error.context_mark
    unclosed = "end of stream" in (error.problem or "") or "document separator" in (
        error.problem or ""
    )
    if mark is None or not unclosed or "quoted scalar" not in (error.context or ""):
        return None
    quote = _line(text, mark)[mark.column : mark.column + 1]
    return Problem(_place(file, mark), "", f"the quote {quote} opened here is never closed")


def _bracket(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem | None:
    mark = error.context_mark
    if mark is None or "flow" not in (error.context or ""):
        return None
    opened = _line(text, mark)[mark.column : mark.column + 1]
    if opened not in CLOSING:
        return None
    end = _partner(text, mark)
    if end is None:
        return Problem(_place(file, mark), "", f"'{opened}' opened here is never closed")
    line, column, closed = end
    if closed != CLOSING[opened]:
        return Problem(
            _place(file, mark),
            "",
            f"'{opened}' opened here is closed by '{closed}' in line {line}, column {column}",
        )
    found = _found(error.problem or "")
    return Problem(
        _place(file, error.problem_mark),
        "",
        f"expected ',' or '{CLOSING[opened]}' here{found}",
    )


def _found(problem: str) -> str:
    got = re.search(r"but got '(.+)'", problem)
    return f", found '{got[1]}'" if got and not got[1].startswith("<") else ""


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?:(?<=\s)|^)#.*|[\[\]{}]", re.M | re.S)


def _partner(text: str, mark: yaml.Mark) -> tuple[int, int, str] | None:
    """Line, column and sign of what closes the bracket at the mark; None if nothing does."""
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: mark.line])) + mark.column
    open_signs: list[str] = []
    for token in _TOKEN.finditer(text, start):
        sign = token[0]
        if sign in CLOSING:
            open_signs.append(sign)
        elif sign in ("]", "}"):
            opened = open_signs.pop()
            if not open_signs or CLOSING[opened] != sign:
                line = text.count("\n", 0, token.start()) + 1
                column = token.start() - text.rfind("\n", 0, token.start())
                return (line, column, sign) if not open_signs else None
    return None


def _second_colon(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem | None:
    mark = error.problem_mark
    if mark is None or "mapping values are not allowed" not in (error.problem or ""):
        return None
    before = _line(text, mark)[: mark.column]
    if ": " in before:
        message = "a second ':' in one value; put the text in quotes, or start a new line"
    else:
        message = (
            "this key does not fit the lines above: check the indentation, and that the line "
            "above is 'key: value' or 'key:'"
        )
    return Problem(_place(file, mark), "", message)


_WORDS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"found character '(.+)' that cannot start any token",
        lambda found: f"a text cannot start with {found[1]}; put it in quotes",
    ),
    (
        r"could not find expected ':'",
        lambda _: "this line is neither 'key: value' nor a list item; is a ':' missing above?",
    ),
    (
        r"expected <block end>, but found '([\]}])'",
        lambda found: f"'{found[1]}' closes a bracket that was never opened",
    ),
    (
        r"expected <block end>",
        lambda _: "this line does not fit the lines above: check the indentation and the '-' signs",
    ),
    (
        r"expected the node content, but found '(.+)'",
        lambda found: f"expected a value, found '{found[1]}'",
    ),
    (
        r"found unknown escape character '(.+)'",
        lambda found: f"\\{found[1]} means nothing in double quotes; use single quotes, or \\\\",
    ),
    (r"found undefined tag handle", lambda _: "YAML tags are not allowed"),
)


def _known(file: str, _text: str, error: yaml.MarkedYAMLError) -> Problem | None:
    for pattern, say in _WORDS:
        found = re.search(pattern, error.problem or "", re.S)
        if found:
            # where a ':' is missing, the line that lacks it is where the key began
            mark = error.context_mark if "':'" in pattern else error.problem_mark
            return Problem(_place(file, mark), "", say(found))
    return None
