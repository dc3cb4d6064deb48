"""What holds for every decoder: any split of the bytes gives the same events, and nothing is lost."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import mediatypes, streams
from sm_magic.errors import CodecError
from sm_magic.streams import Event, base
from sm_magic.streams.lines import JsonLines
from sm_magic.streams.octets import Octets
from sm_magic.streams.sse import ServerSent
from sm_magic.streams.text import Text
from sm_magic.streams.unsaid import Unsaid
from sm_magic.streams.whole import Json, Whole

DECODERS = [Text, Octets, JsonLines, ServerSent, Whole, Json, Unsaid]
TOKEN = {"token": {"id": 1, "text": " é", "special": False}, "generated_text": None}
SSE = (
    b'\xef\xbb\xbf: hello\r\n\r\nevent: delta\nid: 7\nretry: 10\ndata: {"a":\ndata: 1}\n\n'
    b"data:"
    + json.dumps(TOKEN, ensure_ascii=False).encode()
    + b"\r\n\r\ndata: two\rdata\r\rdata: [DONE]\n\ndata: last"
)
LINES = b'{"a": 1}\n\n  \r\n[NaN]\rno json\n"\xc3\xa9"\n{"b": 2}'
EXAMPLES = [
    SSE,
    LINES,
    b'{\n  "a": [1,\n 2]\n}\n',
    b"Once upon a time \xc3\xa9 \xf0\x9f\x98\x80 \xff\n",
    b'{"a": 1}{"b": 2}',
    b"   \n\n",
    b"",
]  # fmt: skip


def pieces(body: bytes, cuts: list[int]) -> list[bytes]:
    """*body* cut at these places."""
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    return [body[start:end] for start, end in pairwise(places)]


def read(decoder, parts) -> list[Event]:
    """All events; neighbouring text and bytes joined, for those come as they are cut."""
    events = [event for part in parts for event in decoder.decode(part)] + decoder.flush()
    joined: list[Event] = []
    for event in events:
        if joined and isinstance(decoder, Text | Octets | Unsaid) and (joined[-1].kind, event.kind) in (
            ("text", "text"), ("bytes", "bytes"),
        ):  # fmt: skip
            joined[-1] = joined[-1]._replace(data=joined[-1].data + event.data)
        else:
            joined.append(event)
    return joined


BODIES = (
    st.sampled_from(EXAMPLES)
    | st.binary(max_size=60)
    | st.text(st.sampled_from('{}[]":,1a\n\r datevnid é\ufeff'), max_size=60).map(str.encode)
    | st.lists(st.sampled_from([b"data: ", b"\n", b"\r", b"\r\n", b"{}", b'{"a":1}', b": c", b"[DONE]"])).map(
        b"".join
    )
)


@pytest.mark.parametrize("make", DECODERS)
@given(body=BODIES, cuts=st.lists(st.integers(0, 10_000), max_size=12))
def test_any_split_gives_the_same_events(make, body, cuts):
    """Parts are the network's business."""
    assert repr(read(make(), pieces(body, cuts))) == repr(read(make(), [body]))


@pytest.mark.parametrize("make", DECODERS)
@pytest.mark.parametrize("body", EXAMPLES)
def test_byte_by_byte(make, body):
    """The worst split there is."""
    assert repr(read(make(), [bytes([byte]) for byte in body])) == repr(read(make(), [body]))


def test_server_sent_events():
    """Comments, names, data of several lines, all line ends, [DONE], an event without its end, an empty one."""
    assert read(ServerSent(), [SSE]) == [
        Event("json", {"a": 1}, "delta"),
        Event("json", TOKEN),
        Event("text", "two\n"),
        Event("done", None),
        Event("text", "last"),
    ]


def test_an_error_printed_into_a_stream_is_not_lost():
    """Servers do it: a line that is no field is an event of its own."""
    assert read(ServerSent(), [b'data: {"a": 1}\n\n{"error": "CUDA out of memory"}\nTraceback\n']) == [
        Event("json", {"a": 1}),
        Event("json", {"error": "CUDA out of memory"}),
        Event("text", "Traceback"),
    ]


def test_json_lines():
    """Blank lines are nothing, what is no JSON is text, the last line needs no end."""
    events = read(JsonLines(), [LINES])
    assert [event.kind for event in events] == ["json", "json", "text", "json", "json"]
    assert events[2].data == "no json"
    assert events[-1] == Event("json", {"b": 2})


@pytest.mark.parametrize(
    ("content_type", "body", "kinds"),
    [
        ("text/event-stream", b'data: {"a": 1}\n\n', ["json"]),
        ("application/jsonlines", b'{"a": 1}\n{"b": 2}', ["json", "json"]),
        ("application/json", b'{"a": 1}\n{"b": 2}', ["json", "json"]),
        ("application/json", b'{"a":\n 1}', ["json"]),
        ("application/json", b'data: {"a": 1}\n\n', ["json"]),
        ("application/json", b"[1] Once upon a time\nthere was", ["text"]),
        ("text/plain", b"data: {}\n\n", ["json"]),
        ("text/plain", b"Once upon a time", ["text"]),
        ("text/markdown; charset=latin-1", b"\xe9", ["text"]),
        ("", b"Once", ["text"]),
        ("", b":\n\ndata: 1\n\n", ["json"]),
        ("audio/mpeg", b"\xff\xfb", ["bytes"]),
        ("application/vnd.x+json", b'{"a": 1}', ["json"]),
    ],
)
def test_the_type_chooses_the_decoder_and_the_first_bytes_where_it_is_careless(content_type, body, kinds):
    """TGI and LMI call anything JSON, and some servers say nothing."""
    decoder = streams.decoder(mediatypes.parse(content_type))
    assert [event.kind for event in read(decoder, [body[:3], body[3:]])] == kinds


def test_text_is_there_at_once():
    """A reader waits for no line end; half a character waits for its other half."""
    decoder = Text()
    assert decoder.decode(b"Once \xc3") == [Event("text", "Once ")]
    assert decoder.decode(b"\xa9") == [Event("text", "é")]
    assert decoder.flush() == []
    assert read(Text("no such charset"), [b"\xe9"]) == [Event("text", "�")]


@pytest.mark.parametrize("make", [JsonLines, ServerSent, Json])
def test_an_event_that_never_ends_does_not_fill_the_memory(make):
    """A sentence, and not a dead kernel."""
    decoder = make()
    part = b'data: "' + b"x" * (1 << 20)
    with pytest.raises(CodecError, match="64 MiB"):
        for _ in range(base.PENDING // (1 << 20) + 2):
            decoder.decode(part)


@pytest.mark.parametrize("word", [b"O", b"do", b"Once ", b"1", "é".encode()])
def test_a_first_word_is_text_at_once(word):
    """However short: only the beginning of a field of server-sent events is waited with."""
    assert Unsaid().decode(word) == [Event("text", word.decode())]


@pytest.mark.parametrize(
    "begin", [b"d", b"data", b"\xef", b"\xef\xbb\xbf", b"\xef\xbb\xbfid", b" \n", b"retry"]
)
def test_what_may_become_a_field_is_waited_with(begin):
    """Until it is one, or can't be."""
    decoder = Unsaid()
    assert decoder.decode(begin) == []
    assert decoder.decode(b"x") == [
        Event("text", (begin + b"x").decode(errors="replace").removeprefix("\ufeff"))
    ]
