"""The pictures inside a value: base64, data: URIs, nested lists and arrays of pixels; how what stood beside them reads.

Keys differ (``generated_images``, ``artifacts[].base64``, ``data[].b64_json``, ``images[]``, …), so none is asked for:
a string of base64 is a picture if its first bytes are those of one.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .embedded import image_type

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_DEPTH: Final = 6
_NODES: Final = 20_000  # values that are looked at, in all
_GLANCE: Final = 60  # values that are looked at to know whether there are any
_FIRST: Final = 2  # items of a list that tell what the others are, at a glance
_SIDE: Final = 8  # Pixels; a smaller array of three columns is a table.
_HEAD: Final = 64  # characters of base64 that tell a picture
_SHORTEST: Final = 40  # characters; a GIF of one pixel has more
_MOST: Final = 1_000  # pictures
_STARTS: Final = ("iVBORw0K", "/9j/", "R0lGOD", "UklGR", "Qk", "SUkq", "TU0A", "data:image/")
_GONE: Final = object()


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where it stood, its bytes or its pixels (H×W×C of uint8), and the facts that stood beside it."""

    at: str
    data: bytes | Array = field(repr=False)
    said: Mapping[str, object] = field(default_factory=dict)


def has_pictures(value: object) -> bool:
    """Whether there are pictures in *value*, at a glance: the first items of lists, the first few dozen values."""
    return any(_may_be_picture(part) for part in islice(_parts(value, _DEPTH), _GLANCE))


def find_pictures(value: object) -> tuple[list[Picture], object]:
    """The pictures in *value*, in its order, and what is left of it without them; None if nothing is."""
    search = _Search([], _NODES)
    rest = search.strip(value, "", _DEPTH)
    return search.found, None if rest is _GONE else rest


def _parts(value: object, depth: int) -> Iterator[object]:
    yield value
    if not depth:
        return
    if isinstance(value, dict):
        inner = list(islice(value.values(), _GLANCE))
    elif isinstance(value, list) and value and isinstance(value[0], dict | list | str):
        inner = value[:_FIRST]
    else:
        return
    for part in inner:
        yield from _parts(part, depth - 1)


def _may_be_picture(value: object) -> bool:
    if isinstance(value, str):
        return len(value) >= _SHORTEST and value.startswith(_STARTS) and _base64_type(value) is not None
    if isinstance(value, list):
        return _looks_like_pixels(value) and _pixels(value) is not None
    return type(value).__name__ == "ndarray" and _is_pixels(value)


def _looks_like_pixels(value: list[Any]) -> bool:
    """Whether *value* begins as H×W×3 or H×W×4 integers do."""
    row = value[0] if len(value) >= _SIDE else None
    pixel = row[0] if isinstance(row, list) and len(row) >= _SIDE else None
    return isinstance(pixel, list) and len(pixel) in (3, 4) and all(type(part) is int for part in pixel)


def _pixels(value: list[Any]) -> Array | None:
    """Lists as H×W×3 or H×W×4 of uint8; None if a row has another length, or a number is no level of colour."""
    import numpy as np

    try:
        array = np.asarray(value)
    except ValueError:
        return None
    if array.ndim != 3 or array.dtype.kind not in "iu" or array.min() < 0 or array.max() > 255:
        return None
    return array.astype(np.uint8)


def _is_pixels(array: Any) -> bool:
    """Whether an array is H×W×3, H×W×4, or a batch of those or of H×W×1, of uint8."""
    shape = array.shape
    if array.dtype.str != "|u1" or len(shape) not in (3, 4) or min(shape[-3:-1]) < _SIDE:
        return False
    return shape[-1] in (3, 4) or (len(shape) == 4 and shape[-1] == 1)


def _base64_type(text: str) -> str | None:
    """The type of the picture that *text* is in base64, told by its beginning."""
    start = text.find(",", 0, _HEAD) + 1 if text.startswith("data:image/") else 0
    try:
        head = b64decode(text[start : start + _HEAD])
    except (Error, ValueError):
        return None
    if head[:2] == b"BM":  # two letters are little: a BMP also holds its own length
        length = 3 * ((len(text) - start) // 4) - text[-2:].count("=")
        return "image/bmp" if int.from_bytes(head[2:6], "little") == length else None
    return image_type(head)


@dataclass(slots=True)
class _Search:
    found: list[Picture]
    left: int

    def strip(self, value: object, at: str, depth: int) -> object:
        """*value* without its pictures, `_GONE` if nothing else was in it."""
        self.left -= 1
        if self.left < 0 or len(self.found) >= _MOST:
            return value
        if self._take(value, at):
            return _GONE
        if isinstance(value, dict) and depth:
            return self._strip_object(value, at, depth)
        if isinstance(value, list) and depth and value and isinstance(value[0], dict | list | str):
            count = len(self.found)
            parts = [self.strip(part, f"{at}[{i}]", depth - 1) for i, part in enumerate(value)]
            return self._rest([part for part in parts if part is not _GONE], count)
        return value

    def _strip_object(self, value: dict[Any, Any], at: str, depth: int) -> object:
        """An object of a list that holds one picture tells of that picture."""
        count = len(self.found)
        parts = {
            key: self.strip(part, f"{at}.{key:.40}" if at else f"{key:.40}", depth - 1)
            for key, part in value.items()
        }
        kept = {key: part for key, part in parts.items() if part is not _GONE}
        if at.endswith("]") and len(self.found) == count + 1:
            picture = self.found[count]
            said = {str(key): part for key, part in kept.items() if not isinstance(part, dict | list)}
            self.found[count] = Picture(picture.at, picture.data, {**said, **picture.said})
            kept = {key: part for key, part in kept.items() if isinstance(part, dict | list)}
        return self._rest(kept, count)

    def _rest(self, kept: object, count: int) -> object:
        return _GONE if not kept and len(self.found) > count else kept

    def _take(self, value: object, at: str) -> bool:
        if isinstance(value, str) and _may_be_picture(value):
            self.found.append(Picture(at, _decoded(value)))
            return True
        if isinstance(value, list):
            pixels = _pixels(value) if _looks_like_pixels(value) else None
            self.found += [] if pixels is None else [Picture(at, pixels)]
            return pixels is not None
        if type(value).__name__ != "ndarray" or not _is_pixels(value):
            return False
        self.found += _of_array(value, at, _MOST - len(self.found))
        return True


def _of_array(array: Any, at: str, most: int) -> list[Picture]:
    """One picture, or those of a batch."""
    if array.ndim == 3:
        return [Picture(at, array)]
    return [Picture(f"{at}[{i}]", one) for i, one in enumerate(array[:most])]


def _decoded(text: str) -> bytes:
    """The bytes of a picture in base64, as many as can be read."""
    start = text.find(",", 0, _HEAD) + 1 if text.startswith("data:image/") else 0
    try:
        return b64decode(f"{text[start:]}==")
    except Error:
        return b64decode(text[start : start + _HEAD])
