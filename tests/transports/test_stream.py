"""A streamed answer over real sockets: its parts, its errors, how it may end."""

import json
import struct
import time
import zlib
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.errors import InternalStreamFailure, ModelError, ModelStreamError, TransportError
from sm_magic.messages import Payload, Request, Response
from sm_magic.transports.frames import payload_parts
from sm_magic.transports.function import FunctionRuntime

REQUEST = Request(
    endpoint="e",
    operation="InvokeEndpointWithResponseStream",
    payload=Payload(body=b"{}", content_type="application/json"),
    accept="text/event-stream",
)
HEADERS = {
    "Content-Type": "application/vnd.amazon.eventstream",
    "X-Amzn-SageMaker-Content-Type": "text/event-stream",
    "x-Amzn-Invoked-Production-Variant": "blue",
}


def frame(payload: bytes, **headers: str) -> bytes:
    """One frame (Amazon event stream encoding: prelude, its CRC, headers, payload, CRC of all)."""
    told = b"".join(
        bytes([len(name) + 1])
        + b":"
        + name.replace("_", "-").encode()
        + b"\7"
        + struct.pack(">H", len(value))
        + value.encode()
        for name, value in headers.items()
    )
    begin = struct.pack(">II", 16 + len(told) + len(payload), len(told))
    checked = begin + struct.pack(">I", zlib.crc32(begin)) + told + payload
    return checked + struct.pack(">I", zlib.crc32(checked))


def part(data: bytes) -> bytes:
    """A PayloadPart."""
    return frame(data, message_type="event", event_type="PayloadPart")


def failure(name: str, **told: str) -> bytes:
    """An exception in the stream."""
    return frame(json.dumps(told).encode(), message_type="exception", exception_type=name)


PARTS = [b"data: a\n", b"", b"\nda", bytes(range(256)) * 300]


@pytest.fixture
def answered(far, runtime):
    """A body's bytes, in chunks -> the Stream of it."""

    def make(*chunks, cut=None, **options):
        far.says(far.Answer(chunks=list(chunks), headers=HEADERS, cut=cut))
        return runtime(**options).stream(REQUEST)

    return make


def read(stream):
    """The parts that came, and the error that ended them."""
    came = []
    try:
        came.extend(stream)
    except Exception as exc:  # noqa: BLE001 - whatever it is, the test looks at it
        return came, exc
    return came, None


def test_parts_come_as_they_were_sent(far, answered):
    """Empty ones too, and what the answer's headers say is known before the first."""
    stream = answered(b"".join(map(part, PARTS)))
    assert (stream.response.variant, stream.response.payload.content_type) == ("blue", "text/event-stream")
    came = []
    for data in stream:
        came.append(data)
    assert came == PARTS
    (seen,) = far.seen
    assert seen.path == "/endpoints/e/invocations-response-stream"
    assert seen.headers["x-amzn-sagemaker-accept"] == "text/event-stream"
    assert 0 < stream.response.latency <= time.perf_counter() - stream.started


def test_a_model_that_fails_while_it_streams(answered):
    """The parts before it came; botocore's own iterator would lose the ErrorCode."""
    told = {"Message": "Your invocation timed out.", "ErrorCode": "ModelInvocationTimeExceeded"}
    came, error = read(answered(part(b"a") + failure("ModelStreamError", **told)))
    assert came == [b"a"]
    assert isinstance(error, ModelStreamError)
    assert (error.error_code, error.code) == ("ModelInvocationTimeExceeded", "ModelStreamError")
    assert "did not finish within" in error.message
    assert "--async" in error.hint
    assert error.request is REQUEST


def test_a_service_that_fails_while_it_streams(answered):
    """InternalStreamFailure, and any other name that may join it."""
    _, error = read(answered(failure("InternalStreamFailure", Message="Sorry.")))
    assert isinstance(error, InternalStreamFailure)
    assert "Sorry." in error.message
    _, error = read(answered(failure("NewFailure", message="<b>new</b> in account 123456789012")))
    assert error.code == "NewFailure"
    assert "123456789012" not in str(error)


def test_a_stream_that_ends_inside_a_frame_says_so(answered):
    """botocore's own iterator would end as if all had come."""
    came, error = read(answered(part(b"whole") + part(b"cut in the middle")[:-9]))
    assert came == [b"whole"]
    assert isinstance(error, TransportError)
    assert "in the middle of a part" in error.message


