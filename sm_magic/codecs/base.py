"""What every codec is made of: its media types, an encoder per Python type, one decoder.

A codec is one file in this folder that holds a `CODEC`.  Python types are named as strings, ``package.Class``, and
matched along the MRO by top-level package and class name, so that nothing is imported before such a value appears
and a library may move its classes between its modules.
"""

from __future__ import annotations

import dataclasses
from collections import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..mediatypes import MediaType
from ..messages import Facts, Payload
from ..spelling import article, told, upper
from . import torch_tensors

if TYPE_CHECKING:
    import numpy as np

ORIENTS: tuple[str, ...] = (
    "records",
    "split",
    "values",
    "columns",
    "index",
    "instances",
    "features",
    "inputs",
    "dataframe_split",
    "dataframe_records",
    "v2",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of an encoder.

    content_type: as it goes out; `media` is the same, parsed.
    header: whether a CSV has its columns' names as first line.
    orient: the layout of a table in JSON, one of `ORIENTS`.
    max_bytes: encoding stops beyond it; None: no limit.
    """

    content_type: str
    media: MediaType
    header: bool | None = None
    orient: str | None = None
    max_bytes: int | None = None

    def payload(self, body: bytes, **facts: Any) -> Payload:
        """*body* under the content type asked for; *facts* are the fields of `Facts`."""
        return Payload(body=body, content_type=self.content_type, facts=Facts(**facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told to a decoder: the answer's media type, the rows that were sent, and the memory it may take."""

    media: MediaType
    rows: int | None = None
    max_bytes: int = 1 << 30


Encoder = Callable[[Any, Asked], Payload]
Decoder = Callable[[bytes, Told], Any]
Chooser = Callable[[Any], str]
"""A value → the media type it is sent as when nobody says."""
Labeller = Callable[[bytes, str, MediaType], str]
"""Bytes that are ready and the content type given for them → the one that they need, parameters and all."""


class Codec:
    """One way to write values as bytes, and to read them back."""

    def __init__(self, *media_types: str) -> None:
        self.media_types = media_types
        self.encoders: dict[str, Encoder] = {}
        self.defaults: dict[str, Chooser] = {}
        self.decoder: Decoder | None = None
        self.labeller: Labeller | None = None

    def encodes(self, *type_names: str, default: bool | Chooser = False) -> Callable[[Encoder], Encoder]:
        """Register the function below for these types.

        ``default=True``: a bare cell sends them as this codec's first media type; a function chooses by the value.
        """

        def register(encoder: Encoder) -> Encoder:
            for name in type_names:
                if name in self.encoders:
                    raise TypeError(f"{self!r} has two encoders of {name}")
                self.encoders[name] = encoder
                if default:
                    self.defaults[name] = default if callable(default) else self._first
            return encoder

        return register

    def decodes(self, decoder: Decoder) -> Decoder:
        """Register the function below as the decoder."""
        self.decoder = decoder
        return decoder

    def labels(self, labeller: Labeller) -> Labeller:
        """Register the function below: it completes the content type of bytes that are ready."""
        self.labeller = labeller
        return labeller

    def _first(self, _: Any) -> str:
        return self.media_types[0]

    def __repr__(self) -> str:
        return f"<Codec {' '.join(self.media_types)}>"


ARROW = ("__arrow_c_stream__", "__arrow_c_array__")
"""The Arrow PyCapsule interface: how a library hands over its tables and columns."""


def _hands_over(cls: type) -> bool:
    """Whether *cls* has the interface and means a table; Pillow's images (from 11.3) hand over a list of pixels."""
    return any(hasattr(cls, name) for name in ARROW) and not any(
        base.__module__.partition(".")[0] == "PIL" for base in cls.__mro__
    )


# What a value can do, for values whose class is not known.  Tried in this order, after all classes.
_ABILITIES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("dataclass", lambda value: dataclasses.is_dataclass(value) and not isinstance(value, type)),
    ("to_pandas", lambda value: callable(getattr(type(value), "to_pandas", None))),
    ("__arrow_c_stream__", lambda value: _hands_over(type(value))),
    ("__array__", lambda value: callable(getattr(type(value), "__array__", None))),
    ("Mapping", lambda value: isinstance(value, abc.Mapping)),
    ("Sequence", lambda value: isinstance(value, (abc.Sequence, abc.Set, abc.ValuesView))),
)


