"""Constraints: small conditions over parameter names, computed without `eval` in bounded time."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_EXPONENT = 64


class ExpressionError(ValueError):
    """An expression that is not a condition over parameters."""


@dataclass(frozen=True)
class Constraint:
    """A condition that every point keeps; `constants` are the names that are no parameters."""

    text: str
    constants: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @cached_property
    def _parsed(self) -> tuple[ast.expr, Mapping[str, str]]:
        return _parse(self.text)

    @property
    def names(self) -> frozenset[str]:
        """Every dotted or plain name in the text.

        **Raises**: ExpressionError if the text is not a condition.
        """
        return frozenset(self._parsed[1].values())

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the values keep the constraint; one that names an absent value holds.

        Arithmetic without a result (a division by zero, the log of a negative) does not hold.

        **Raises**: ExpressionError if the values are of a kind that cannot be compared.
        """
        known = {**self.constants, **values}
        tree, spelling = self._parsed
        if any(name not in known for name in spelling.values()):
            return True
        try:
            named = {placeholder: known[name] for placeholder, name in spelling.items()}
            return bool(_value(tree, named))
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ExpressionError):
                raise
            return False
        except TypeError as error:
            raise ExpressionError(f"{self.text!r} cannot be computed: {error}") from None


# Dotted names become plain ones before Python's parser sees them: `disco.lambda` is a fine key.
_WORD = re.compile(
    r"""(?P<text>'[^'\\]*'|"[^"\\]*")"""
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
)
_RESERVED = frozenset({"and", "or", "not", "in", "True", "False", "None", "true", "false", "null"})
_YAML_WORDS = {"true": "True", "false": "False", "null": "None"}


def _parse(text: str) -> tuple[ast.expr, Mapping[str, str]]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH} characters")
    spelling: dict[str, str] = {}
    prepared = _WORD.sub(lambda word: _placeholder(word, spelling), text.strip())
    try:
        tree = ast.parse(prepared, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"{text!r} is not a condition{_hint(text)}") from None
    _check(tree, text, 0)
    if not isinstance(tree, ast.Compare | ast.BoolOp) and not _is_not(tree):
        raise ExpressionError(f"{text!r} is not a condition; compare it with something")
    if not spelling:
        raise ExpressionError(f"{text!r} names no parameter")
    return tree, spelling


def _placeholder(word: re.Match[str], spelling: dict[str, str]) -> str:
    name = word["name"]
    if name is None:
        return word[0]
    if name in _RESERVED:
        return _YAML_WORDS.get(name, name)
    if name in _FUNCTIONS and re.match(r"\s*\(", word.string[word.end() :]):
        return name
    placeholder = f"_{len(spelling)}"
    spelling[placeholder] = name
    return placeholder


def _hint(text: str) -> str:
    lone = re.search(r"(?<![=<>!])=(?!=)", text)
    return "; write == to compare" if lone else "; e.g. model.width % model.heads == 0"


def _is_not(tree: ast.expr) -> bool:
    return isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)


_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, box: item in box,
    ast.NotIn: lambda item, box: item not in box,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "len": len,
    "log": math.log,
    "sqrt": math.sqrt,
}


def _check(node: ast.AST, text: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ExpressionError("is nested too deeply")
    if not _allowed(node):
        raise ExpressionError(
            f"{text!r}: only names, numbers, text, lists, + - * / // % **, comparisons, "
            f"in, and, or, not, {', '.join(_FUNCTIONS)} can be used"
        )
    inner = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in inner:
        if not isinstance(child, ast.operator | ast.cmpop | ast.boolop | ast.unaryop | ast.Load):
            _check(child, text, depth + 1)


def _allowed(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        return named and bool(node.args) and not node.keywords
    if isinstance(node, ast.BinOp):
        return type(node.op) in _BINARY or isinstance(node.op, ast.Pow)
    if isinstance(node, ast.UnaryOp):
        return type(node.op) in _UNARY or isinstance(node.op, ast.Not)
    if isinstance(node, ast.Compare):
        return all(type(sign) in _COMPARE for sign in node.ops)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float | str | None)
    return isinstance(node, ast.BoolOp | ast.Name | ast.List | ast.Tuple)


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    return _EVALUATE[type(node)](node, names)


def _boolean(node: Any, names: Mapping[str, Any]) -> bool:
    parts = (bool(_value(part, names)) for part in node.values)
    return all(parts) if isinstance(node.op, ast.And) else any(parts)


def _compare(node: Any, names: Mapping[str, Any]) -> bool:
    left = _value(node.left, names)
    for sign, side in zip(node.ops, node.comparators, strict=True):
        right = _value(side, names)
        if not _COMPARE[type(sign)](left, right):
            return False
        left = right
    return True


def _unary(node: Any, names: Mapping[str, Any]) -> Any:
    inner = _value(node.operand, names)
    return not inner if isinstance(node.op, ast.Not) else _UNARY[type(node.op)](_number(inner))


def _binary(node: Any, names: Mapping[str, Any]) -> Any:
    left, right = _number(_value(node.left, names)), _number(_value(node.right, names))
    if not isinstance(node.op, ast.Pow):
        return _BINARY[type(node.op)](left, right)
    if abs(right) > MAX_EXPONENT or abs(left) > 1e12:
        raise OverflowError("the power is too large")
    power = left**right
    return _number(power)


def _number(value: Any) -> float:
    # text and lists know + * and % too, and "a" * 10**9 must not be built
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return value


def _call(node: Any, names: Mapping[str, Any]) -> Any:
    return _FUNCTIONS[node.func.id](*(_value(argument, names) for argument in node.args))


def _items(node: Any, names: Mapping[str, Any]) -> list[Any]:
    return [_value(item, names) for item in node.elts]


_EVALUATE: Mapping[type[ast.AST], Callable[[Any, Mapping[str, Any]], Any]] = {
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Call: _call,
    ast.List: _items,
    ast.Tuple: _items,
    ast.Constant: lambda node, _names: node.value,
    ast.Name: lambda node, names: names[node.id],
}
