"""The arrays of a sparse value, checked: scipy's C code reads and writes where its indices point.

scipy's own ``check_format`` skips what it thinks is empty, and a negative number of values passes for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]


def rows(shape: Array) -> int:
    """How many rows there are; 0 where the shape is none."""
    return max(0, int(shape.flat[0])) if shape.size and shape.dtype.kind in "iu" else 0


def parts(form: str, arrays: Arrays) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """What the constructor of ``csr``, ``csc``, ``bsr``, ``coo`` or ``dia`` takes, and the shape; all copies.

    *arrays*: by the names of ``scipy.sparse.save_npz``.  Raises ValueError where they do not fit together.
    """
    sides = _indices(arrays["shape"], 1 << 62)
    shape = tuple(int(side) for side in sides)
    data = _native(arrays["data"])
    if form == "coo":
        return _coordinates(data, arrays, shape), shape
    if form == "dia":
        _expect(len(shape) == 2 and data.ndim == 2, "diagonals are of two dimensions")
        offsets = _indices(arrays["offsets"], max(shape) + 1, least=-max(shape))
        _expect(offsets.size == len(data), "as many offsets as diagonals")
        return (data, offsets), shape
    return _compressed(form, data, arrays, shape), shape


def _coordinates(data: Array, arrays: Arrays, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The values, and where each stands."""
    places = arrays["coords"] if "coords" in arrays else (arrays["row"], arrays["col"])
    _expect(len(places) == len(shape), "a row of indices for each dimension")
    found = tuple(_indices(place, side) for place, side in zip(places, shape, strict=True))
    _expect(data.ndim == 1 and all(place.size == data.size for place in found), "as many indices as values")
    return data, found


def _compressed(form: str, data: Array, arrays: Arrays, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Values, indices, and where each row (column) starts in them."""
    import numpy as np

    _expect(len(shape) == 2 or (form == "csr" and len(shape) == 1), "two dimensions")
    _expect(data.ndim == (3 if form == "bsr" else 1), "values of as many dimensions as the format has")
    block = data.shape[1:] if form == "bsr" else (1, 1)
    fits = min(block) > 0 and all(side % part == 0 for side, part in zip(shape, block, strict=False))
    _expect(fits, "blocks that fill the shape")
    sides = [side // part for side, part in zip((1, *shape)[-2:], block, strict=True)]
    major, minor = reversed(sides) if form == "csc" else sides
    starts = _indices(arrays["indptr"], len(data) + 1)
    _expect(starts.size == major + 1, "a start for each row, and the end")
    _expect(starts[0] == 0 and bool((np.diff(starts) >= 0).all()), "starts in their order")
    indices = _indices(arrays["indices"], minor)
    _expect(indices.size == len(data), "as many indices as values")
    return data, indices, starts


def _indices(array: Array, end: int, least: int = 0) -> Array:
    """A copy of integers of one dimension, all from *least* to below *end*."""
    import numpy as np

    _expect(array.ndim == 1 and array.dtype.kind in "iu", "indices are integers of one dimension")
    if array.size:
        _expect(least <= int(array.min()) and int(array.max()) < end, "an index points elsewhere")
    return array.astype(np.int64 if array.dtype.itemsize > 4 or array.dtype.kind == "u" else np.int32)


def _native(array: Array) -> Array:
    return array.astype(array.dtype.newbyteorder("="))


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