def test_a_connection_that_is_cut(answered):
    """HTTP's last chunk never came."""
    came, error = read(answered(part(b"a"), part(b"b"), cut="inside"))
    assert came == [b"a", b"b"]
    assert isinstance(error, TransportError)
    assert "cut" in error.message


def test_a_stream_that_falls_silent(answered):
    """The time-out holds between two parts."""
    started = time.perf_counter()
    came, error = read(answered(part(b"a"), cut="stalled", timeout=0.3))
    assert came == [b"a"]
    assert "within 0.3 s" in error.message
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("before", [b"", part(b"whole")])
@pytest.mark.parametrize("at", [-6, -1, 0, 5, 9, 20])
def test_a_damaged_frame_is_told(answered, before, at):
    """Its checksums are looked at, of the first frame and of those like it."""
    damaged = bytearray(part(b"abcdef"))
    damaged[at] ^= 1
    came, error = read(answered(before + bytes(damaged)))
    assert came == ([b"whole"] if before else [])
    assert isinstance(error, TransportError)
    assert "damaged" in error.message


def test_a_frame_that_is_too_short_to_be_one_is_told(answered):
    """Its checksum is right, and it would be read for ever."""
    begin = struct.pack(">II", 0, 0)
    _, error = read(answered(begin + struct.pack(">I", zlib.crc32(begin)) + bytes(4)))
    assert isinstance(error, TransportError)
    assert "damaged" in error.message


class Body:
    """An EventStream: what is beneath it is all that is looked at."""

    def __init__(self, chunks):
        self._raw_stream = self
        self.stream = lambda: iter(chunks)


@given(parts=st.lists(st.binary(max_size=30), max_size=8), cuts=st.lists(st.integers(1, 40), min_size=1))
def test_however_frames_are_cut_the_parts_are_the_same(parts, cuts):
    """Chunks of a connection know nothing of frames; headers of another order are read as well."""
    frames = [part(data) for data in parts]
    if len(frames) > 2:
        frames[1] = frame(parts[1], event_type="PayloadPart", message_type="event")
        frames[2:2] = [frame(b"{}", message_type="event", event_type="New")]
    body, chunks = b"".join(frames), []
    for length in cycle(cuts):
        if not body:
            break
        chunks.append(body[:length])
        body = body[length:]
    assert list(payload_parts(Body(chunks))) == parts


def test_an_error_before_the_first_part(far, runtime):
    """As of any call."""
    far.says(far.model_error(400, "no such tokens"))
    with pytest.raises(ModelError, match="no such tokens"):
        runtime().stream(REQUEST)


def test_a_stream_that_is_left_gives_up_its_connection(far, runtime):
    """The next call does not read what this one left."""
    far.says(far.Answer(body=b"".join(map(part, PARTS * 9)), headers=HEADERS))
    speaking = runtime()
    stream = speaking.stream(REQUEST)
    assert next(iter(stream)) == PARTS[0]
    stream.close()
    assert list(speaking.stream(REQUEST)) == PARTS * 9


def test_an_event_stream_of_another_botocore():
    """One without the bytes beneath: its own events."""
    assert list(payload_parts([{"PayloadPart": {"Bytes": b"a"}}, {"New": {}}])) == [b"a"]


def test_a_function_streams():
    """Parts as they are made; what it raises is what it would be in a container."""

    def streamer(request):
        def parts():
            yield b"a"
            raise ZeroDivisionError("half way")

        return Response(payload=Payload(body=b"", content_type="text/plain")), parts()

    came, error = read(FunctionRuntime(lambda _: None, streamer=streamer).stream(REQUEST))
    assert came == [b"a"]
    assert isinstance(error, ModelError)
    assert "half way" in error.message


def test_a_function_that_does_not_stream_answers_in_one_part():
    """As an endpoint whose container does not."""
    whole = Response(payload=Payload(body=b"all", content_type="text/plain"), variant="blue")
    stream = FunctionRuntime(lambda _: whole).stream(REQUEST)
    assert (list(stream), stream.response.variant, stream.response.payload.body) == ([b"all"], "blue", b"")
