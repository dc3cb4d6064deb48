"""CSV text → DataFrame by pandas, with what pandas changes put back.

pandas makes `007` the number 7, `9007199254740993` beside a missing value a float that has lost its last digit, an
integer beyond 64 bits a text, and the words `NA` and `None` missing values, even among words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import islice, zip_longest
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
INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_ZERO_FIRST = re.compile(r"\s*[+-]?0[0-9]+\s*")
BOOLS = frozenset({"true", "false"})
_HALF_A_NUMBER = re.compile(r"[+-]?[0-9.]*[eE][+-]?")
_HEAD = 100  # rows
_LARGE, _SAMPLE = 200_000, 1 << 14  # bytes
EXACT = 2.0**53
"""Below it every integer is a float64."""


def restore(
    data: bytes, options: dict[str, Any], scan: Scan, known: Mapping[int, bool] | None = None
) -> pd.DataFrame:
    """The table in *data* (UTF-8, no header), of which *scan* is.

    *options* are more of `pandas.read_csv`'s; *known* are the columns that are words, and those that may be.
    """
    words = {i for i, is_words in (known or {}).items() if is_words}
    # PERF: a column that is words has them all at once, and needs no second look.
    missing = {i: [""] if i in words else list(MISSING) for i in known or {}} if words else None
    frame = _read(data, na_values=missing or list(MISSING), **_exact_floats(scan), **options)
    if known and frame.shape[1] != len(known):
        return restore(data, options, scan)
    doubtful = _doubtful(frame, data, scan, words)
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


def first_cells(data: bytes, large: int = _LARGE) -> list[tuple[str, ...]]:
    """The first cells of each column of a large text; nothing of a text below *large* bytes."""
    if len(data) < large:
        return []
    text = data[: data.rfind(b"\n", 0, _SAMPLE) + 1].decode("utf-8", "replace")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))[:-1]  # a quote may still be open in the last
    except csv.Error:
        return []
    return list(zip_longest(*rows, fillvalue=""))


def word_columns(columns: Sequence[Iterable[str]]) -> dict[int, bool]:
    """For each column, whether the first cell that has something in it is a word."""
    return {i: any(map(is_word, islice(filter(str.strip, cells), 1))) for i, cells in enumerate(columns)}


def is_number(cell: str) -> bool:
    """Whether it is a number, or the word for a missing one."""
    text = cell.strip()
    if text in MISSING:
        return bool(text)
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_word(cell: str) -> bool:
    """Whether no reader takes a cell for anything but a word."""
    text = cell.strip()
    if text in MISSING or text.lower() in BOOLS or _HALF_A_NUMBER.fullmatch(text):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def _read(data: bytes, **options: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(
        io.BytesIO(data),
        header=None,
        keep_default_na=False,
        low_memory=False,
        encoding="utf-8",
        # PERF: twice as fast where none is; 0xED starts each of them in UTF-8.
        encoding_errors="surrogatepass" if b"\xed" in data else "strict",
        **options,
    )


def _exact_floats(scan: Scan) -> dict[str, str]:
    """Older pandas reads floats of many digits exactly only when asked; newer warns of the question."""
    return {} if reads_exactly() or not scan.long_number else {"float_precision": "round_trip"}


def reads_exactly() -> bool:
    """Whether pandas reads floats exactly by itself, as it does from 3.1 on, and as fast as any."""
    import pandas as pd

    return tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1)


def text_dtype() -> Any | None:
    """The dtype of words if Arrow holds them, which takes an array as it is; None where they are objects."""
    import numpy as np
    import pandas as pd

    if pd.__version__ < "3":
        return None
    dtype = pd.StringDtype(na_value=np.nan)
    return dtype if dtype.storage == "pyarrow" else None


def _doubtful(frame: pd.DataFrame, data: bytes, scan: Scan, words: Set[int]) -> list[int]:
    """The columns in which pandas may have changed something; in those of *words* it has not."""
    import numpy as np

    rest = [i for i in range(frame.shape[1]) if i not in words]
    kinds = [dtype.kind for dtype in frame.dtypes]
    floats = [i for i in rest if kinds[i] == "f"]
    others = [i for i in rest if kinds[i] not in "iufb"]
    found = [i for i in rest if kinds[i] in "iu" and scan.leading_zero]
    # PERF: few rows of all columns at once show that most are no whole numbers.
    head = frame.iloc[:_HEAD, floats].to_numpy()
    whole = ~((head != np.trunc(head)) & np.isfinite(head)).any(axis=0)
    found += [
        i
        for i, told in zip(floats, whole, strict=True)
        if told and may_be_whole(frame.iloc[:, i].to_numpy(), scan)
    ]
    gaps = {i for i in others if frame.iloc[:, i].hasnans}
    missing_words = bool(gaps) and _has_missing_words(data)
    found += [i for i in others if (missing_words and i in gaps) or _may_be_integers(frame.iloc[:, i])]
    return sorted(found)


def may_be_whole(values: np.ndarray[Any, Any], scan: Scan) -> bool:
    """Whether floats may all be whole numbers whose digits they do not show: `007`, one too large, or none at all."""
    import numpy as np

    for part in (values[:_HEAD], values):
        if bool((part != np.trunc(part))[np.isfinite(part)].any()):
            return False
    if scan.leading_zero or bool(np.isnan(values).all()):
        return True
    return bool(np.nanmax(np.abs(values)) >= EXACT)


def are_plain(array: np.ndarray[Any, Any], missing: int, scan: Scan) -> bool:
    """Whether floats of another reader are pandas' own: numbers, but for so many *missing*, no column all whole."""
    import numpy as np

    # PERF: in one array, each call of numpy's is made once for all the columns.
    if np.count_nonzero(np.abs(array) < EXACT) != array.size - missing:
        return False  # others take `nAn` for NaN, pandas for a word, and some large integers for words
    head = array[:1_000]
    with np.errstate(invalid="ignore"):
        broken = ((head != np.trunc(head)) & np.isfinite(head)).any(axis=0)
    return not any(may_be_whole(array[:, i], scan) for i in np.flatnonzero(~broken))


def _has_missing_words(data: bytes) -> bool:
    return any(stem in data for stem in _STEMS) and _MISSING_CELL.search(data) is not None


def _may_be_integers(column: pd.Series) -> bool:
    """Whether a column that pandas took for words starts as whole numbers do: some are too large for it."""
    first = column.dropna().head(1).tolist()
    # Beyond 63 bits `null` is a word.
    return not first or not isinstance(first[0], str) or _all_integers(first)


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
    return all(token in MISSING or INTEGER.fullmatch(token) for token in tokens)


def _integers(written: pd.Series) -> pd.Series:
    """Whole numbers of any size, missing ones None."""
    import pandas as pd

    values: list[int | None] = [
        None if not isinstance(token, str) or token in MISSING else int(token) for token in written.tolist()
    ]
    return pd.Series(values, dtype=object, index=written.index)
