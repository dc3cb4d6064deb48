"""Streams.

Decoders alone: bytes of PayloadParts, one event of TGI in each, to parts.  End to end: the same answer from a server in
another process by `Client.stream`, beside botocore's own EventStream whose bytes nobody reads.  Memory: of
`Client.invoke(…, stream=True)`, in a process of its own, the answer's text included.  First text: from the moment at
which a part's bytes are handed to us to the one at which a shell's display has the text, JSON by TGI, median of 20.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from measure import Row, in_turns, peak

_EVENT = (
    b'data: {"index":%d,"token":{"id":374,"text":" word","logprob":-0.51,"special":false},'
    b'"generated_text":null,"details":null}\n\n'
)
_END = (
    b'data: {"index":0,"token":{"id":2,"text":"</s>","logprob":-0.1,"special":true},"generated_text":"all",'
    b'"details":{"finish_reason":"eos_token","generated_tokens":1}}\n\n'
)
_PARTS = 10_000
_TEXT = 100_000_000  # bytes
_ROOM = 64_000_000


def _client(parts: Any, content_type: str = "text/event-stream") -> Any:
    """A client whose endpoint streams what *parts* makes."""
    from sm_magic import Client
    from sm_magic.messages import Payload, Response
    from sm_magic.settings import Settings
    from sm_magic.transports.function import FunctionRuntime

    def streamer(_: object) -> Any:
        return Response(payload=Payload(body=b"", content_type=content_type)), parts()

    def handler(_: object) -> Any:
        raise NotImplementedError

    return Client(settings=Settings(), runtime=FunctionRuntime(handler, streamer=streamer))


# --- speed --------------------------------------------------------------------------------------------------


def decoders() -> Row:
    """Events a second out of one-event parts."""
    from sm_magic import mediatypes, streams

    data = [_EVENT % number for number in range(_PARTS)]
    media = mediatypes.parse("text/event-stream")

    def ours() -> None:
        decoder, speech = streams.decoder(media), streams.Speech()
        count = 0
        for part in data:
            for event in decoder.decode(part):
                count += bool(speech.add(event).text)
        assert count == _PARTS

    took = []
    for _ in range(9):
        start = time.perf_counter()
        ours()
        took.append(time.perf_counter() - start)
    rate = _PARTS / median(took)
    return Row(
        f"decoders, {_PARTS:,} one-event parts of TGI",
        1000 * median(took),
        None,
        f"{rate:,.0f} parts/s",
        "≥ 100,000",
        rate >= 100_000,
    )


@contextmanager
def server() -> Iterator[str]:
    """This file in a process of its own, which streams the same answer to each call: its address."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def end_to_end() -> Row:
    """`Client.stream`, each part's text looked at, beside botocore's EventStream."""
    from call import bare_client

    from sm_magic import Client
    from sm_magic.settings import Settings

    with server() as url:
        bare = bare_client(url, "local-bench")
        client = Client(settings=Settings(), endpoint_url=url, local_token="local-bench")

        def theirs() -> None:
            answer = bare.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"{}")
            assert sum(1 for _ in answer["Body"]) == _PARTS + 1

        def ours() -> None:
            assert sum(len(part.text) for part in client.stream({}, endpoint="e")) == _PARTS * 5

        turns = in_turns(ours, theirs, 7)
    return Row(
        f"`Client.stream`, {_PARTS:,} parts, beside botocore's EventStream",
        median(turns.ours),
        median(turns.other),
        f"{turns.ratio:.0%} of its speed",
        "≥ 70 %",
        turns.ratio >= 0.7,
    )


# --- memory -------------------------------------------------------------------------------------------------


def _text(size: int) -> Iterator[bytes]:
    piece = "A word, né? ".encode() * 100
    for _ in range(size // len(piece)):
        yield piece


def _tokens(size: int) -> Iterator[bytes]:
    event = _EVENT.replace(b" word", b"x" * 1_000) % 0
    for _ in range(size // 1_000):
        yield event
    yield _END


def gathered() -> Any:
    """`Client.invoke(…, stream=True)` of a long text."""
    return _gathering(_text, "text/plain")


def gathered_tokens() -> Any:
    """The same, of TGI's events."""
    return _gathering(_tokens, "text/event-stream")


def _gathering(parts: Any, content_type: str) -> Any:
    def work(size: int) -> Any:
        client = _client(lambda: parts(size), content_type)
        return lambda: client.invoke({}, endpoint="e", stream=True).value

    return work(1_000_000), work(_TEXT)


def left() -> Any:
    """`Client.stream`, nothing of which is kept; what is made stands for the text that came."""

    def work(size: int) -> Any:
        client = _client(lambda: _text(size), "text/plain")

        def read() -> range:
            return range(sum(len(part.text) for part in client.stream({}, endpoint="e")))

        return read

    return work(1_000_000), work(_TEXT)


def memory() -> list[Row]:
    """Beside its text a stream may take 64 MB."""
    most = (_TEXT + _ROOM) / _TEXT
    return [
        peak("memory, 100 MB of text", gathered, most),
        peak("memory, 100 MB of text in events of TGI", gathered_tokens, most),
        peak("memory, 100 MB by `Client.stream`", left, 0.01),
    ]


# --- first text ---------------------------------------------------------------------------------------------


def first_text(repeats: int = 20) -> Row:
    """In a shell that believes to be a kernel's: its display is asked, no socket and no browser."""
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    handed: list[float] = []
    shown: list[float] = []

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, *_: object, **__: object) -> None:
            if len(shown) < len(handed) and " word" in data.get("text/plain", ""):
                shown.append(time.perf_counter())

    def parts() -> Iterator[bytes]:
        handed.append(time.perf_counter())
        yield _EVENT % 0
        yield _END

    publisher: Any = Publisher
    shell: Any = InteractiveShell.instance()
    shell.display_pub, shell.kernel = publisher(parent=shell), object()
    shell.run_line_magic("load_ext", "sm_magic")
    shell.magics_manager.registry["SageMakerMagics"].place = lambda settings: _client(parts)
    for _ in range(repeats):
        shell.run_line_magic("sm_invoke", "e {} --stream")
        assert len(shown) == len(handed)
    del shell.kernel
    took = [1000 * (end - start) for start, end in zip(handed, shown, strict=True)]
    return Row(
        "first text in the display after its part came",
        median(took),
        None,
        f"{median(took):.2f} ms, the slowest {max(took):.1f}",
        "≤ 60 ms",
        max(took) <= 60,
    )


def rows() -> list[Row]:
    """Speed, memory, first text."""
    return [decoders(), end_to_end(), *memory(), first_text()]


# --- the server ---------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer every POST with one stream, its frames made beforehand."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from sm_magic.local.eventstream import CONTENT_TYPE, payload_parts

    events = [_EVENT % number for number in range(_PARTS)] + [_END]
    frames = [frame for event in events for frame in payload_parts(event)]
    chunks = [b"".join(frames[start : start + 10]) for start in range(0, len(frames), 10)]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("X-Amzn-SageMaker-Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{httpd.server_port}", flush=True)
    httpd.serve_forever()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    serve()
