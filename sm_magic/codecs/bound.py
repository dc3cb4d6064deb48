"""Serializers and deserializers that users bring, as the SageMaker SDK's are made.

A serializer is anything with `serialize` and `CONTENT_TYPE`, taken with its data: as a pair ``(CSVSerializer(), df)``,
as an object that carries it in `.data`, or as one whose `serialize()` needs no argument.  A deserializer is anything
with `deserialize` and `ACCEPT`.

Source: the SDK 2.257, sagemaker/base_serializers.py, base_deserializers.py and base_predictor.py.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import CodecError, UsageError
from ..messages import Payload
from ..spelling import told, upper
from .base import a_kind, kind


@dataclass(frozen=True, slots=True)
class Bound:
    """A serializer bound to its data."""

    serializer: Any
    call: Callable[[], Any]

    @property
    def content_type(self) -> str | None:
        """What the serializer says that it makes."""
        found = self.serializer.CONTENT_TYPE
        return found if isinstance(found, str) else None

    def data(self) -> str | bytes:
        """What it makes: text, bytes, or what a file-like object holds; CodecError if it fails."""
        try:
            made = self.call()
            made = made.read() if callable(getattr(made, "read", None)) else made
        except Exception as exc:
            raise CodecError(f"{kind(self.serializer)} failed: {told(exc)}") from exc
        if isinstance(made, str):
            return made
        if isinstance(made, (bytes, bytearray, memoryview)):
            return bytes(made)
        raise CodecError(f"{kind(self.serializer)} made {a_kind(made)}; bytes or text can be sent.")


def find(value: Any) -> Bound | None:
    """The serializer in *value* and its data; None if *value* is something else."""
    if isinstance(value, tuple) and len(value) == 2 and _is_serializer(value[0]):
        serializer, data = value
        return Bound(serializer, lambda: serializer.serialize(data))
    if not _is_serializer(value):
        return None
    if _needs_nothing(value.serialize):
        return Bound(value, value.serialize)
    if hasattr(value, "data"):
        return Bound(value, lambda: value.serialize(value.data))
    raise CodecError(
        f"{upper(a_kind(value))} has no data to send.",
        hint=f"Send it with its data: ({type(value).__name__}(…), data)",
    )


def _is_serializer(value: Any) -> bool:
    return (
        not isinstance(value, type)
        and callable(getattr(value, "serialize", None))
        and hasattr(value, "CONTENT_TYPE")
    )


def _needs_nothing(serialize: Callable[..., Any]) -> bool:
    try:
        inspect.signature(serialize).bind()
    except (TypeError, ValueError):
        return False
    return True


def accept(deserializer: Any) -> str:
    """The Accept that *deserializer* asks for: its ACCEPT, several media types joined as the SDK joins them.

    Raises UsageError for what is no deserializer.
    """
    if isinstance(deserializer, type) and callable(getattr(deserializer, "deserialize", None)):
        name = deserializer.__name__
        raise UsageError(f"{name} is a class; what reads the answer is made of it.", hint=f"`{name}()`")
    asked = getattr(deserializer, "ACCEPT", None)
    types = (asked,) if isinstance(asked, str) else asked
    if (
        not callable(getattr(deserializer, "deserialize", None))
        or not isinstance(types, (tuple, list))
        or not types
        or not all(isinstance(one, str) for one in types)
    ):
        raise UsageError(
            f"{upper(a_kind(deserializer))} is no deserializer.",
            hint="One has `deserialize(stream, content_type)`, and media types in `ACCEPT`.",
        )
    return ", ".join(types)


def deserialize(deserializer: Any, payload: Payload) -> Any:
    """What *deserializer* makes of an answer; closing the stream is its business, as it is in the SDK.

    It is the user's own code: no limit of memory is kept here.  CodecError, whatever it raises.
    """
    try:
        return deserializer.deserialize(io.BytesIO(payload.body), payload.content_type)
    except Exception as exc:
        raise CodecError(
            f"{kind(deserializer)} failed on this answer of {payload.content_type}: {told(exc)}",
            hint="Without it the answer is read by its content type; `sm_magic.last.body` has the bytes.",
        ) from exc
