from __future__ import annotations

import io

import pytest
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.local.s3_body import Unchunked
from sm_magic.local.wire import Refusal


def chunked(body: bytes, size: int) -> bytes:
    """*body* as boto3 sends it in chunks of *size*, its CRC32 behind them."""
    wrapper = AwsChunkedWrapper(
        io.BytesIO(body), checksum_cls=Crc32Checksum, checksum_name="x-amz-checksum-crc32", chunk_size=size
    )
    sent: bytes = wrapper.read()
    return sent


@given(
    body=st.binary(max_size=200),
    size=st.integers(1, 64),
    cuts=st.lists(st.integers(0, 600), max_size=8).map(sorted),
)
def test_any_split_of_botocores_chunks_is_the_body(body: bytes, size: int, cuts: list[int]) -> None:
    """However the bytes arrive, the body comes out, and the trailer behind it."""
    sent = chunked(body, size)
    chunks = Unchunked()
    parts = [sent[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert b"".join(chunks.feed(part) for part in parts) == body
    assert chunks.ended
    checksum = Crc32Checksum()
    checksum.update(body)
    assert chunks.trailers == {"x-amz-checksum-crc32": checksum.b64digest()}


def test_signed_chunks_are_read_too() -> None:
    """A chunk's signature stands behind its size."""
    chunks = Unchunked()
    sent = b"3;chunk-signature=00\r\nabc\r\n0;chunk-signature=00\r\nx-amz-trailer-signature: 00\r\n\r\n"
    assert chunks.feed(sent) == b"abc"
    assert chunks.ended


@pytest.mark.parametrize(
    "sent", [b"x\r\n", b"-1\r\n", b"0x3\r\nabc", b"3\r\nabcd\r\n", b"1_0\r\n", b"1" * 20_000]
)
def test_what_is_no_chunk_is_refused(sent: bytes) -> None:
    """Whatever stands in its place."""
    with pytest.raises(Refusal) as caught:
        Unchunked().feed(sent)
    assert caught.value.code == "IncompleteBody"


@given(st.binary(max_size=100))
def test_anything_ends_in_a_body_or_a_refusal(sent: bytes) -> None:
    """No bytes break it."""
    try:
        Unchunked().feed(sent)
    except Refusal as refusal:
        assert refusal.code == "IncompleteBody"
