"""A document of KServe v2 with its tensors' bytes behind it → arrays by name.

It comes from outside: every size is held against the bytes that are there before anything is made.  Arrays are
copies, aligned and writable.  BYTES become text where all elements are UTF-8, bytes else, in an array of objects.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from ..errors import CodecError
from . import kserve
from .base import Told, size, too_large_to_decode
from .json import check_memory, loads

if TYPE_CHECKING:
    import numpy as np

_BODY: Final = "The bytes are kept in `.body`."
_OBJECT: Final = 100  # bytes that an element of BYTES takes in memory besides its own


def read(body: bytes, end: int, told: Told) -> Any:
    """The tensors of the document that *body* is up to *end*; one that holds no tensors is given as it is.

    Raises CodecError for what is no such document, or would take more memory than told.
    """
    header = body[:end]
    check_memory(header, told)
    document = loads(header)
    specs = _specs(document)
    if specs is None:
        if body[end:].strip():
            raise CodecError(
                f"Behind the answer's JSON stand {size(len(body) - end)}, of no tensor.", hint=_BODY
            )
        return document
    room, found = told.max_bytes, {}
    for spec in specs:
        name = spec.get("name") if isinstance(spec, dict) else None
        if not isinstance(name, str) or name in found:
            raise CodecError(f"A tensor of the answer has no name of its own: {name!r:.60}.", hint=_BODY)
        found[name], end, room = _tensor(_Spec(spec, name), body, end, room, told)
    if body[end:].strip(b"\r\n "):
        raise CodecError(f"Behind the answer's tensors stand {size(len(body) - end)} more.", hint=_BODY)
    return found


def _specs(document: Any) -> list[Any] | None:
    """The tensors of an answer, or of a request (an endpoint may give back what it got)."""
    for key in ("outputs", "inputs"):
        if isinstance(document, dict) and isinstance(found := document.get(key), list):
            return found
    return None


class _Spec:
    """What the document says of one tensor, checked: datatype, shape, count, and how its elements come."""

    def __init__(self, spec: dict[str, Any], name: str) -> None:
        self.name = name
        self.datatype, shape = spec.get("datatype"), spec.get("shape")
        if self.datatype != "BYTES" and self.datatype not in list(kserve.DTYPES):
            raise self.error(f"has an unknown datatype, {self.datatype!r:.40}")
        if not isinstance(shape, list) or len(shape) > 32 or not all(_is_count(n) for n in shape):
            raise self.error(f"has an impossible shape, {shape!r:.60}")
        self.shape: list[int] = shape
        self.count = math.prod(shape)
        self.data = spec.get("data")
        parameters = spec.get("parameters")
        self.size: Any = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
        if self.size is None and not isinstance(self.data, list):
            raise self.error("comes without its data")
        if self.size is not None and not _is_count(self.size):
            raise self.error(f"has an impossible size, {self.size!r:.40} bytes")

    def error(self, what: str) -> CodecError:
        return CodecError(f"The tensor {self.name!r:.60} of the answer {what}.", hint=_BODY)

    def memory(self) -> int:
        """Bytes that the array takes."""
        if self.datatype == "BYTES":
            return (self.size or 0) + _OBJECT * self.count
        width = 4 if self.datatype == "BF16" else int(kserve.DTYPES[str(self.datatype)][-1])
        return self.count * width


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def _tensor(spec: _Spec, body: bytes, at: int, room: int, told: Told) -> tuple[Any, int, int]:
    """The array, where the next one's bytes begin, and what memory is left."""
    needed = spec.memory()
    if spec.size is not None:
        _check_size(spec, len(body) - at)
    elif spec.count > len(body):
        raise spec.error(f"has the shape {spec.shape!r:.60}, and less data")
    if needed > room:
        raise too_large_to_decode("The answer's tensors", told.max_bytes - room + needed, told.max_bytes)
    try:
        if spec.size is None:
            return _listed(spec).reshape(spec.shape), at, room - needed
        return _packed(spec, body, at).reshape(spec.shape), at + spec.size, room - needed
    except (ValueError, TypeError, OverflowError, RecursionError) as exc:
        raise spec.error(f"({spec.datatype}, shape {spec.shape!r:.60}) can't be read: {exc!s:.100}") from exc


def _check_size(spec: _Spec, left: int) -> None:
    """The shape, the size that is told and the bytes that are there must agree."""
    if spec.size > left:
        raise spec.error(f"is cut off: {size(left)} of {size(spec.size)} are there")
    if spec.datatype == "BYTES":
        fits = 4 * spec.count <= spec.size
    else:
        fits = spec.count * int(kserve.DTYPES[str(spec.datatype)][-1]) == spec.size
    if not fits:
        raise spec.error(f"is {spec.datatype} of shape {spec.shape!r:.60}, which {size(spec.size)} can't be")


def _packed(spec: _Spec, body: bytes, at: int) -> np.ndarray[Any, Any]:
    import numpy as np

    if spec.datatype == "BYTES":
        return _texts(_split(spec, body, at))
    dtype = np.dtype(kserve.DTYPES[str(spec.datatype)])
    flat = np.frombuffer(body, dtype, count=spec.count, offset=at) if spec.count else np.empty(0, dtype)
    return kserve.widened(flat) if spec.datatype == "BF16" else flat.copy()


def _split(spec: _Spec, body: bytes, at: int) -> list[bytes]:
    """The elements of a BYTES tensor."""
    end, items = at + spec.size, []
    for _ in range(spec.count):
        start = at + 4
        at = start + int.from_bytes(body[at:start], "little")
        if at > end:
            break
        items.append(body[start:at])
    if at != end or len(items) != spec.count:
        raise spec.error("has elements whose lengths do not add up")
    return items


def _listed(spec: _Spec) -> np.ndarray[Any, Any]:
    """The elements as JSON has them, flat or nested; null is NaN where that can be."""
    import numpy as np

    if spec.datatype != "BYTES":
        dtype = np.dtype("<f4" if spec.datatype == "BF16" else kserve.DTYPES[str(spec.datatype)])
        return _floats(spec, dtype) if dtype.kind == "f" else _whole(spec, dtype)
    array = np.array(spec.data, dtype=object).reshape(-1)
    if not all(isinstance(item, str) for item in array):
        raise spec.error("is BYTES and holds what is no text")
    return array


def _floats(spec: _Spec, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    with np.errstate(over="ignore"):
        return np.array(spec.data, dtype=dtype)


def _whole(spec: _Spec, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Integers and bools; a value that the datatype has not is an error, where numpy would cut it to size."""
    import numpy as np

    wide = np.array(spec.data)
    with np.errstate(invalid="ignore"):
        narrow = wide.astype(dtype) if wide.dtype.kind in "biuf" else None
    if narrow is None or not np.array_equal(narrow, wide):
        raise spec.error(f"is {spec.datatype} and holds what is none")
    return narrow


def _texts(items: list[bytes]) -> np.ndarray[Any, Any]:
    """Text if all of it is UTF-8, else the bytes."""
    import numpy as np

    array = np.empty(len(items), dtype=object)
    try:
        array[:] = [item.decode() for item in items]
    except UnicodeDecodeError:
        array[:] = items
    return array
