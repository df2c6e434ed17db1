from __future__ import annotations

import threading

import pytest

from search.engine.ends import EarlyEnd, Limit, Reached
from search.exits import Exit


class Fixed:
    """A limit whose answer is known."""

    def __init__(self, answer: Reached | None) -> None:
        self.answer = answer

    def reached(self) -> Reached | None:
        return self.answer


class Broken:
    def reached(self) -> Reached | None:
        raise OSError("the disk does not answer")


def test_a_search_that_nobody_ends_goes_on() -> None:
    end = EarlyEnd()
    end.limits.append(Fixed(None))
    assert not end.stop_all()
    assert (end.reason, end.code) == (None, Exit.DONE)


def test_the_first_reason_stays() -> None:
    end = EarlyEnd()
    end.end_search("interrupted by SIGTERM", Exit.TERMINATED)
    end.end_search("the raylet died", Exit.INFRASTRUCTURE)
    assert end.stop_all()
    assert (end.reason, end.code) == ("interrupted by SIGTERM", Exit.TERMINATED)


def test_a_limit_that_is_reached_ends_the_search() -> None:
    end = EarlyEnd()
    end.limits += [Fixed(None), Fixed(Reached("no time is left", Exit.BUDGET))]
    assert end.stop_all()
    assert (end.reason, end.code) == ("no time is left", Exit.BUDGET)


def test_a_cause_that_shows_later_than_its_effect_is_waited_for() -> None:
    end, limit = EarlyEnd(), Fixed(None)
    end.limits.append(limit)
    assert not end.must_end_within(0.1)
    died = Reached("the raylet died", Exit.INFRASTRUCTURE)
    threading.Timer(0.1, lambda: setattr(limit, "answer", died)).start()
    assert end.must_end_within(60.0)
    assert end.reason == "the raylet died"


@pytest.mark.parametrize("beside", [None, Reached("no time is left", Exit.BUDGET)])
def test_a_limit_that_cannot_be_looked_at_hides_no_other(beside: Reached | None) -> None:
    end = EarlyEnd()
    limits: list[Limit] = [Broken(), Fixed(beside)]
    end.limits += limits
    assert end.stop_all() == (beside is not None)
