"""Named tensors: the outputs of KServe's protocol v2 (Triton, MLServer), arrays by name (a Triton answer, npz), or the
``(x, labels)`` of RecordIO.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any, Final

from ..settings import Settings
from . import array as arrays
from .base import Answer, Shown, View, room
from .grid import Grid, grid_shown
from .markup import join, tag
from .printable import one_line
from .quantities import part_of
from .tables import Corner, Table
from .tree import beside

if TYPE_CHECKING:
    from numpy import ndarray
    from pandas import DataFrame

# KServe's open inference protocol, "Tensor Data Types"; BF16 has no type of its own in numpy.
_TYPES: Final[Mapping[str, str]] = {
    "BOOL": "bool",
    "FP16": "float16",
    "BF16": "float32",
    "FP32": "float32",
    "FP64": "float64",
    **{f"{sign}INT{bits}": f"{sign.lower()}int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)},
}
_NAME: Final = 100
_DIMENSIONS: Final = 32  # numpy 1's most.


def claims(answer: Answer) -> bool:
    """Whether the value is tensors by name."""
    value = answer.value
    return _by_name(value) is not None or (isinstance(value, dict) and _outputs(value) is not None)


def show(answer: Answer, settings: Settings) -> Shown:
    """Each tensor under its name, type and shape: one of two dimensions as a table, a larger one by its first slice."""
    found = answer.once(read)
    few = list(found.items())[: settings.max_rows]
    if not few:
        raise ValueError("there are no named tensors in this answer")
    space = room(settings) * 3 // 4 // len(few)
    cap = replace(settings, max_text=settings.max_text // len(few))
    parts = [_tensor_shown(name, kind, array, answer, cap, space) for name, (kind, array) in few]
    if len(few) < len(found):
        count = part_of(len(few), len(found), "tensor")
        parts.append(Shown(html=tag("p", count), text=count))
    if rest := _rest(answer.value):
        parts.append(beside(rest, room(settings) // 6))
    return Shown(html=join(*(part.html for part in parts)), text="\n\n".join(part.text for part in parts))


def table(answer: Answer) -> Table | None:
    """Tensors of as many rows side by side, a matrix as columns ``name.0``, ``name.1``; else the first of them."""
    flat = {name: array for name, (_, array) in answer.once(read).items() if array.ndim in (1, 2)}
    if not flat:
        return None
    if len({array.shape[0] for array in flat.values()}) > 1:
        flat = dict([next(iter(flat.items()))])
    return _side_by_side(flat)


def read(value: object) -> dict[str, tuple[str, ndarray]]:
    """Data type and array of each tensor by its name; an array that does not fit its shape is of one dimension."""
    if (arrays_by_name := _by_name(value)) is not None:
        return {str(name): (str(array.dtype), array) for name, array in arrays_by_name.items()}
    outputs = (_outputs(value) if isinstance(value, dict) else None) or []
    return {output["name"]: (output["datatype"], _array(output)) for output in outputs}


# --- what was answered --------------------------------------------------------------------------------------


def _by_name(value: object) -> Mapping[Any, Any] | None:
    """The arrays in a dict that has no other values; of a pair the second are a Record's labels."""
    if isinstance(value, tuple) and len(value) == 2:
        value = dict(zip(("values", "label"), value, strict=True))
    if isinstance(value, dict) and value and all(map(_is_array, value.values())):
        return value
    return None


def _is_array(item: object) -> bool:
    return type(item).__name__ == "ndarray" or _is_sparse(item)


def _is_sparse(item: object) -> bool:
    """Whether it is one of scipy's sparse arrays that has rows and columns."""
    return type(item).__module__.startswith("scipy.sparse") and getattr(item, "ndim", 0) == 2


def _plane(array: Any) -> Any:
    return array[:, None] if array.ndim == 1 else array


def _corner(plane: Any, rows: int, columns: int) -> list[list[object]]:
    cut = plane.tocsr()[:rows, :columns].toarray() if _is_sparse(plane) else plane[:rows, :columns]
    cells: list[list[object]] = cut.tolist()
    return cells


