"""Frames against two foreign judges: moto's encoder makes the same bytes, botocore's decoder reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.local import eventstream

HEADERS = st.dictionaries(st.text(min_size=1, max_size=60), st.text(max_size=200), max_size=4)
PART = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}


def read(data: bytes) -> list[tuple[dict[str, Any], bytes]]:
    """What botocore reads of frames."""
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(message.headers, message.payload) for message in buffer]


@given(headers=HEADERS, payload=st.binary(max_size=500))
def test_botocore_reads_what_was_written(headers: dict[str, str], payload: bytes) -> None:
    """Headers and payload of any frame; botocore checks both checksums."""
    assert read(eventstream.frame(headers, payload)) == [(headers, payload)]


@pytest.mark.server
@given(headers=HEADERS, payload=st.binary(max_size=500))
def test_the_bytes_are_those_of_motos_encoder(headers: dict[str, str], payload: bytes) -> None:
    """Another encoder of the same specification makes the same frame."""
    moto = pytest.importorskip("moto.core.eventstream")
    assert eventstream.frame(headers, payload) == moto.EventStreamEncoder().encode_message(headers, payload)


@pytest.mark.server
def test_a_payload_part_is_the_one_that_moto_makes() -> None:
    """The same headers in the same order as a serializer that goes by the service model."""
    moto = pytest.importorskip("moto.core.eventstream")
    (frame,) = eventstream.payload_parts("é€🦊".encode())
    assert frame == moto.EventStreamEncoder().encode_message(PART, "é€🦊".encode())


def test_what_is_too_long_for_a_frame_takes_several() -> None:
    """botocore refuses a frame above its limit; nothing takes none."""
    longest = eventstream.LONGEST_PAYLOAD
    parts = read(b"".join(eventstream.payload_parts(bytes(longest + 1))))
    assert [(headers, len(payload)) for headers, payload in parts] == [(PART, longest), (PART, 1)]
    assert list(eventstream.payload_parts(b"")) == []


def test_an_exception_has_its_name_in_a_header() -> None:
    """And the members of its shape in the payload, as JSON."""
    members = {"Message": "Zürich is closed", "ErrorCode": "StreamBroken"}
    ((headers, payload),) = read(eventstream.exception("ModelStreamError", members))
    assert headers[":message-type"] == "exception"
    assert headers[":exception-type"] == "ModelStreamError"
    assert json.loads(payload) == members
