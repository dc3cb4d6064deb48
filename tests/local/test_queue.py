from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sm_magic.local.asynchronous import Asynchronous
from sm_magic.local.fleet import Deployed, Fleet, Variant
from sm_magic.local.objects import BUCKET, Objects
from sm_magic.local.wire import Call, Refusal, Reply


class Worker:
    """The queue of one endpoint without a server: what its model was asked, and when it may answer."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[bytes] = []
        self.now = 0.0
        self.objects = Objects()
        fleet = Fleet({"one": Deployed(name="one", variants=(Variant(name="v", model=self._model),))})
        self.queue = Asynchronous(fleet, self.objects, clock=lambda: self.now, **options)

    def _model(self, call: Call) -> Reply:
        self.asked.append(call.body)
        return Reply(body=call.body)

    def submit(self, body: bytes, **members: str) -> dict[str, str]:
        """Where it will be."""
        call = Call(endpoint="one", operation="InvokeEndpointAsync", body=body, members=members)
        return self.queue.submit(call, region="eu-west-1")

    async def kept(self, count: int) -> list[str]:
        """The keys, once there are so many."""
        for _ in range(1000):
            if len(self.objects.stored) >= count:
                break
            await asyncio.sleep(0.002)
        return list(self.objects.stored)


def test_requests_are_processed_in_order() -> None:
    """One after the other, as they came."""

    async def run() -> None:
        worker = Worker()
        places = [worker.submit(b"%d" % number)["output_location"] for number in range(20)]
        assert [f"s3://{BUCKET}/{key}" for key in await worker.kept(20)] == places
        assert worker.asked == [b"%d" % number for number in range(20)]

    asyncio.run(run())


def test_time_in_the_queue_is_time() -> None:
    """By the clock: what waits for 61 seconds is not sent to the model."""

    async def run() -> None:
        worker = Worker()
        expired = worker.submit(b"1", request_ttl_seconds="60")["failure_location"]
        fresh = worker.submit(b"2", request_ttl_seconds="62")["output_location"]
        worker.now = 61.0
        assert [f"s3://{BUCKET}/{key}" for key in await worker.kept(2)] == [expired, fresh]
        assert worker.asked == [b"2"]

    asyncio.run(run())


def test_a_queue_is_not_endless() -> None:
    """What does not fit is throttled, as the service would."""

    async def run() -> None:
        worker = Worker(waiting=2)
        for _ in range(2):
            worker.submit(b"1")
        with pytest.raises(Refusal, match="Rate exceeded: the local endpoint keeps 2") as caught:
            worker.submit(b"1")
        assert caught.value.code == "ThrottlingException"
        await worker.kept(2)
        worker.submit(b"1")
        assert len(await worker.kept(3)) == 3

    asyncio.run(run())


def test_an_output_that_finds_no_room_is_a_failure() -> None:
    """The failure says so, and the worker goes on."""

    async def run() -> None:
        worker = Worker()
        worker.objects.room.take((4 << 30) - 500)
        worker.submit(b"x" * 600)
        (key,) = await worker.kept(1)
        assert b"keeps 4,294,967,296 bytes in all" in b"".join(worker.objects.stored[key].read())
        while worker.objects.room.take(1):
            pass
        worker.objects.room.give(1)
        worker.submit(b"x" * 600)  # its failure finds no room
        worker.submit(b"1")
        assert len(await worker.kept(2)) == 2
        assert worker.asked[-1] == b"1"

    asyncio.run(run())
