"""Tables: which columns are sent, what is known of them, and where encoding stops.

Nothing here writes a format.  A table is a pandas.DataFrame; what else is one becomes one in `table`.  polars' own
stays what it is where a format takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import CodecError, UsageError
from ..spelling import did_you_mean
from . import foreign
from .base import Asked, a_kind, is_a, size

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl

_SAMPLES, _SAMPLE = 12, 25  # pieces from all over the table, and the rows of each
HEAD, SLICE = "`.head({})`", "`[:{}]`"
"""How the first rows are taken of a table, and of a list or array."""
_HOPELESS = 3.0  # times the limit: a table that a sample puts beyond is not begun


def table(value: Any) -> pd.DataFrame:
    """*value* as a DataFrame: a frame, a Series, records (a list of dicts), a table of another library.

    Raises UsageError if it is no table.
    """
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    if is_records(value):
        return pd.DataFrame(list(value))
    found = foreign.in_pandas(value)
    if isinstance(found, pd.Series):
        return series_table(found)
    if isinstance(found, pd.DataFrame):
        return found
    raise UsageError(
        f"Columns are chosen of a table; this is {a_kind(value)}.", hint="Make it one: pandas.DataFrame(…)"
    )


def taker(value: Any) -> str:
    """How the user takes the first rows of *value*: `HEAD`, or what else its type has."""
    if callable(getattr(value, "head", None)):
        return HEAD
    return "`.slice(0, {})`" if callable(getattr(value, "slice", None)) else "`pandas.DataFrame(…).head({})`"


def is_records(value: Any) -> bool:
    """Whether *value* is a list of dicts."""
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, dict) for item in value)


def is_row(series: pd.Series) -> bool:
    """Whether a Series is a frame's row, ``df.iloc[0]``: its labels are names.  Any other is a column."""
    return len(series) > 0 and all(isinstance(label, str) for label in series.index)


def series_table(series: pd.Series) -> pd.DataFrame:
    """A frame's row as a table of one row, any other Series as one column."""
    if is_row(series):
        return series.to_frame().T.infer_objects()
    return series.to_frame()


def select(
    value: Any, columns: Sequence[Any] | None, drop: Sequence[Any]
) -> tuple[pd.DataFrame | pl.DataFrame, tuple[str, ...]]:
    """The table of the columns asked for, in that order, without those to drop; and the names of those left out.

    A column is found by its label or by its label's text; a polars frame stays one.  Raises CodecError for a column
    that is not there, UsageError if *value* is no table.
    """
    frame = value if is_a(value, "polars.DataFrame") else table(value)
    positions: dict[str, list[int]] = {}
    for position, label in enumerate(frame.columns):
        positions.setdefault(str(label), []).append(position)
    wanted = list(positions) if columns is None else [_found(name, positions, "columns") for name in columns]
    unwanted = {_found(name, positions, "drop") for name in drop}
    both = unwanted.intersection(wanted) if columns is not None else None
    if both:
        raise UsageError(f"Column {min(both)!r} is both in columns and in drop.", hint="Leave it out of one.")
    kept = [position for name in wanted if name not in unwanted for position in positions[name]]
    if columns is None:
        kept.sort()
    left_out = set(range(frame.shape[1])).difference(kept)
    dropped = tuple(str(frame.columns[position]) for position in sorted(left_out))
    return frame.iloc[:, kept] if hasattr(frame, "iloc") else frame[:, kept], dropped


def _found(name: Any, positions: dict[str, list[int]], option: str) -> str:
    if str(name) in positions:
        return str(name)
    guess = did_you_mean(str(name), positions)
    several = [part.strip() for part in str(name).split(",")]
    if option == "drop" and set(several) <= set(positions):
        guess = f"Once for each: {' '.join(f'--drop {part}' for part in several)}."
    have = ", ".join(list(positions)[:20]) + (", …" if len(positions) > 20 else "")
    raise CodecError(
        f"There is no column {str(name)!r} ({option}).",
        hint=f"{guess} The table has {have}." if guess else f"The table has {have}.",
    )


def labels(frame: pd.DataFrame | pl.DataFrame) -> list[Any]:
    """What the columns are called.  PERF: a list is read through in half the time of an Index."""
    return frame.columns if isinstance(frame.columns, list) else list(frame.columns.tolist())


def facts(frame: pd.DataFrame | pl.DataFrame) -> dict[str, Any]:
    """The fields of `Facts` for a table."""
    return {
        "rows": len(frame),
        "columns": frame.shape[1],
        "names": tuple(map(str, labels(frame))),
    }


