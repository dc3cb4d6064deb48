"""CSV text → DataFrame by pandas, with what pandas changes put back.

pandas makes `007` the number 7, `9007199254740993` beside a missing value a float that has lost its last digit, an
integer beyond 64 bits a text, and the words `NA` and `None` missing values, even among words.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset(
    {"", "nan", "NaN", "NAN", "-nan", "-NaN", "NA", "N/A", "<NA>", "None", "none", "null", "NULL", "NaT"}
)
"""What a cell says when it has no value, among numbers."""
_NOT_A_NUMBER = frozenset({"nan", "NaN", "NAN", "-nan", "-NaN"})
_LEADING_ZERO = re.compile(rb'(?:^|[,\r\n"\s])[+-]?0[0-9]')
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_ZERO_FIRST = re.compile(r"\s*[+-]?0[0-9]+\s*")
_EXACT = 2.0**53  # below it every integer is a float64


def restore(data: bytes, options: dict[str, Any]) -> pd.DataFrame:
    """The table in *data* (UTF-8, no header).  *options* are more of `pandas.read_csv`'s."""
    frame = _read(data, na_values=list(MISSING), **_exact_floats(), **options)
    doubtful = _doubtful(frame, _LEADING_ZERO.search(data) is not None)
    if not doubtful:
        return frame
    written = _read(data, dtype=str, na_values=[""], **options)
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    for i in doubtful:
        columns[i] = _restored(columns[i], written.iloc[:, i])
    import pandas as pd

    made = pd.concat(columns, axis=1)
    made.columns = frame.columns
    return made


def _read(data: bytes, **options: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(
        io.BytesIO(data),
        header=None,
        keep_default_na=False,
        low_memory=False,
        encoding="utf-8",
        encoding_errors="surrogatepass",
        **options,
    )


def _exact_floats() -> dict[str, str]:
    """Older pandas reads floats exactly only when asked; from 3.1 on it always does, and warns of the question."""
    import pandas as pd

    version = tuple(map(int, pd.__version__.split(".")[:2]))
    return {"float_precision": "round_trip"} if version < (3, 1) else {}


def _doubtful(frame: pd.DataFrame, leading_zero: bool) -> list[int]:
    """The columns in which pandas may have changed something."""
    found: list[int] = []
    for i, dtype in enumerate(frame.dtypes):
        column = frame.iloc[:, i]
        if dtype.kind in "iu":
            doubt = leading_zero
        elif dtype.kind == "f":
            doubt = leading_zero or bool(column.abs().max() >= _EXACT) or bool(column.isna().all())
        else:
            doubt = dtype.kind != "b"
        if doubt:
            found.append(i)
    return found


def _restored(read: pd.Series, written: pd.Series) -> pd.Series:
    """One column, from what pandas read and what is written there."""
    tokens = [token for token in written.tolist() if isinstance(token, str)]
    if any(_ZERO_FIRST.fullmatch(token) for token in tokens) and _all_integers(tokens):
        return written
    numbers = read.dtype.kind in "iuf"
    if numbers and (read.dtype.kind != "f" or not read.isna().all()):
        return _integers(written) if _beyond(read) and _all_integers(tokens) else read
    if numbers:
        return read if _NOT_A_NUMBER.issuperset(tokens) else written
    return _integers(written) if tokens and _all_integers(tokens) else written


def _beyond(column: pd.Series) -> bool:
    """Whether it is floats beyond what holds every integer."""
    return column.dtype.kind == "f" and bool(column.abs().max() >= _EXACT)


def _all_integers(tokens: list[str]) -> bool:
    return all(token in MISSING or _INTEGER.fullmatch(token) for token in tokens)


def _integers(written: pd.Series) -> pd.Series:
    """Whole numbers of any size, missing ones None."""
    import pandas as pd

    values: list[int | None] = [
        None if not isinstance(token, str) or token in MISSING else int(token) for token in written.tolist()
    ]
    return pd.Series(values, dtype=object, index=written.index)