def _outputs(value: Mapping[Any, Any]) -> list[dict[str, Any]] | None:
    """``{"outputs": [{"name": "y", "datatype": "FP32", "shape": [1, 3], "data": […]}]}``."""
    outputs = value.get("outputs")
    if not isinstance(outputs, list) or not outputs or not all(map(_is_tensor, outputs)):
        return None
    return outputs


def _is_tensor(item: object) -> bool:
    if not isinstance(item, dict):
        return False
    shape = item.get("shape")
    return (
        all(isinstance(item.get(key), str) for key in ("name", "datatype"))
        and isinstance(item.get("data"), list)
        and isinstance(shape, list)
        and len(shape) <= _DIMENSIONS
        and all(type(length) is int and length >= 0 for length in shape)
    )


def _array(output: Mapping[str, Any]) -> ndarray:
    """Its data, flat or nested (both are valid), as an array of its type and shape; what is odd stays objects."""
    import numpy as np

    data, shape = output["data"], output["shape"]
    try:
        # What is too large for float16 is infinite; numpy 1 would make 2**64 - 1 of -1, and warn of it.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            array = np.asarray(data, dtype=_TYPES.get(output["datatype"], "object"))
    except (ValueError, TypeError, OverflowError, DeprecationWarning):
        array = np.empty(len(data), dtype=object)
        array[:] = data
    return array.reshape(shape) if array.size == prod(shape) else array


def _rest(value: object) -> dict[str, object]:
    """What stood beside the tensors."""
    if not isinstance(value, dict) or _by_name(value) is not None:
        return {}
    empty = (
        key for key, item in value.items() if item is None or (isinstance(item, dict | list) and not item)
    )
    left_out = {"outputs", *empty}
    return {key: item for key, item in value.items() if key not in left_out}


def _side_by_side(flat: Mapping[str, ndarray]) -> Table:
    names = [
        name if array.ndim == 1 or array.shape[1] == 1 else f"{name}.{i}"
        for name, array in flat.items()
        for i in range(1 if array.ndim == 1 else array.shape[1])
    ]
    height = next(iter(flat.values())).shape[0]

    def corner(rows: int, width: int) -> tuple[Sequence[str], Sequence[Sequence[object]], None]:
        parts = [_corner(_plane(array), rows, width) for array in flat.values()]
        cells = [[cell for part in row for cell in part][:width] for row in zip(*parts, strict=True)]
        return names[:width], cells, None

    def frame() -> DataFrame:
        from pandas import DataFrame, concat

        wide = [
            DataFrame.sparse.from_spmatrix(array) if _is_sparse(array) else DataFrame(array)
            for array in flat.values()
        ]
        return concat(wide, axis=1).set_axis(names, axis=1)

    read_corner: Corner = corner
    return Table(height=height, width=len(names), corner=read_corner, frame=frame)


# --- how they look ------------------------------------------------------------------------------------------


def _tensor_shown(name: str, kind: str, array: Any, answer: Answer, settings: Settings, space: int) -> Shown:
    shape = " × ".join(map(str, array.shape)) or "no dimensions"
    named = f"{one_line(name, _NAME)} · {one_line(kind, _NAME)}"
    about = f"{named} · {shape}"
    if array.ndim not in (1, 2) or array.dtype.names is not None:
        about = named if array.ndim > 2 else about  # whose shape the array tells
        inner = arrays.show(Answer(value=array, payload=answer.payload), settings)
        return Shown(html=join(tag("p", about), inner.html), text=f"{about}\n{inner.text}")
    plane = _plane(array)
    height, width = plane.shape
    grid = Grid(
        names=range(min(width, settings.max_columns)) if array.ndim == 2 else [name],
        rows=_corner(plane, settings.max_rows, settings.max_columns),
        height=height,
        width=width,
        under=about,
        sized=True,
    )
    return grid_shown(grid, space)


VIEW = View(name="tensors", rank=32, claims=claims, show=show, table=table)
