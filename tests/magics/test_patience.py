"""Questions that nobody waits long for."""

from __future__ import annotations

import threading

import pytest

from sm_magic.magics.patience import Patience


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon."""
    return Clock()


def test_an_answer_holds_for_its_age(clock):
    """Then it is asked again."""
    patience, asked = Patience(10, age=60, clock=clock), []

    def ask() -> tuple[str, ...]:
        asked.append(clock.now)
        return (str(len(asked)),)

    found = []
    for clock.now in (0.0, 59.0, 61.0):
        found += patience.ask("k", ask)

    assert found == ["1", "1", "2"]
    assert asked == [0.0, 61.0]


def test_a_failure_is_nothing_and_is_asked_again_soon(clock):
    """Whatever was raised; what was known before counts no more, for it may be somebody else's by now."""
    patience, asked = Patience(10, clock=clock), []

    def ask() -> tuple[str, ...]:
        asked.append(clock.now)
        raise RuntimeError

    for clock.now in (0.0, 5.0, 11.0):
        assert patience.ask("k", ask) == ()
    assert asked == [0.0, 11.0]


def test_what_is_known_counts_while_it_is_asked_again(clock):
    """A slow second answer does not take the first away."""
    patience, go = Patience(0.01, age=60, clock=clock), threading.Event()
    answered = Patience(10, age=60, clock=clock)
    answered.ask("k", lambda: ("old",))
    patience._answers.update(answered._answers)

    clock.now = 61.0

    assert patience.ask("k", lambda: ("new",) if go.wait(20) else ()) == ("old",)
    go.set()


def test_a_question_that_hangs_is_given_up_for_dead(clock):
    """After a minute another thread asks."""
    patience, go, asked = Patience(0.0, clock=clock), threading.Event(), []

    def ask() -> tuple[str, ...]:
        asked.append(clock.now)
        go.wait(20)
        return ()

    for clock.now in (0.0, 30.0, 61.0):
        patience.ask("k", ask)
    go.set()

    assert asked == [0.0, 61.0]


def test_a_question_is_waited_for_seven_tenths_of_a_second_in_all(clock):
    """By the clock, however often it is asked, and whether or not it is answered at last."""
    waits, go = [], threading.Event()

    def wait(done: threading.Event, seconds: float) -> None:
        waits.append(seconds)
        clock.now += seconds

    patience = Patience(clock=clock, wait=wait)

    def ask() -> tuple[str, ...]:
        go.wait(20)
        return ("late",)

    assert patience.ask("k", ask) == ()
    assert (waits, clock.now) == ([0.7], 0.7)
    for clock.now in (0.7, 5.0, 59.0):
        assert patience.ask("k", ask) == ()
    assert waits == [0.7, 0.0, 0.0, 0.0]
    go.set()


def test_who_comes_later_waits_for_the_rest(clock):
    """Of the same 0.7 s."""
    waits, go = [], threading.Event()
    patience = Patience(clock=clock, wait=lambda done, seconds: waits.append(seconds))

    for clock.now in (0.0, 0.5, 0.9):
        patience.ask("k", lambda: ("late",) if go.wait(20) else ())
    go.set()

    assert waits == [0.7, pytest.approx(0.2), 0.0]


def test_no_more_is_kept_than_so_many(clock):
    """A session may see many endpoints."""
    patience = Patience(10, age=1, clock=clock)
    for number in range(1000):
        clock.now = float(number)
        patience.ask(number, lambda: ())

    assert len(patience._questions) <= 202
