"""F26, F27, F28: another space, other code, another package, a bad file; all before Ray starts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from search.exits import Exit
from tests.faults.given import Begin
from tests.faults.search_process import SearchProcess
from tests.faults.setup import Setup

pytestmark = pytest.mark.faults

Change = Callable[[SearchProcess], None]


def refused(search: SearchProcess, *options: str) -> str:
    """What a run says that must end with a refusal, without Ray."""
    search.start(*options)
    assert search.wait(Exit.BAD_INPUT) == Exit.BAD_INPUT, search.output()
    assert search.remnants.family.find("raylet") is None
    assert not search.remnants.family.folders
    return search.output()


def replaced(old: str, new: str) -> Change:
    def replace(search: SearchProcess) -> None:
        text = search.space.read_text()
        assert old in text
        search.space.write_text(text.replace(old, new))

    return replace


CHANGES: dict[str, tuple[Change, str]] = {
    "the space": (replaced("x: {float: [0.0, 1.0]}", "x: {float: [0.0, 2.0]}"), "x"),
    "the sampler": (replaced("startup_trials: 3", "startup_trials: 4"), "startup_trials was 3"),
    "the seed": (replaced("seed: 0", "seed: 1"), "seed was 0 and is 1"),
    "the base": (replaced("max_epochs: 8", "max_epochs: 9"), "max_epochs was 8 and is 9"),
}


@pytest.mark.row("F26", "space, sampler, seed or base changed before the resume")
@pytest.mark.parametrize("change", CHANGES)
def test_another_search_is_refused_with_the_difference(
    found_interrupted: SearchProcess, change: str
) -> None:
    do, said = CHANGES[change]
    do(found_interrupted)
    text = refused(found_interrupted, "--resume")
    assert said in text
    assert "--fresh" in text


@pytest.mark.row("F26", "the trainable's code changed before the resume")
def test_other_code_is_refused(found_interrupted: SearchProcess) -> None:
    change_manifest(found_interrupted, "inputs", "trainable", "0123")
    assert "trainable" in refused(found_interrupted, "--resume")


@pytest.mark.row("F27", "another version of a package")
def test_another_version_is_refused(found_interrupted: SearchProcess) -> None:
    change_manifest(found_interrupted, "versions", "ray", "1.0.0")
    assert "versions.ray was '1.0.0'" in refused(found_interrupted, "--resume")


def change_manifest(search: SearchProcess, section: str, key: str, value: str) -> None:
    """Let the search look as if it had been begun with something else."""
    with closing(sqlite3.connect(search.record)) as connection, connection:
        query = "SELECT value_json FROM study_system_attributes WHERE key = 'tune_run:manifest'"
        manifest = json.loads(connection.execute(query).fetchone()[0])
        assert key in manifest[section]
        manifest[section][key] = value
        update = "UPDATE study_system_attributes SET value_json = ? WHERE key = 'tune_run:manifest'"
        connection.execute(update, (json.dumps(manifest),))


BAD = {
    "tab": ("\tsearch: 1", ":1:1: "),
    "not closed": ("search: [1, 2", "space.yaml:1:"),
    "unknown key": ("trainable: x\nsearches: {}\n", "did you mean 'search'?"),
    "a tag": ("search: !!python/object/apply:os.system ['true']\n", "tag"),
    "empty": ("", "empty"),
}


@pytest.mark.row("F28", "five bad files through the command (40 more in test_bad_inputs.py)")
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_refused_with_its_place(begin: Begin, bad: str) -> None:
    search = begin(Setup())
    text, said = BAD[bad]
    search.space.write_text(text)
    assert said in refused(search)
