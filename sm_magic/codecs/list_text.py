"""application/list-text: a list of texts ⇄ the same as JSON, as JumpStart's text models want it.

The SDK writes it with its JSONSerializer (sagemaker/jumpstart/enums.py, MIMEType.LIST_TEXT), and the models' own
scripts read it with ``json.loads``: a batch of sentences, a pair of them, or a question and its context.
"""

from __future__ import annotations

from typing import Any

from ..errors import CodecError
from ..messages import Payload
from .base import Asked, Codec, Told, a_kind, kind, to_bytes
from .json_read import check_memory, loads
from .json_write import write

CODEC = Codec("application/list-text")


@CODEC.encodes(
    "builtins.list", "builtins.tuple", "numpy.ndarray", "pandas.Series", "pandas.Index", "polars.Series"
)
def _texts(value: Any, asked: Asked) -> Payload:
    """Not counted as rows: a question and its context have one answer."""
    found = value.tolist() if hasattr(value, "tolist") else list(value)
    texts = found if isinstance(found, list) else [found]
    odd = [text for text in texts if not isinstance(text, str)]
    if odd or not texts:
        what = f"holds {a_kind(odd[0])}" if odd else "is empty"
        raise CodecError(
            f"{asked.media.type} is a list of texts; this {kind(value)} {what}.",
            hint="-t json sends any list.",
        )
    return asked.payload(to_bytes(write(texts).decode(), asked.media))


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    """A list that is written already."""
    if not text.lstrip().startswith("["):
        raise CodecError(f"{asked.media.type} is a list of texts; this is one.", hint='["…"]')
    return asked.payload(to_bytes(text, asked.media))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    """The list; models also answer objects under this name."""
    check_memory(body, told)
    return loads(body, told.media)
