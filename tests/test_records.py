"""The history is bounded in calls and in bytes."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload, Request, Response
from sm_magic.records import History
from sm_magic.result import Result
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

    history.wait()
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


def test_digests_of_large_bodies_follow_by_themselves():
    """A large body is let go at once and hashed beside the calls; none is forgotten."""
    history = History()
    size = 200_000

    for _ in range(20):
        history.add(*call(size), Settings(history_bytes=1000))
    history.wait()

    expected = f"sha256:{hashlib.sha256(b'r' * size).hexdigest()}"
    assert {record.received_digest for record in history} == {expected}
    assert sum(record.held for record in history) == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), st.integers(0, 150)), max_size=30))
def test_what_is_held_never_exceeds_the_limits(calls):
    """Whatever is called, and however the limits change meanwhile: bounded, and the newest bodies last longest."""
    history = History()

    for size, most, room in calls:
        history.add(*call(size), Settings(history_size=most, history_bytes=room))

        held = [record.held for record in history]
        assert len(held) <= most
        assert sum(held) <= room
        history.wait()
        bare = [record.sent_digest is not None for record in history]
        assert bare == sorted(bare, reverse=True)
