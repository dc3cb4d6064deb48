"""Features and labels: what a value is for the formats of training sets, RecordIO and libsvm.

Features are rows × columns of numbers, dense or sparse.  Labels are optional: ``(x, labels)``, a pair whose first item
has two dimensions.  So a tuple of two plain rows stays two rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from . import foreign, masks, tables
from .base import as_array, is_a

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TYPES = (
    "pandas.DataFrame",
    "pandas.Series",
    *foreign.NAMES,
    "numpy.ndarray",
    "numpy.generic",
    "__array__",
    "builtins.list",
    "builtins.tuple",
    "builtins.int",
    "builtins.float",
    "pandas.Index",
    "pandas.ExtensionArray",
    "scipy.spmatrix",
    "scipy.sparray",
)
"""The types of values that `features` takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """x: rows × columns, an array or scipy's CSR; labels: a number for each row; facts: fields of `Facts`."""

    x: Any
    labels: np.ndarray[Any, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def features(value: Any, what: str) -> Features:
    """*value* as features and labels, for the format called *what*; CodecError if it is none.

    One dimension is one row, but for a Series, which is one column unless it is a frame's row.
    """
    x, labels = value if is_labelled(value) else (value, None)
    if is_sparse(x):
        matrix = (x if x.ndim == 2 else x.reshape(1, -1)).tocsr()
        facts: dict[str, Any] = {"rows": matrix.shape[0], "columns": matrix.shape[1]}
    elif _is_table(x):
        frame = tables.table(x)
        matrix, facts = numbers(frame, what), tables.facts(frame)
    else:
        matrix, facts = _matrix(x, what)
    if matrix.dtype.kind not in "biuf":
        raise CodecError(
            f"{what} holds numbers, none of dtype {matrix.dtype!s:.40}.", hint="`.astype(float)`, or -t csv"
        )
    return Features(x=matrix, labels=_labels(labels, matrix.shape[0], what), facts=facts)


def is_labelled(value: Any) -> bool:
    """Whether *value* is ``(x, labels)``."""
    return isinstance(value, tuple) and len(value) == 2 and _dimensions(value[0]) == 2


def is_sparse(value: Any) -> bool:
    """Whether *value* is a sparse array or matrix of scipy's."""
    return is_a(value, "scipy.spmatrix") or is_a(value, "scipy.sparray")


def numbers(frame: pd.DataFrame, what: str) -> np.ndarray[Any, Any]:
    """The array of a table of numbers, nullable ones among them; a missing one is NaN.

    Raises CodecError for columns that hold none, which the format called *what* can't take.
    """
    import pandas as pd

    array: np.ndarray[Any, Any] = frame.to_numpy()
    if not array.dtype.hasobject:
        return array
    if text_columns := tables.text_columns(frame):
        raise CodecError(
            f"{what} holds numbers; these columns are none: {', '.join(text_columns)}.",
            hint="--columns, --drop, or -t csv",
        )
    if any(dtype.kind == "O" for dtype in frame.dtypes):  # None and NA among numbers
        frame = frame.astype(object).where(frame.notna(), math.nan).infer_objects()
    whole = all(pd.api.types.is_integer_dtype(dtype) for dtype in frame.dtypes) and not frame.isna().any(
        axis=None
    )
    found: np.ndarray[Any, Any] = (
        frame.to_numpy(dtype="int64") if whole else frame.to_numpy(dtype="float64", na_value=math.nan)
    )
    return found


def _is_table(value: Any) -> bool:
    names = ("pandas.DataFrame", "pandas.Series", *foreign.NAMES)
    return any(is_a(value, name) for name in names) or tables.is_records(value)


def _dimensions(value: Any) -> int:
    """How many dimensions *value* has, as far as its first item tells."""
    if tables.is_records(value):
        return 2
    value = foreign.in_pandas(value)
    if isinstance(value, (list, tuple)):
        return 1 + (_dimensions(value[0]) if value else 0)
    return int(getattr(value, "ndim", 0))


def _matrix(value: Any, what: str) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """Rows × columns, and what is known of them."""
    import numpy as np
    import pandas as pd

    masks.refuse(value, what)
    array = as_array(value)
    if array.ndim > 2:
        raise CodecError(
            f"{what} has rows of numbers; this array has shape {array.shape}.",
            hint=f"`x.reshape({len(array)}, -1)` makes a row of each item; -t npy keeps the shape.",
        )
    matrix = np.atleast_2d(array)
    if matrix.dtype.hasobject:
        matrix = numbers(pd.DataFrame(matrix), what)
    notes = (tables.shape_note(*matrix.shape),) if array.ndim < 2 else ()
    return matrix, {"rows": matrix.shape[0], "columns": matrix.shape[1], "notes": notes}


def _labels(labels: Any, rows: int, what: str) -> np.ndarray[Any, Any] | None:
    """A number for each row; None where there are none."""
    if labels is None:
        return None
    masks.refuse(labels, what)
    labels = foreign.in_pandas(labels)
    found = numbers(labels.to_frame(), what)[:, 0] if is_a(labels, "pandas.Series") else as_array(labels)
    if found.shape != (rows,):
        raise CodecError(
            f"{rows:,} rows and labels of shape {found.shape}.",
            hint="One label for each row: `(x, labels)`",
        )
    if found.dtype.kind not in "biuf":
        raise CodecError(f"Labels of {what} are numbers, none of dtype {found.dtype!s:.40}.")
    return found
