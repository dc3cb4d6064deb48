"""The history is bounded in calls and in bytes."""

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload, Request, Response
from sm_magic.records import History, digest
from sm_magic.result import UNREAD, Result
from sm_magic.settings import Settings


def call(size):
    """A request and its result, each with a body of that size."""
    request = Request(endpoint="e", payload=Payload(body=b"s" * size, content_type="text/plain"))
    response = Response(payload=Payload(body=b"r" * size, content_type="text/plain"), variant="v")
    return request, Result(request=request, response=response)


def test_bodies_give_way_to_digests_oldest_first():
    """What is beyond the limit keeps its facts and the digests of its bodies."""
    history = History()
    settings = Settings(history_bytes=100)

    for _ in range(3):
        history.add(*call(25), settings)

    first, *rest = history
    assert (first.result, first.request.payload) == (None, None)
    assert f"sha256:{hashlib.sha256(b's' * 25).hexdigest()}" == first.sent_digest
    assert f"sha256:{hashlib.sha256(b'r' * 25).hexdigest()}" == first.received_digest
    assert (first.sent, first.received, first.variant) == (25, 25, "v")
    assert all(record.result is not None for record in rest)


def test_the_oldest_calls_are_forgotten():
    """history_size bounds the list; the numbers go on."""
    history = History()

    for _ in range(5):
        history.add(*call(1), Settings(history_size=2))

    assert [record.number for record in history] == [4, 5]
    assert len(history) == 2


def test_the_last_result_stays_even_without_its_record():
    """sm_magic.last is the last answer, however large."""
    history = History()
    request, result = call(1000)

    history.add(request, result, Settings(history_bytes=0))

    assert history[-1].result is None
    assert history.last is result
    history.clear()
    assert (len(history), history.last) == (0, None)


def test_the_repr_of_a_record_holds_no_body():
    """Neither bodies nor attributes leak into logs."""
    history = History()
    history.add(*call(10), Settings())

    assert "ssss" not in repr(history[0])
    assert "rrrr" not in repr(history)
    assert repr(History()) == "no calls yet"


def test_a_call_too_large_by_itself_takes_no_others_place():
    """One huge answer must not cost the bodies of all the small ones."""
    history = History()
    settings = Settings(history_bytes=100)

    history.add(*call(10), settings)
    history.add(*call(1000), settings)

    assert [record.held for record in history] == [20, 0]
    assert history[0].result is not None


def test_the_history_keeps_bytes_not_values():
    """A small PNG is a large picture: what is kept is decoded again when it is asked for."""
    history = History()
    request, result = call(10)

    history.add(request, replace(result, decoded="r" * 10), Settings())

    kept = history[0].result
    assert kept.decoded is UNREAD
    assert kept.value == "r" * 10
    assert history.last.decoded == "r" * 10


def test_a_digest_tells_bodies_apart():
    """Whole up to 64 KiB; of larger bodies the length and pieces of it, which the name says."""
    small, large = b"x" * 1000, bytes(1_000_000)

    assert digest(small) == f"sha256:{hashlib.sha256(small).hexdigest()}"
    assert digest(large).startswith("sha256-sampled:")
    assert digest(large) != digest(large + b"\0")
    assert digest(large) != digest(large[:-1] + b"x")
    assert digest(large) != digest(b"x" + large[1:])
    assert digest(None) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), st.integers(0, 150)), max_size=30))
def test_what_is_held_never_exceeds_the_limits(calls):
    """Whatever is called, and however the limits change meanwhile."""
    history = History()

    for size, most, room in calls:
        history.add(*call(size), Settings(history_size=most, history_bytes=room))

        held = [record.held for record in history]
        assert len(held) <= most
        assert sum(held) <= room


def test_the_history_of_a_hostile_endpoint_moves_no_cursor():
    """What the other side calls its variant is text, not a terminal's command."""
    history = History()
    request, result = call(1)

    history.add(
        request,
        replace(result, response=replace(result.response, variant="v\x1b]0;pwn\x07\x1b[2J")),
        Settings(),
    )

    assert repr(history).isprintable()


def test_a_cell_may_be_noted_that_was_not_run():
    """A form writes a cell for a call that is not made: it has a number, and counts among what is held."""
    history = History()
    request, _ = call(10)

    record = history.note(request, "%%sm_invoke e\nssssssssss", Settings())

    assert (record.number, record.held, history.last) == (1, 10 + 24, None)
    assert "not sent" in repr(history)
    history.note(request, "x" * 100, Settings(history_bytes=100))
    assert [each.cell for each in history] == ["%%sm_invoke e\nssssssssss", None]
