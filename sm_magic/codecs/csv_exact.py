"""CSV text → DataFrame by pandas, with what pandas changes put back.

pandas makes `007` the number 7, `9007199254740993` beside a missing value a float that has lost its last digit, an
integer beyond 64 bits a text, and the words `NA` and `None` missing values, even among words.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from .csv_scan import Scan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MISSING = frozenset(
    {"", "nan", "NaN", "NAN", "-nan", "-NaN", "NA", "N/A", "<NA>", "None", "none", "null", "NULL", "NaT"}
)
"""What a cell says when it has no value, among numbers."""
_NOT_A_NUMBER = frozenset({"nan", "NaN", "NAN", "-nan", "-NaN"})
_MISSING_CELL = re.compile(
    rb'(?:^|[,\n"])(?:' + b"|".join(re.escape(w.encode()) for w in sorted(MISSING) if w) + rb')(?:$|[,\r\n"])'
)
_STEMS = (b"nan", b"NaN", b"NAN", b"NA", b"N/A", b"one", b"ull", b"NULL", b"NaT")
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_ZERO_FIRST = re.compile(r"\s*[+-]?0[0-9]+\s*")
EXACT = 2.0**53
"""Below it every integer is a float64."""


def restore(data: bytes, options: dict[str, Any], scan: Scan) -> pd.DataFrame:
    """The table in *data* (UTF-8, no header), of which *scan* is.  *options* are more of `pandas.read_csv`'s."""
    frame = _read(data, na_values=list(MISSING), **_exact_floats(), **options)
    doubtful = _doubtful(frame, data, scan)
    if not doubtful:
        return frame
    written = _read(data, dtype=str, na_values=[""], usecols=doubtful, **options)
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    for place, i in enumerate(doubtful):
        columns[i] = _restored(columns[i], written.iloc[:, place])
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


def _doubtful(frame: pd.DataFrame, data: bytes, scan: Scan) -> list[int]:
    """The columns in which pandas may have changed something."""
    missing_words = any(dtype.kind not in "iufb" for dtype in frame.dtypes) and _has_missing_words(data)
    found: list[int] = []
    for i, dtype in enumerate(frame.dtypes):
        column = frame.iloc[:, i]
        if dtype.kind in "iu":
            doubt = scan.leading_zero
        elif dtype.kind == "f":
            doubt = may_be_whole(column.to_numpy(), scan)
        else:
            doubt = dtype.kind != "b" and (missing_words or _may_be_integers(column))
        if doubt:
            found.append(i)
    return found


def may_be_whole(values: np.ndarray[Any, Any], scan: Scan) -> bool:
    """Whether floats may all be whole numbers whose digits they do not show: `007`, one too large, or none at all."""
    import numpy as np

    for part in (values[:1_000], values):
        if bool((part != np.trunc(part))[np.isfinite(part)].any()):
            return False
    if scan.leading_zero or bool(np.isnan(values).all()):
        return True
    return bool(np.nanmax(np.abs(values)) >= EXACT)


def _has_missing_words(data: bytes) -> bool:
    return any(stem in data for stem in _STEMS) and _MISSING_CELL.search(data) is not None


def _may_be_integers(column: pd.Series) -> bool:
    """Whether a column that pandas took for words starts as whole numbers do: some are too large for it."""
    first = column.dropna().head(1).tolist()
    return not first or not isinstance(first[0], str) or _INTEGER.fullmatch(first[0]) is not None


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
    return column.dtype.kind == "f" and bool(column.abs().max() >= EXACT)


def _all_integers(tokens: list[str]) -> bool:
    return all(token in MISSING or _INTEGER.fullmatch(token) for token in tokens)


def _integers(written: pd.Series) -> pd.Series:
    """Whole numbers of any size, missing ones None."""
    import pandas as pd

    values: list[int | None] = [
        None if not isinstance(token, str) or token in MISSING else int(token) for token in written.tolist()
    ]
    return pd.Series(values, dtype=object, index=written.index)
