"""A CSV answer → DataFrame, without losing a row, a digit or a word.

Containers answer without a header, so the first row is data unless it shows that it is names: it has no number, and
a column below it is numbers, or there is just one line more than rows were sent.  Otherwise columns are 0, 1, ….
`0.1,0.9,0.4` for three rows is one value per row (older XGBoost); `[a, b],[c, d]` are rows of vectors.

What pandas alone would change is kept: integers beyond 64 bits or beside missing values, `007`, and words such as
`NA` and `None` among words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import ended
from . import csv_large, csv_small, csv_vectors
from .base import Told, to_text
from .csv_exact import is_number, restore
from .csv_scan import Scan, check_memory, count_lines, is_utf8

if TYPE_CHECKING:
    import pandas as pd

_BOM = b"\xef\xbb\xbf"
_UTF8 = ("utf-8", "utf8", "us-ascii")
_SOME = re.compile(rb"[^\s]")
_WIDE = 1_000  # values of a lone line beyond which they are read as one type, as a column is


def read(body: bytes, told: Told) -> pd.DataFrame:
    """The table that *body* holds; one without columns if it is empty.

    Raises CodecError for bytes that are no text, or a table that would take too much memory.
    """
    import pandas as pd

    if 66 * len(body) > told.max_bytes:
        check_memory(body, body.count(b",") + count_lines(body), told)
    data = _utf8(body, told)
    reader = csv_large.Reader(data)
    if not reader.may_have_names:
        reader.begin()  # PERF: the text is looked at meanwhile
    _check_utf8(data, body, told)
    if not _SOME.search(data):
        blank = data.count(b"\n")
        return pd.DataFrame({0: [None] * blank}) if blank and blank == told.rows else pd.DataFrame()
    if (vectors := csv_vectors.read(data, told)) is not None:
        return vectors
    first, taken = _first_record(data)
    more = _SOME.search(data, taken) is not None
    if not more and told.rows is not None and told.rows > 1 and len(first) == told.rows:
        return _parse(_one_column(first), told)
    if not more and len(first) > _WIDE:
        return _wide(first, told)
    if more and any(first) and not any(map(is_number, first)):
        below = _parse(data[taken:], told)
        if _has_number_column(below) or (told.rows is not None and 1 < told.rows == len(below)):
            return _named(below, first)
    frame = _parse_lines(data, len(first), told, reader)
    return csv_vectors.quoted(frame, told)


def _utf8(body: bytes, told: Told) -> bytes:
    """The text in UTF-8, without a byte order mark; if that is what *body* says it is, it is not looked at."""
    if told.media.charset.lower() in _UTF8:
        return body.removeprefix(_BOM)
    return to_text(body, told.media).encode("utf-8", "surrogatepass")


def _check_utf8(data: bytes, body: bytes, told: Told) -> None:
    """CodecError, with the byte that is wrong, if *data* is to be the *body*'s own UTF-8 and is not."""
    if told.media.charset.lower() in _UTF8 and not body.isascii() and not is_utf8(data):
        to_text(body, told.media)


def _first_record(data: bytes) -> tuple[list[str], int]:
    """The first line's cells, none if one is longer than the csv module takes; and where the next line starts."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        with io.TextIOWrapper(
            io.BytesIO(data), encoding="utf-8", errors="surrogatepass", newline=""
        ) as wrapper:
            for line in wrapper:
                taken += len(line.encode("utf-8", "surrogatepass"))
                yield line

    try:
        first = next((record for record in csv.reader(lines()) if record), [])
    except csv.Error:  # a cell of 128 kB is no name of a column
        return [], 0
    return first, taken


def _has_number_column(frame: pd.DataFrame) -> bool:
    """Whether a column is numbers, or is but for a few words ("error" among scores)."""
    import pandas as pd

    for i in range(frame.shape[1]):
        column = frame.iloc[:, i]
        if pd.api.types.is_bool_dtype(column.dtype):
            continue
        if pd.to_numeric(column, errors="coerce").notna().mean() > 0.5:
            return True
    return False


def _named(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """*frame* with a header's names, as pandas makes them: those that are empty or there already get a number."""
    width = max(len(names), frame.shape[1])
    frame = frame.reindex(columns=range(width))
    made: list[str] = []
    for i in range(width):
        name = names[i] if i < len(names) and names[i] else f"Unnamed: {i}"
        number = 0
        unique = name
        while unique in made:
            number += 1
            unique = f"{name}.{number}"
        made.append(unique)
    frame.columns = made
    return frame


