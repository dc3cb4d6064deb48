"""Calls that are awaited: the loop is free meanwhile, and what is left is given up."""

import asyncio
import threading
import time
from contextlib import aclosing

import pytest

from sm_magic.client import Client
from sm_magic.errors import ModelError, ThrottlingException, UsageError
from sm_magic.messages import Payload, Response
from sm_magic.settings import Settings
from sm_magic.transports import cancellation
from sm_magic.transports.function import FunctionRuntime


def client(handler=None, parts=None, **settings):
    """A client of a function."""

    def stream(request):
        return Response(payload=Payload(body=b"", content_type="text/plain")), parts()

    runtime = FunctionRuntime(handler or echo, streamer=stream if parts else None)
    return Client(settings=Settings(**settings), runtime=runtime)


def echo(request):
    """Answers what it got."""
    return Response(payload=request.payload)


def none_left():
    """The background's threads end by themselves, soon."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not [thread for thread in threading.enumerate() if thread.name == "sm_magic background"]:
            return True
        time.sleep(0.005)
    return False


def test_a_call_is_awaited():
    """With all that `invoke` takes; the loop goes on meanwhile."""
    free = threading.Event()

    def waits(request):
        free.wait(10)
        return echo(request)

    async def call():
        asyncio.get_running_loop().call_later(
            0.05, free.set
        )  # it would never be free if the loop stood still
        return await client(waits).ainvoke({"a": [1]}, endpoint="e", query="a[0]")

    assert asyncio.run(call()).value == 1


def test_its_errors_are_raised():
    """Those before sending too."""
    with pytest.raises(UsageError):
        asyncio.run(client().ainvoke({}, endpoint="not a name"))

    def fails(request):
        raise ModelError("No.")

    with pytest.raises(ModelError):
        asyncio.run(client(fails).ainvoke({}, endpoint="e"))


def test_a_task_that_is_cancelled_gives_its_call_up():
    """Nothing of it is left behind."""
    given_up = threading.Event()

    def waits(request):
        try:
            cancellation.sleep(60)
        finally:
            given_up.set()

    async def call():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client(waits).ainvoke({}, endpoint="e"), 0.05)

    asyncio.run(call())
    assert given_up.wait(10)
    assert none_left()


def test_many_come_in_their_order():
    """The first alone, then four at a time."""
    running, most, lock = set(), [], threading.Lock()

    def handle(request):
        with lock:
            running.add(request.body)
            most.append(len(running))
        time.sleep(0.01 if request.body != b"3" else 0.05)
        with lock:
            running.discard(request.body)
        return echo(request)

    results = asyncio.run(client(handle).ainvoke_many(range(20), endpoint="e"))

    assert [result.value for result in results] == list(range(20))
    assert (most[0], most[1]) == (1, 1)
    assert max(most) <= 4
    assert asyncio.run(client(handle).ainvoke_many([], endpoint="e")) == []


def test_as_many_at_a_time_as_are_wanted():
    """They meet in the endpoint."""
    meeting = threading.Barrier(8)

    def handle(request):
        if request.body != b"0":
            meeting.wait(10)
        return echo(request)

    results = asyncio.run(client(handle).ainvoke_many(range(9), endpoint="e", concurrency=8))
    assert [result.value for result in results] == list(range(9))


def test_an_error_ends_the_others_and_has_what_came():
    """Or stands in its place, where it is wanted there."""
    sent = []

    def handle(request):
        sent.append(request.body)
        if request.body == b"2":
            raise ThrottlingException("Rate exceeded")
        if request.body == b"3":
            cancellation.sleep(60)
        return echo(request)

    with pytest.raises(ThrottlingException) as caught:
        asyncio.run(client(handle).ainvoke_many([0, 1, 2, 3, 4, 5, 6], endpoint="e", concurrency=2))
    assert [result.value for result in caught.value.result][:2] == [0, 1]
    assert b"6" not in sent
    assert none_left()

    came = asyncio.run(client(handle).ainvoke_many([0, 2, 4], endpoint="e", return_exceptions=True))
    assert [came[0].value, type(came[1]), came[2].value] == [0, ThrottlingException, 4]


def test_the_first_goes_alone():
    """Where it fails nothing else is sent."""
    sent = []

    def fails(request):
        sent.append(request.body)
        raise ModelError("No.")

    with pytest.raises(ModelError):
        asyncio.run(client(fails).ainvoke_many(range(20), endpoint="e"))
    assert sent == [b"0"]


def test_more_than_were_meant_are_refused():
    """The settings' number, or the call's own."""
    with pytest.raises(UsageError, match="max_requests, 5"):
        asyncio.run(client(max_requests=5).ainvoke_many(range(6), endpoint="e"))
    few = client(max_requests=5).ainvoke_many(range(6), endpoint="e", max_requests=6)
    assert len(asyncio.run(few)) == 6


def test_a_stream_is_awaited_part_by_part():
    """The model makes its next word when the one before was seen; all of a fast one's are there."""
    seen = threading.Event()

    def parts():
        yield b"Once "
        assert seen.wait(10)
        for number in range(1_000):
            yield b"%d " % number

    async def read():
        texts = []
        async for part in client(parts=parts).astream({}, endpoint="e"):
            texts.append(part.text)
            seen.set()
        return "".join(texts)

    assert asyncio.run(read()) == "Once " + "".join(f"{number} " for number in range(1_000))
    assert none_left()


def test_a_slow_reader_holds_the_model_up():
    """No more than a few parts wait; leaving the loop closes the stream."""
    made, closed = [], threading.Event()

    def parts():
        try:
            for number in range(100_000):
                made.append(number)
                yield b"word "
        finally:
            closed.set()

    async def read():
        async with aclosing(client(parts=parts).astream({}, endpoint="e")) as stream:
            await anext(stream)
            await asyncio.sleep(0.05)
            return len(made)

    assert asyncio.run(read()) < 200
    assert closed.wait(10)
    assert none_left()


def test_what_breaks_off_is_raised_after_what_came():
    """As in a plain loop."""

    def parts():
        yield b"Once "
        raise ValueError("the model died")

    async def read(texts):
        async for part in client(parts=parts).astream({}, endpoint="e"):
            texts.append(part.text)

    texts = []
    with pytest.raises(ModelError, match="the model died"):
        asyncio.run(read(texts))
    assert texts == ["Once "]
    with pytest.raises(UsageError):
        asyncio.run(anext(client().astream({}, endpoint="not a name")))


def test_a_task_that_reads_may_be_cancelled():
    """While the model says nothing."""
    given_up = threading.Event()

    def parts():
        yield b"Once "
        try:
            cancellation.sleep(60)
        finally:
            given_up.set()

    async def read():
        async with aclosing(client(parts=parts).astream({}, endpoint="e")) as stream:
            async for _ in stream:
                pass

    async def limited():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(), 0.1)

    asyncio.run(limited())
    assert given_up.wait(10)
    assert none_left()
