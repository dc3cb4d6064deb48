"""application/vnd.sagemaker-triton.binary+json: named tensors, a JSON header and then their bytes.

The tensors stand behind the header in its order: little-endian, row-major, without padding; a BYTES element is its
length in 4 bytes, then its bytes.  SageMaker passes no headers of its own on, so the header's length goes as a
parameter of the media type, both ways: ``;json-header-size=223``.
Sources: NVIDIA, binary tensor data extension; triton-inference-server/server, src/sagemaker_server.cc.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ..errors import CodecError
from ..mediatypes import MediaType
from ..messages import Facts, Payload
from . import foreign, kserve, kserve_answer
from .base import Asked, Codec, Told
from .json_write import write

CODEC = Codec("application/vnd.sagemaker-triton.binary+json")
_PARAMETER: Final = "json-header-size"


@CODEC.encodes(
    "builtins.dict",
    "Mapping",
    "pandas.DataFrame",
    "pandas.Series",
    *foreign.NAMES,
    "numpy.ndarray",
    "numpy.generic",
    "builtins.list",
    "builtins.tuple",
    "PIL.Image",
    "__array__",
)
def _tensors(value: Any, asked: Asked) -> Payload:
    """A mapping as a tensor a name, a table as one a column, an array as one; joined once."""
    found, facts = kserve.tensors(value)
    kserve.refuse_large(found, asked)
    header = write(
        {
            "inputs": [
                {
                    "name": tensor.name,
                    "shape": tensor.shape,
                    "datatype": tensor.datatype,
                    "parameters": {"binary_data_size": kserve.length(tensor)},
                }
                for tensor in found
            ],
            "parameters": {"binary_data_output": True},
        }
    )
    body = b"".join((header, *(piece for tensor in found for piece in _pieces(tensor))))
    return Payload(body=body, content_type=_labelled(asked.content_type, len(header)), facts=Facts(**facts))


def _pieces(tensor: kserve.Tensor) -> Sequence[bytes | memoryview]:
    if tensor.datatype != "BYTES":
        return (tensor.elements.view("u1").data,) if tensor.elements.size else ()
    return [part for item in tensor.elements for part in (len(item).to_bytes(4, "little"), item)]


def _labelled(content_type: str, header: int) -> str:
    """*content_type* with the header's length as its parameter."""
    kept = [part for part in content_type.split(";") if not part.strip().lower().startswith(_PARAMETER)]
    return f"{';'.join(kept).rstrip('; ')};{_PARAMETER}={header}"


@CODEC.labels
def _label(body: bytes, content_type: str, media: MediaType) -> str:
    """Bytes that are ready, under a content type that says where their header ends."""
    if _PARAMETER in media.parameters:
        return content_type
    return _labelled(content_type, _header_end(body))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    """The tensors by their names; a document without tensors as it is."""
    if not body.strip():
        raise CodecError(f"The {told.media.type} answer is empty.")
    said = told.media.parameters.get(_PARAMETER)
    if said is None:
        end = _header_end(body)
    elif said.isascii() and said.isdigit() and len(said) < 19 and int(said) <= len(body):
        end = int(said)
    else:
        raise CodecError(
            f"The answer says that its JSON header has {said!r:.40} bytes; the whole has {len(body):,}.",
            hint="The bytes are kept in `.body`.",
        )
    return kserve_answer.read(body, end, told)


# Strings whole, so that their braces count for nothing; possessive, so that no body makes it go back.
_MARK: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[{}\[\]]', re.DOTALL)
_DEEPER: Final = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


def _header_end(body: bytes) -> int:
    """Where the JSON document ends that *body* begins with; CodecError if it begins with none."""
    depth = 0
    if body.lstrip()[:1] == b"{":
        for mark in _MARK.finditer(body):
            depth += _DEEPER.get(mark[0], 0)
            if depth == 0:
                return mark.end()
    raise CodecError(
        "The body does not begin with a JSON document, as Triton's binary form does.",
        hint="The bytes are kept in `.body`.",
    )
