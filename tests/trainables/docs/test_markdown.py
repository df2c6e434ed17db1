from __future__ import annotations

from trainables.docs import markdown


def test_a_bar_or_a_new_line_does_not_break_a_table() -> None:
    found = markdown.table(("a", "b"), [("x|y", 1), ("two\nlines", None)])
    assert found == "| a | b |\n| --- | --- |\n| x\\|y | 1 |\n| two lines | None |\n"


def test_a_page_says_that_it_is_made() -> None:
    assert "`make docs`" in markdown.page("Title", "text")


def test_arguments_stand_with_their_defaults() -> None:
    assert markdown.arguments({"lr": "0.1", "steps": ""}) == "`lr: 0.1`, `steps`"
