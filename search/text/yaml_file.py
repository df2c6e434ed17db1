"""Reads YAML strictly: one document, no tags, no key twice, bounded, each key with its place."""

from __future__ import annotations

import stat
from pathlib import Path

import yaml

from search.errors import Place, Problem, UserError, nearest, refuse
from search.text.documents import Document
from search.text.yaml_nodes import Fatal, NodeReader
from search.text.yaml_syntax import syntax_problem

MAX_BYTES = 1_000_000


def read(path: Path) -> Document:
    """The data of a YAML file with its places.

    **Raises**: UserError with every problem of the file.
    """
    document, problems = examine(path)
    if problems:
        raise UserError(problems)
    return document


def examine(path: Path) -> tuple[Document, list[Problem]]:
    """Like `read`, but problems that leave the rest readable are returned beside the data.

    **Raises**: UserError if the file cannot be opened or is not YAML.
    """
    return parse(path, _decoded(path, _bytes(path)))


def parse(path: Path, text: str) -> tuple[Document, list[Problem]]:
    """Like `examine`, for a text that is at hand; the path is only what errors say."""
    file = str(path)
    reader = NodeReader(file)
    try:
        data = reader.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except Fatal as error:
        raise UserError([*reader.problems, error.problem]) from None
    except yaml.MarkedYAMLError as error:
        raise UserError([*reader.problems, syntax_problem(file, text, error)]) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise refuse(file, "this is not valid YAML: an escaped character does not exist") from None
    return Document(path, data, reader.places), reader.problems


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refuse(str(path), f"is a directory; give a file{_example(path)}")
        if not stat.S_ISREG(status.st_mode):
            raise refuse(str(path), "is not a regular file")
        if status.st_size > MAX_BYTES:
            raise refuse(str(path), "the file is larger than 1 MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise refuse(str(path), f"no such file{nearest(str(path), _beside(path))}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(str(path), f"cannot be read: {reason}") from None


def _example(folder: Path) -> str:
    found = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    return f", e.g. {found[0]}" if found else ""


def _beside(path: Path) -> list[str]:
    if not path.parent.is_dir():
        return []
    return [str(found) for found in path.parent.iterdir() if found.suffix in (".yaml", ".yml")]


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _decoded(path: Path, data: bytes) -> str:
    if data.startswith(_UTF16):
        raise refuse(str(path), "the file is UTF-16 text; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError([_bad_byte(path, data, error.start)]) from None
    for offset, sign in enumerate(text):
        if not _printable(sign):
            raise UserError([_bad_sign(path, text, offset)])
    return text


def _printable(sign: str) -> bool:
    # YAML 1.2.2, production c-printable; its upper ranges are all that is left
    return (sign >= " " and sign != "\x7f") or sign in "\t\n\r"


def _bad_byte(path: Path, data: bytes, offset: int) -> Problem:
    before = data[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return Problem(
        Place(str(path), line, column),
        "",
        f"byte 0x{data[offset]:02x} at offset {offset}; the file must be UTF-8 text",
    )


def _bad_sign(path: Path, text: str, offset: int) -> Problem:
    before = text[:offset]
    size = len(before.encode())
    return Problem(
        Place(str(path), before.count("\n") + 1, offset - before.rfind("\n")),
        "",
        f"byte 0x{ord(text[offset]):02x} at offset {size}; the file must be UTF-8 text",
    )
