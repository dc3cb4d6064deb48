"""The regions that a model found in a picture: a map of classes, or a mask for each.

A map is a picture in one channel (SageMaker's semantic segmentation), an array of classes, an array of scores for each
class (its RecordIO answer, of shape 1 × classes × height × width), or rows of numbers in JSON (JumpStart).
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from .cells import is_number
from .embedded import image_type, is_image, loaded, opened

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Array = np.ndarray[Any, Any]

Size = tuple[int, int]
"""width, height in pixels."""

_CLASSES: Final = 64  # A map of more classes is taken for a picture.
_EACH: Final = 64  # So is one that has fewer pixels than that for each of them, unless there are two classes.
_MASKS: Final = 100
_ONE_CHANNEL: Final = frozenset({"1", "L", "P", "I", "I;16", "I;16B", "I;16L"})
_KEYS: Final = ("predictions", "prediction", "mask", "segmentation")


@dataclass(frozen=True, slots=True)
class Segment:
    """One region.

    share: of the picture's pixels, from 0 to 1.  layer: size → where it is, H×W of bool, scaled to that size.
    number: of its colour; None for class 0 of a map, which is where nothing was found.
    """

    label: str
    share: float
    layer: Callable[[Size], Array] = field(repr=False)
    number: int | None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """All regions; the size of the picture that they are in; how many there were; the masks; what stood beside them."""

    found: Sequence[Segment]
    size: Size
    count: int
    masks: Sequence[Image]
    rest: Mapping[str, object] = field(default_factory=dict)


def of_map(classes: Array, names: object = None) -> Segments | None:
    """The regions of a map of classes, H×W integers from 0; None if it has too many to be one.

    names: of the classes, if they are known.
    """
    import numpy as np
    from PIL import Image

    classes = classes.astype(np.uint8) if classes.dtype.kind == "b" else classes
    if classes.size == 0 or classes.min() < 0 or classes.max() > 0xFFFF:
        return None
    counts = np.bincount(classes.reshape(-1))
    present = np.flatnonzero(counts)
    if len(present) > max(2, min(_CLASSES, classes.size // _EACH)):
        return None
    numbers = np.zeros(len(counts), np.uint8)
    numbers[present] = np.arange(len(present))
    ground = len(present) > 1 and bool(present[0] == 0)
    small = Image.fromarray(numbers[classes])  # each class by its place among those present
    found = [
        Segment(
            label=_name(int(of), names),
            share=float(counts[of]) / classes.size,
            layer=_layer(small, place),
            number=None if ground and of == 0 else place - ground,
        )
        for place, of in enumerate(present)
    ]
    mask = Image.fromarray(classes.astype(np.uint8 if len(counts) <= 256 else np.uint16))
    return Segments(found=found, size=small.size, count=len(found), masks=[mask])


def may_be_map(value: object) -> bool:
    """Whether *value* could be a map of classes, seen from afar: nothing is decoded."""
    if isinstance(value, bytes):
        return image_type(value) is not None
    if isinstance(value, dict):
        value = next((inner for key in _KEYS if isinstance(inner := value.get(key), list)), None)
    if isinstance(value, list):
        first = value[0] if value else None
        return isinstance(first, list) and bool(first) and type(first[0]) is int
    return (is_image(value) and getattr(value, "mode", "") in _ONE_CHANNEL) or _is_array(value)


def map_in(value: object, sizes: Sequence[Size], most: int) -> Segments | None:
    """The map of classes that *value* is, if its size is one of *sizes*; None if it is none.

    most: bytes that a picture may take, decoded.  ValueError if rows differ in length.
    """
    import numpy as np

    if is_image(value) or isinstance(value, bytes):
        picture = _one_channel(value, sizes, most)
        found = None if picture is None else of_map(np.asarray(picture))
        return None if found is None or picture is None else replace(found, masks=[picture])
    names, rest = None, {}
    if isinstance(value, dict):
        key = next(key for key in _KEYS if isinstance(value.get(key), list))
        names, rest = value.get("labels"), {k: v for k, v in value.items() if k not in (key, "labels")}
        value = value[key]
    if isinstance(value, list) and (len(value[0]), len(value)) not in sizes:
        return None
    classes = _classes(np.asarray(value), sizes)
    found = None if classes is None else of_map(classes, names)
    return None if found is None else replace(found, rest=rest)


def masks_in(value: object, most: int) -> Segments | None:
    """``[{"label": …, "score": …, "mask": base64 PNG}, …]``, as Hugging Face segments; None if it is none."""
    if not has_masks(value):
        return None
    assert isinstance(value, list)  # noqa: S101 - for the type checker
    found: list[Segment] = []
    masks: list[Image] = []
    for item in value[:_MASKS]:
        picture = _mask(item.get("mask"), most)
        most -= 0 if picture is None else picture.width * picture.height * 4
        if picture is None:
            continue
        shares = picture.histogram()
        share = sum(shares[128:]) / max(1, sum(shares))
        score = item.get("score")
        label = "" if item.get("label") is None else str(item["label"])
        layer = _layer(picture.point([0] * 128 + [1] * 128), 1)
        found.append(Segment(label, share, layer, len(found), float(score) if is_number(score) else None))
        masks.append(picture)
    if not masks:
        return None
    return Segments(found=found, size=masks[0].size, count=len(value), masks=masks)


def has_masks(value: object) -> bool:
    """Whether *value* begins as a list of masks does; nothing is decoded."""
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict) or not isinstance(first.get("mask"), str) or "label" not in first:
        return False
    return (
        isinstance(value, list) and all(isinstance(item, dict) for item in value) and _begins(first["mask"])
    )


def _begins(text: str) -> bool:
    try:
        return image_type(b64decode(text[:64])) is not None
    except Error:
        return False


def _mask(text: object, most: int) -> Image | None:
    """A mask in 8 bits; None if it can't be read."""
    try:
        return loaded(b64decode(text, validate=True), most).convert("L") if isinstance(text, str) else None
    except (Error, ValueError):
        return None


