"""An array of pixels → a PIL image: H×W, H×W×1, H×W×3 or H×W×4, of uint8, bool, or floats from 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from . import masks
from .base import as_array

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image


def image_of(value: Any) -> Image.Image:
    """The image that the array *value* is; CodecError says how to make it one if it is none."""
    import numpy as np
    from PIL import Image

    masks.refuse(value, "an image")
    array = as_array(value)
    _check_shape(array)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype == np.uint16 and array.ndim == 2:
        return Image.fromarray(np.ascontiguousarray(array, dtype="=u2"))
    return Image.fromarray(np.ascontiguousarray(_bytes(array)))


def _check_shape(array: np.ndarray[Any, Any]) -> None:
    shape = array.shape
    if 0 in shape:
        raise CodecError(f"An array of shape {shape} has no pixels.")
    if array.ndim == 2 or (array.ndim == 3 and shape[2] in (1, 3, 4)):
        return
    if array.ndim == 3 and shape[0] in (1, 3, 4):
        hint = "Colours come last: `x.transpose(1, 2, 0)`"
    elif array.ndim == 4:
        hint = "That looks like a batch: send one image (`x[0]`), or -t npy"
    else:
        hint = "-t npy sends any array."
    raise CodecError(
        f"An image is H×W, H×W×3 or H×W×4; this array is {'×'.join(map(str, shape)) or 'a number'}.",
        hint=hint,
    )


def _bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind != "f":
        raise CodecError(
            f"Pixels are uint8 or floats from 0 to 1; these are {array.dtype}.",
            hint="`x.astype('uint8')` if they are from 0 to 255.",
        )
    low, high = float(array.min()), float(array.max())  # NaN if there is one
    if not (low >= 0 and high <= 1):
        raise CodecError(
            f"Floats of an image are from 0 to 1; these are from {low:g} to {high:g}.",
            hint="`x / x.max()`, or `x.astype('uint8')` if they are from 0 to 255.",
        )
    return (array.astype(np.float64) * 255 + 0.5).astype(np.uint8)
