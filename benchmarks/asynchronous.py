"""Asynchronous answers: how long one lies there until the Job is done.

Run times of 0.2, 2 and 10 s are the local endpoint's, in another process: from the answer to the submission, less the
run time, median; the slowest counts.  60 s, 15 min and an hour pass by a clock that is an argument: the worst of 200
answers in the last tenth of that time.  The other side is botocore's `object_exists` waiter on the same object as the
SageMaker SDK sets it (2.257.6, `async_inference/waiter_config.py`: a look each 15 s, 60 looks, one waiter for the
output and one for the failure).  Looks are counted until then, calls of S3 on the wire or at the store.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, count
from statistics import median
from typing import Any

from measure import Row

_RUNS = {"echo": (0.2, 12), "iris": (2.0, 4), "diabetes": (10.0, 1)}
"""Endpoint: how long each request of it takes in seconds, and how many are sent; each endpoint has a queue."""
_LOOKS = {60: 55, 900: 95, 3600: 185}
"""Seconds without an answer: how many looks there may be."""
_BODIES = {
    "echo": {"a": 1},
    "iris": [[5.1, 3.5, 1.4, 0.2]],
    "diabetes": [[0.0] * 10],
}
_SDK = {"Delay": 15, "MaxAttempts": 60}
_BUDGET = "≤ 10 %, ≤ 30 s, + 0.15 s"


def _allowed(run: float) -> float:
    return min(0.1 * run, 30.0) + 0.15


def _row(what: str, run: float, ours: list[float], other: float | None, more: str = "") -> Row:
    """Delays in seconds."""
    slowest = max(ours)
    shown = None if other is None else 1000 * other
    return Row(
        what, 1000 * median(ours), shown, f"{slowest:.2f} s at most{more}", _BUDGET, slowest <= _allowed(run)
    )


# --- the local endpoint -----------------------------------------------------------------------------------------


def real() -> list[Row]:
    """All run times at once: the SDK's waiter alone takes 15 s."""
    import boto3
    from call import server

    from sm_magic import Client
    from sm_magic.settings import Settings

    calls: dict[str, int] = {}
    lock = threading.Lock()

    def counts(request: Any, **_: Any) -> None:
        with lock:
            key = request.url.rpartition("/")[2].partition("?")[0]
            calls[key] = calls.get(key, 0) + 1

    with server() as (url, token):
        session = boto3.session.Session(aws_access_key_id=token, aws_secret_access_key=token)
        session.events.register("before-send.s3", counts)
        settings = Settings(journal=False)
        client = Client(settings=settings, session=session, endpoint_url=url, local_token=token)
        for endpoint, body in _BODIES.items():
            client.submit(body, endpoint=endpoint).result(60)  # connections, imports, trained models
        with ThreadPoolExecutor(len(_RUNS)) as pool:
            found = list(pool.map(lambda item: _one(client, calls, (url, token), *item), _RUNS.items()))
    return found


def _one(
    client: Any, calls: dict[str, int], where: tuple[str, str], endpoint: str, run: tuple[float, int]
) -> Row:
    seconds, repeats = run
    sdk = _storage(*where)
    ours, looked = [], []
    for number in range(repeats):
        job = client.submit(
            _BODIES[endpoint], endpoint=endpoint, custom_attributes=f"sm-magic-delay={seconds}"
        )
        ready = time.perf_counter() + seconds
        if number == 0:
            waiting = _Waiting(sdk, job.output_location)
        job.result(60)
        ours.append(time.perf_counter() - ready)
        keys = (place.rpartition("/")[2] for place in (job.output_location, job.failure_location))
        looked.append(sum(calls.get(key, 0) for key in keys))
        if number == 0:
            first = ready
    waiting.join()
    more = f", {median(looked):.0f} calls of S3"
    return _row(f"run time {seconds:g} s", seconds, ours, waiting.over - first, more)


class _Waiting(threading.Thread):
    """The SDK's waiter for an output."""

    def __init__(self, s3: Any, location: str) -> None:
        super().__init__(daemon=True)
        self._s3, self._place = s3, location.removeprefix("s3://").partition("/")
        self.over = 0.0
        self.start()

    def run(self) -> None:
        bucket, _, key = self._place
        self._s3.get_waiter("object_exists").wait(Bucket=bucket, Key=key, WaiterConfig=_SDK)
        self.over = time.perf_counter()


def _storage(url: str, token: str) -> Any:
    import boto3
    from botocore.config import Config

    keys = {"aws_access_key_id": token, "aws_secret_access_key": token, "region_name": "eu-west-1"}
    s3 = boto3.session.Session().client("s3", endpoint_url=url, config=Config(proxies={}), **keys)
    s3.list_buckets()
    return s3


# --- by a clock -------------------------------------------------------------------------------------------------


class _World:
    """A clock that a look moves by 20 ms, and a store that has the answer at a second; what it was asked is counted."""

    def __init__(self, answer: float) -> None:
        from sm_magic.readiness import Clock
        from sm_magic.s3 import S3Uri
        from sm_magic.transports.function import FunctionStore

        self.now, self.calls, self._answer = 0.0, 0, answer
        self.objects: dict[str, bytes] = {}
        self.store = FunctionStore(self.objects, gate=self._gate)
        self.clock = Clock(now=lambda: self.now, sleep=self._sleep)
        self.output, self.failure = (S3Uri.of(f"s3://bucket/{name}") for name in ("out", "failed"))

    def _gate(self, *_: object) -> None:
        self.calls += 1
        self.now += 0.01
        if self.now >= self._answer:
            self.objects[str(self.output)] = b"1"

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def waits(self, patience: float) -> Any:
        """Look until there is the answer, or for so long."""
        from sm_magic.polling import Places, until_seen

        places = Places(output=self.output, failure=self.failure)
        return until_seen(
            self.store, places, self.clock, started=0.0, patience=patience, on_look=lambda _: False
        )


def delays(seconds: int) -> Row:
    """The worst of many answers that come at about that time."""
    ours, other = [], []
    for number in range(200):
        answer = seconds * (1 - number / 2_000)
        world = _World(answer)
        assert world.waits(2 * seconds) is not None
        ours.append(world.now - answer)
        looks = accumulate(count(), lambda at, _: at + _SDK["Delay"], initial=0)
        other.append(next(at for at in looks if at >= answer) - answer)
    return _row(f"run time {seconds:,} s, by a clock", seconds, ours, median(other))


def looks(seconds: int) -> Row:
    """How often S3 is asked while there is no answer."""
    world = _World(float("inf"))
    assert world.waits(seconds) is None
    number, rest = divmod(world.calls, 2)
    sdk = 2 * (seconds // _SDK["Delay"] + 1)
    most = _LOOKS[seconds]
    told = f"{number} looks, {world.calls} calls; the SDK's {sdk}"
    return Row(
        f"looks in {seconds:,} s", None, None, told, f"≤ {most}, two calls each", number <= most and not rest
    )


def rows() -> list[Row]:
    """Delays, then looks."""
    return [*real(), *map(delays, _LOOKS), *map(looks, _LOOKS)]