def _layer(numbers: Image, place: int) -> Callable[[Size], Array]:
    def layer(size: Size) -> Array:
        import numpy as np
        from PIL.Image import Resampling

        at_size = numbers if numbers.size == size else numbers.resize(size, Resampling.NEAREST)
        made: Array = np.asarray(at_size) == place
        return made

    return layer


def _one_channel(value: Any, sizes: Sequence[Size], most: int) -> Image | None:
    """The picture, if it is of the size and has one channel: a photograph's pixels are not even looked at."""
    try:
        picture: Image = opened(value, most) if isinstance(value, bytes) else value
        if picture.size not in sizes or picture.mode not in _ONE_CHANNEL:
            return None
        return loaded(value, most) if isinstance(value, bytes) else value
    except ValueError:
        return None


def _is_array(value: object) -> bool:
    return type(value).__name__ == "ndarray" and 2 <= len(getattr(value, "shape", ())) <= 4


def _classes(array: Array, sizes: Sequence[Size]) -> Array | None:
    """The array as H×W classes: it is that already, or it holds a score for each class before height and width."""
    import numpy as np

    array = array.squeeze(0) if array.ndim > 2 and array.shape[0] == 1 else array
    if array.ndim < 2 or array.shape[:-3:-1] not in sizes:
        return None
    if array.ndim == 3 and array.dtype.kind == "f" and array.shape[0] <= 1_000:
        array = array.argmax(axis=0)
    if array.ndim != 2 or array.dtype.kind not in "iub":
        return None
    return (
        array.astype(np.int64 if array.dtype.itemsize > 2 else np.uint16)
        if array.dtype != np.uint8
        else array
    )


def _name(of: int, names: object) -> str:
    if isinstance(names, list) and of < len(names):
        return str(names[of])
    return str(of)