def type_names(value: object) -> Iterator[str]:
    """The names under which *value* may be registered, most specific first.

    ``pandas.DataFrame`` for each class of the MRO, then what it can do (``Mapping``), at last ``builtins.object``.
    """
    for cls in type(value).__mro__[:-1]:
        yield f"{cls.__module__.partition('.')[0]}.{cls.__name__}"
    for name, has in _ABILITIES:
        if has(value):
            yield name
    yield "builtins.object"


def is_a(value: object, name: str) -> bool:
    """Whether *value* is of the type called *name* (``pandas.DataFrame``), without importing it."""
    package, _, called = name.rpartition(".")  # abilities have none, and take the longest to look for
    found = (c.__module__.split(".")[0] == package for c in type(value).__mro__ if c.__name__ == called)
    return any(found) if package else name in type_names(value)


def kind(value: object) -> str:
    """The type of *value* as its users write it: ``list``, ``pandas.DataFrame``."""
    cls = type(value)
    package = cls.__module__.partition(".")[0]
    return cls.__name__ if package in ("builtins", "__main__") else f"{package}.{cls.__name__}"


def a_kind(value: object) -> str:
    """The type of *value* with its article: ``an object``."""
    name = kind(value)
    return f"{article(name)} {name}"


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """*value* as an array; CodecError if it does not become one (a sparse tensor, a ragged list)."""
    import numpy as np

    if not isinstance(value, np.ndarray) and is_a(value, "torch.Tensor"):
        return torch_tensors.array(value)
    try:
        return np.asarray(value)
    except Exception as exc:
        raise CodecError(f"{upper(a_kind(value))} did not become an array: {told(exc)}") from exc


def optional(name: str) -> ModuleType | None:
    """The module *name*, or None if it is absent.

    A package whose import fails for any reason counts as absent: a pyarrow built for numpy 2 beside numpy 1.26
    raises more than ImportError.
    """
    try:
        return import_module(name)
    except Exception:  # noqa: BLE001 - any failure means that we do without
        return None


def size(count: float) -> str:
    """A number of bytes for people: ``25.0 MB``."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count:.0f} bytes"


def too_large_to_decode(what: str, needed: float, max_bytes: int) -> CodecError:
    """The error for an answer that would take more memory than `max_decoded_bytes`."""
    return CodecError(
        f"{what} would take about {size(needed)} of memory; the limit is {size(max_bytes)}.",
        hint="The answer's bytes are kept: `.body` and `.save(path)` work; `max_decoded_bytes` raises the limit.",
    )


def to_text(body: bytes, media: MediaType) -> str:
    """*body* as text by the charset it says it has, UTF-8 if it says none; a byte order mark is left out.

    Raises CodecError for an unknown charset and for bytes that it does not allow.
    """
    charset = media.charset or "utf-8"
    try:
        text = body.decode(charset)
    except UnicodeDecodeError as exc:
        raise CodecError(
            f"The {media.type} body is not {charset}: {exc.reason} at byte {exc.start:,}.",
            hint="The bytes are kept in `.body`; `.body.decode('latin-1')` reads anything.",
        ) from exc
    except (LookupError, ValueError) as exc:
        raise CodecError(
            f"Unknown charset {charset!r} in the content type.", hint="The bytes are kept in `.body`."
        ) from exc
    return text.removeprefix("\ufeff")


def to_bytes(text: str, media: MediaType) -> bytes:
    """*text* in the charset that *media* asks for, UTF-8 if it asks for none."""
    charset = media.charset or "utf-8"
    try:
        return text.encode(charset)
    except UnicodeEncodeError as exc:
        raise CodecError(
            f"{charset} has no character {text[exc.start]!a} (at position {exc.start:,})."
        ) from exc
    except (LookupError, ValueError) as exc:
        raise CodecError(f"Unknown charset {charset!r} in the content type.", hint="charset=utf-8") from exc