def _one_column(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([cell] for cell in cells)
    return out.getvalue().encode("utf-8", "surrogatepass")


def _wide(cells: list[str], told: Told) -> pd.DataFrame:
    """One line of very many cells as a row, read as one type; words take memory for each column."""
    if not any(map(is_number, cells[:_WIDE])):
        check_memory(b"", len(cells), told, columns=len(cells))
    column = _parse(_one_column(cells), told)
    if column[0].dtype.kind not in "iufb":
        check_memory(b"", len(cells), told, columns=len(cells))
    return column.T.reset_index(drop=True)


_BLANK_LINE = re.compile(rb"(?:^|\n)\r?\n")


def _parse_lines(data: bytes, width: int, told: Told, reader: csv_large.Reader) -> pd.DataFrame:
    """The table; a blank line is a missing value where there is one column, and nothing where there are more."""
    if width != 1 or not _BLANK_LINE.search(data):
        return _parse(data, told, width=width, reader=reader)
    bare = data.rstrip(b"\r\n")
    tried: pd.DataFrame | None = None
    for text, skip in ((bare, False), (data, False), (bare, True)):
        frame = _parse(text, told, skip_blank_lines=skip)
        tried = frame if tried is None else tried
        if told.rows is None or len(frame) == told.rows:
            return frame
    assert tried is not None  # noqa: S101 - the loop ran
    return tried


def _parse(
    data: bytes,
    told: Told,
    *,
    width: int = 0,
    skip_blank_lines: bool = True,
    reader: csv_large.Reader | None = None,
) -> pd.DataFrame:
    """The reading of pandas, exact, of lines of any lengths.

    *width* is the first line's, and *reader* the one of *data*, where they are known.
    """
    import pandas as pd

    reader = reader or csv_large.Reader(data)
    scan = Scan(data)
    width = width or len(_first_record(data)[0]) or data.count(b",") + 1
    check_memory(b"", 0, told, columns=width)
    if skip_blank_lines and (large := reader.frame(width, scan)) is not None:
        return large
    # pandas makes every line as long as the first.
    line_count = count_lines(data)
    check_memory(data, width * line_count, told, columns=width)
    if skip_blank_lines and (small := csv_small.read(data, width)) is not None:
        return small
    options: dict[str, Any] = {"skip_blank_lines": skip_blank_lines}
    try:
        return restore(data, options, scan, reader.known)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except (pd.errors.ParserError, ValueError):
        pass  # lines of different lengths, or a quote that never ends
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        widest = _widest(data, width, quoting)
        check_memory(data, widest * line_count, told, columns=widest)
        options |= {"quoting": quoting, "names": range(widest)}
        try:
            return restore(data, options, scan)
        except (pd.errors.ParserError, ValueError) as exc:
            problem = exc
    raise CodecError(
        f"The CSV answer can't be read: {ended(problem)}", hint="Its bytes are in `.body`."
    ) from problem


def _widest(data: bytes, width: int, quoting: int) -> int:
    text = data.decode("utf-8", "surrogatepass")
    if quoting == csv.QUOTE_NONE:
        return max(width, *(line.count(",") + 1 for line in re.split(r"\r\n|\r|\n", text)))
    try:
        return max(width, *(len(record) for record in csv.reader(io.StringIO(text, newline=""))))
    except csv.Error:
        return max(width, *(line.count(",") + 1 for line in text.splitlines()))
