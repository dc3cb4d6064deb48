"""Tables that are not pandas' → pandas, every value kept: polars, pyarrow, and the Arrow PyCapsule interface.

Their own `to_pandas` makes floats of integers beside missing values, and polars' needs pyarrow.  So each column is
taken over by its type: numbers as arrays, those with missing values as pandas' nullable ones, the rest as objects.

Source: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import told, upper
from .base import ARROW, a_kind, is_a, kind, optional

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa

FAST = '%pip install "sm-magic[fast]"'


NAMES = ("to_pandas", "__arrow_c_stream__")
"""What these tables are registered as."""


def in_pandas(value: Any) -> Any:
    """A table of another library as a DataFrame, one column of it as a Series; any other value as it is.

    Raises CodecError for a table that can't be read here.
    """
    if is_a(value, "pandas.DataFrame") or is_a(value, "pandas.Series"):
        return value
    if is_a(value, LAZY):
        raise no_rows()
    return _to_pandas(value) if any(is_a(value, name) for name in NAMES) else value


LAZY = "polars.LazyFrame"


def no_rows() -> CodecError:
    """The error for a polars.LazyFrame, which is a plan: what it would read is the user's to say."""
    return CodecError("A polars.LazyFrame has no rows yet.", hint="Send what its `.collect()` gives.")


def _to_pandas(value: Any) -> pd.DataFrame | pd.Series:
    if is_a(value, "polars.DataFrame"):
        return _frame(
            [
                (column.name, _of_polars(column.alias("")))  # polars takes `^a$` for a pattern
                for column in value.get_columns()
            ],
            value.height,
        )
    if is_a(value, "polars.Series"):
        return _of_polars(value.alias("")).rename(value.name)
    if type(value).__module__.partition(".")[0] == "pyarrow":
        return _of_arrow(value)
    if callable(getattr(value, "to_pandas", None)):
        return _converted(value)
    return _to_pandas(_handed_over(value))


def _frame(columns: list[tuple[str, pd.Series]], rows: int) -> pd.DataFrame:
    """The columns side by side; a name may be there twice."""
    import pandas as pd

    made = pd.DataFrame({i: column for i, (_, column) in enumerate(columns)}, index=pd.RangeIndex(rows))
    made.columns = pd.Index([name for name, _ in columns], dtype=object)
    return made


def _converted(value: Any) -> pd.DataFrame | pd.Series:
    import pandas as pd

    try:
        found = value.to_pandas()
    except Exception as exc:
        raise CodecError(f"{kind(value)}.to_pandas() failed: {told(exc)}") from exc
    if not isinstance(found, (pd.DataFrame, pd.Series)):
        raise CodecError(f"{kind(value)}.to_pandas() gave {a_kind(found)}, no DataFrame.")
    return found


# --- polars -------------------------------------------------------------------------------------------------

_NUMBERS = frozenset(
    "Boolean Float32 Float64 Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64".split()  # noqa: SIM905
)
"""The types of polars that numpy has too."""


def _of_polars(column: pl.Series) -> pd.Series:
    """One column; what numpy has no type for becomes Python objects, text among them, None where missing."""
    import pandas as pd
    import polars as pl

    dtype = column.dtype
    if str(dtype) in _NUMBERS:
        if column.null_count() == 0 or dtype.is_float():
            return pd.Series(column.to_numpy())
        filled = column.fill_null(False if dtype == pl.Boolean else 0)
        return _nullable(filled.to_numpy(writable=True), column.is_null().to_numpy(writable=True))
    if dtype == pl.Duration:
        return pd.Series(column.to_numpy())
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return pd.Series(column.to_numpy())
    if isinstance(dtype, pl.Datetime):
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return pd.Series(utc.to_numpy()).dt.tz_localize("UTC").dt.tz_convert(dtype.time_zone)
    return pd.Series(column.to_list(), dtype=object)


def _nullable(values: np.ndarray[Any, Any], missing: np.ndarray[Any, Any]) -> pd.Series:
    """Integers or bools, some of them missing, as pandas' own type for that."""
    import pandas as pd

    made = pd.arrays.BooleanArray if values.dtype.kind == "b" else pd.arrays.IntegerArray
    return pd.Series(made(values, missing))


# --- Arrow --------------------------------------------------------------------------------------------------


def _of_arrow(value: Any) -> pd.DataFrame | pd.Series:
    """An object of pyarrow; what was a frame's index is its index again."""
    import pyarrow as pa

    if isinstance(value, pa.RecordBatchReader):  # its rows are gone once they are read
        raise CodecError(
            "A RecordBatchReader gives its rows once.", hint="Send what its `.read_all()` gives."
        )
    if isinstance(value, (pa.ChunkedArray, pa.Array)):
        return _column(value)
    if not isinstance(value, (pa.Table, pa.RecordBatch)):
        raise CodecError(f"{upper(a_kind(value))} is no table.", hint="A pyarrow.Table is.")
    columns = [(name, _column(value.column(i))) for i, name in enumerate(value.schema.names)]
    frame = _frame(columns, value.num_rows)
    index = [name for name in (value.schema.pandas_metadata or {}).get("index_columns", ()) if name in frame]
    return frame.set_index(index) if index else frame


def _column(column: pa.ChunkedArray | pa.Array) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_nested(column.type):
        return pd.Series(column.to_pylist(), dtype=object)
    if column.null_count and (pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)):
        name = str(column.type)
        dtype = {"bool": "boolean"}.get(name, name.replace("int", "Int").replace("u", "U"))
        return column.to_pandas(types_mapper=lambda _: pd.api.types.pandas_dtype(dtype)).rename(None)
    return column.to_pandas().rename(None)


def _handed_over(value: Any) -> Any:
    """What a value hands over by the PyCapsule interface, as pyarrow's or, without it, as pandas' by polars."""
    if not any(hasattr(type(value), name) for name in ARROW):
        raise CodecError(f"{upper(a_kind(value))} is no table.", hint="Make it one: pandas.DataFrame(…)")
    if (pa := optional("pyarrow")) is not None:
        return _first(value, pa.table, pa.chunked_array, pa.array)
    if (pl := optional("polars")) is not None:
        return _first(value, pl.DataFrame, pl.Series)
    raise CodecError(f"{upper(a_kind(value))} is read by pyarrow or polars; neither is here.", hint=FAST)


def _first(value: Any, *makers: Callable[[Any], Any]) -> Any:
    """What the first maker that takes the value makes of it: a table, else one column."""
    problems: list[Exception] = []
    for make in makers:
        try:
            return make(value)
        except Exception as exc:  # noqa: BLE001 - a foreign library's, told below
            problems.append(exc)
    raise CodecError(f"{upper(a_kind(value))} did not become a table: {told(problems[0])}") from problems[0]
