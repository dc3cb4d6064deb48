"""The SageMaker SDK's deserializers (2.257), brought by a user: what they make is the Result's value."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sagemaker import deserializers, serializers

from sm_magic.client import Client
from sm_magic.errors import CodecError
from sm_magic.messages import Payload, Request, Response
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionRuntime

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]


def npy() -> bytes:
    """A matrix as numpy writes it."""
    out = io.BytesIO()
    np.save(out, np.array([[1.5, 2.0], [3.0, 4.0]], "float32"))
    return out.getvalue()


CSV, LINES = b"a,b\n1,2\n3,4\n", b'{"a": 1}\n{"b": 2}\n'
CASES = [
    (deserializers.JSONDeserializer(), "application/json", b'{"a": [1, null]}', "application/json"),
    (deserializers.JSONLinesDeserializer(), "application/jsonlines", LINES, "application/jsonlines"),
    (deserializers.CSVDeserializer(), "text/csv", CSV, "text/csv"),
    (deserializers.NumpyDeserializer(), "application/x-npy", npy(), "application/x-npy"),
    (deserializers.NumpyDeserializer(dtype="int8"), "text/csv", b"1,2\n3,4\n", "application/x-npy"),
    (deserializers.PandasDeserializer(), "text/csv", CSV, "text/csv, application/json"),
    (
        deserializers.PandasDeserializer(accept="application/json"),
        "application/json",
        b'{"a": {"0": 1}}',
        "application/json",
    ),
    (deserializers.BytesDeserializer(), "image/png", b"\x89PNG", "*/*"),
    (deserializers.StringDeserializer(), "text/plain", "héllo".encode(), "application/json"),
]


def answering(body: bytes, content_type: str) -> Client:
    """A client whose endpoint always answers the same."""
    payload = Payload(body=body, content_type=content_type)
    return Client(settings=Settings(), runtime=FunctionRuntime(lambda _: Response(payload=payload)))


def same(ours: Any, theirs: Any) -> bool:
    """Whether both are the same, of the same class."""
    if isinstance(theirs, pd.DataFrame):
        return bool(ours.equals(theirs))
    if isinstance(theirs, np.ndarray):
        return ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    return type(ours) is type(theirs) and ours == theirs


@pytest.mark.parametrize(("reader", "content_type", "body", "accept"), CASES)
def test_the_value_is_what_it_makes(reader, content_type, body, accept):
    """Its Accept is sent as the SDK's Predictor sends it; whatever it makes can be looked at."""
    result = answering(body, content_type).invoke([1], endpoint="e", deserializer=reader)

    assert same(result.value, reader.deserialize(io.BytesIO(body), content_type))
    assert result.request.accept == accept == ", ".join(reader.ACCEPT)
    assert f"Read by sagemaker.{type(reader).__name__}." in result.notes
    assert {"text/plain", "text/html"} <= set(result._repr_mimebundle_())


def test_a_stream_is_the_users_to_close():
    """StreamDeserializer gives the open stream and the content type."""
    result = answering(CSV, "text/csv").invoke(
        [1], endpoint="e", deserializer=deserializers.StreamDeserializer()
    )

    stream, content_type = result.value
    with stream:
        assert (stream.read(), content_type) == (CSV, "text/csv")
    assert "text/csv" in result._repr_mimebundle_()["text/plain"]


def test_what_it_can_not_read_is_told():
    """Its own words, and the bytes are kept."""
    with pytest.raises(CodecError) as caught:
        answering(b"hey", "text/plain").invoke(
            [1], endpoint="e", deserializer=deserializers.NumpyDeserializer()
        )
    assert caught.value.message == (
        "sagemaker.NumpyDeserializer failed on this answer of text/plain: "
        "ValueError: NumpyDeserializer cannot read content type text/plain."
    )
    assert caught.value.result.body == b"hey"


def test_pickled_objects_stay_unread():
    """As the SDK has it: `allow_pickle` is the user's to say, and nobody here says it."""
    out = io.BytesIO()
    np.save(out, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(CodecError, match="allow_pickle"):
        answering(out.getvalue(), "application/x-npy").invoke(
            [1], endpoint="e", deserializer=deserializers.NumpyDeserializer()
        )


def test_a_serializer_and_a_deserializer_together():
    """As a Predictor has them: CONTENT_TYPE and ACCEPT go out, the rows come back."""
    sent: list[Request] = []

    def echo(request: Request) -> Response:
        sent.append(request)
        return Response(payload=request.payload)

    client = Client(settings=Settings(), runtime=FunctionRuntime(echo))
    rows = client.invoke(
        (serializers.CSVSerializer(), [[1, 2], [3, 4]]),
        endpoint="e",
        deserializer=deserializers.CSVDeserializer(),
    ).value

    assert rows == [["1", "2"], ["3", "4"]]
    assert (sent[0].content_type, sent[0].accept) == ("text/csv", "text/csv")