def text_columns(
    frame: pd.DataFrame | pl.DataFrame,
    dtypes: Sequence[Any] | None = None,
    known: Mapping[int, bool] = MappingProxyType({}),
) -> tuple[str, ...]:
    """The names of the columns that hold no numbers.

    *dtypes* are a pandas frame's, *known* tells by their places whether columns do, where somebody looked before.
    """
    if is_a(frame, "polars.DataFrame"):
        return tuple(
            name for name, dtype in frame.schema.items() if not dtype.is_numeric() and dtype != "Null"
        )
    # PERF: most types tell it by themselves; a column is taken from the frame only where its cells must.
    found = []
    for i, (label, dtype) in enumerate(zip(labels(frame), dtypes or frame.dtypes.tolist(), strict=True)):
        numbers = known[i] if i in known else _are_numbers(dtype)
        if numbers is False or (numbers is None and not holds_numbers(column_at(frame, i))):
            found.append(str(label))
    return tuple(found)


def column_at(frame: pd.DataFrame, position: int) -> pd.Series:
    """A column by its position; five times as fast as by ``iloc`` where its label allows it."""
    by_label = frame.columns.is_unique and type(frame.columns[position]) is str
    return frame[frame.columns[position]] if by_label else frame.iloc[:, position]


def _are_numbers(dtype: Any) -> bool | None:
    """Whether a type's cells are numbers; None if that depends on the cells."""
    import numpy as np

    if isinstance(dtype, np.dtype):
        return None if dtype.kind == "O" else dtype.kind in "iufc"
    import pandas as pd

    if dtype.kind == "O":
        return False if isinstance(dtype, pd.StringDtype) else None
    return bool(pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype))


def array_facts(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The fields of `Facts` for an array, which is a table if it has two dimensions."""
    return {"rows": array.shape[0], "columns": array.shape[1]} if array.ndim == 2 else {}


def holds_numbers(column: pd.Series) -> bool:
    """Whether a column reads as numbers once written; dates, bools and text do not."""
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return holds_numbers(pd.Series(dtype.categories))
    if pd.api.types.is_object_dtype(dtype):
        found = pd.api.types.infer_dtype(column, skipna=True)
        return found in ("integer", "floating", "mixed-integer-float", "decimal", "empty")
    return bool(_are_numbers(dtype))


def shape_note(rows: int, columns: int) -> str:
    """``4 rows × 1 column``: what a value of one dimension was taken for."""
    return f"{rows:,} row{'' if rows == 1 else 's'} × {columns:,} column{'' if columns == 1 else 's'}"


Write = Callable[[Any], bytes]


def _rows(frame: Any, start: int, stop: int) -> Any:
    """Some rows of a pandas or polars frame."""
    return frame.iloc[start:stop] if hasattr(frame, "iloc") else frame.slice(start, stop - start)


def bytes_per_row(frame: pd.DataFrame, write: Write) -> float:
    """The size of a row, from a sample."""
    last = max(0, len(frame) - _SAMPLE)
    starts = {last * i // (_SAMPLES - 1) for i in range(_SAMPLES)}
    samples = [_rows(frame, start, start + _SAMPLE) for start in starts]
    return sum(len(write(s)) for s in samples) / max(1, sum(len(s) for s in samples))


def refuse_hopeless(
    frame: pd.DataFrame, write: Write, asked: Asked, times: float = _HOPELESS, take: str = HEAD
) -> None:
    """Raise CodecError for a table some *times* beyond the limit, before any of it is built."""
    if asked.max_bytes is None or len(frame) <= _SAMPLES * _SAMPLE:
        return
    if bytes_per_row(frame, write) * len(frame) > times * asked.max_bytes:
        raise too_large(frame, write, asked, take)


def too_large(frame: pd.DataFrame, write: Write, asked: Asked, take: str = HEAD) -> CodecError:
    """The error for a table beyond the limit: about how large it is, and how many rows fit."""
    return too_many(len(frame), bytes_per_row(frame, write) * len(frame), asked, take)


def too_many(rows: int, needed: float, asked: Asked, take: str) -> CodecError:
    """The error for *rows* that would be about *needed* bytes; *take* is how the first of them are taken."""
    limit = asked.max_bytes or 0
    fitting = int(0.9 * limit / max(1.0, needed / max(1, rows)))
    return CodecError(
        f"{rows:,} rows are about {size(max(needed, limit + 1))} as {asked.media.type}; "
        f"the limit is {size(limit)}.",
        hint=f"Send fewer rows: {take.format(fitting)}"
        if fitting
        else "Send fewer columns: one row alone is too large.",
    )


def refuse_large_array(array: np.ndarray[Any, Any], write: Callable[[Any], bytes], asked: Asked) -> None:
    """Raise CodecError for an array that would be far beyond the limit as text, before it is written."""
    if asked.max_bytes is None or array.size <= 1000:
        return
    flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
    step = array.size // 1000
    sample = flat[: step * 1000 : step]
    estimate = len(write(sample)) / 1000 * array.size
    if estimate > 2 * asked.max_bytes:
        raise CodecError(
            f"An array of shape {array.shape} is about {size(estimate)} as {asked.media.type}; "
            f"the limit is {size(asked.max_bytes)}.",
            hint="Send a part of it (`x[:100]`), or -t npy, which is smaller.",
        )
