"""text/libsvm, text/x-libsvm: rows of numbers ⇄ lines of ``label index:value …``, indices from 0.

Out: a line starts with its label always, 0 where there is none, for XGBoost's reader takes the first number for it,
and would lose the first feature.  Indices start at 0, as XGBoost reads them and scikit-learn writes them.  Of a dense
row every number is written, zeros too, for what is absent is *missing* to XGBoost; so NaN is left out.  Infinities are
refused: that reader makes 0 of them.  (Sources: dmlc-core libsvm_parser.h; sagemaker-xgboost-container serve_utils.py,
encoder.py; tried with XGBoost 2.1.)

In: ``(x, labels)``, scipy's sparse array (without scipy: an array with zeros) and the labels, float64; labels are None
where no line has one.  ``qid:…`` and comments are left out.
"""

from __future__ import annotations

import io
import re
from array import array as numbers_of
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from . import tables
from .base import Asked, Codec, Told, optional, size, to_bytes, to_text, too_large_to_decode
from .features import TYPES, Features, features, is_sparse

if TYPE_CHECKING:
    import numpy as np

CODEC = Codec("text/libsvm", "text/x-libsvm")
_AT_ONCE = 1 << 15  # numbers that become text in one go
_TOKEN = re.compile(rb"[^ \t\r\n\f\v]+")
_MOST_COLUMNS = 1 << 32  # XGBoost's indices have 32 bits


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    return asked.payload(to_bytes(text, asked.media))


@CODEC.encodes(*TYPES)
def _encode(value: Any, asked: Asked) -> Payload:
    found = features(value, "libsvm")
    stored = found.x.data if is_sparse(found.x) else found.x
    notes = tuple(found.facts.pop("notes", ()))
    if missing := _count_missing(stored):
        notes += (f"{missing:,} NaN left out, which is missing to XGBoost",)
    if is_sparse(found.x) and (empty := _empty_at_the_end(found.x)):
        notes += (f"the last {empty:,} rows hold nothing: XGBoost's container leaves them out",)
    pieces, total = [], 0
    for lines, rows in _lines(found):
        pieces.append(lines)
        total += len(lines)
        if asked.max_bytes is not None and total > asked.max_bytes:
            raise tables.too_many(found.x.shape[0], total / rows * found.x.shape[0], asked, tables.SLICE)
    return asked.payload(b"".join(pieces), **found.facts, notes=notes)


def _count_missing(stored: Any) -> int:
    import numpy as np

    if stored.dtype.kind != "f":
        return 0
    if np.isinf(stored).any():
        raise CodecError("libsvm has no infinity.", hint="`numpy.nan_to_num(x)`, or -t npy")
    return int(np.count_nonzero(np.isnan(stored)))


def _empty_at_the_end(x: Any) -> int:
    """How many of the last rows of a sparse array hold nothing."""
    import numpy as np

    return int(x.shape[0] - np.searchsorted(x.indptr, x.indptr[-1]))


def _lines(found: Features) -> Iterator[tuple[bytes, int]]:
    """The lines, some at a time, and how many rows are written by then."""
    x, rows = found.x, found.x.shape[0]
    per_row = x.nnz / max(1, rows) if is_sparse(x) else x.shape[1]
    step = max(1, int(_AT_ONCE / max(1.0, per_row)))
    for start in range(0, rows, step):
        end = min(rows, start + step)
        labels = [b"0"] * (end - start) if found.labels is None else _tokens(found.labels[start:end], b"nan")
        if is_sparse(x):
            first, last = x.indptr[start], x.indptr[end]
            keys, values = x.indices[first:last].tolist(), _tokens(x.data[first:last])
            ends = (x.indptr[start : end + 1] - first).tolist()
        else:
            keys, values = [*range(x.shape[1])] * (end - start), _tokens(x[start:end].reshape(-1))
            ends = [*range(0, len(values) + 1, x.shape[1])] if values else [0] * (end - start + 1)
        cells = [
            b"" if text is None else b" %d:%b" % (key, text) for key, text in zip(keys, values, strict=True)
        ]
        lines = [
            b"%b%b\n" % (label, b"".join(cells[one:two]))
            for label, one, two in zip(labels, ends, ends[1:], strict=False)
        ]
        yield b"".join(lines), end


def _tokens(values: np.ndarray[Any, Any], missing: bytes | None = None) -> list[Any]:
    """Each number as text, with as many digits as it needs; NaN as *missing*."""
    import numpy as np
    import orjson

    if not values.size:
        return []
    if values.dtype.kind == "f":
        plain = values.astype({2: "f4", 4: "f4"}.get(values.itemsize, "f8"))
    else:
        plain = values.astype("u8" if values.dtype == np.uint64 else "i8")
    text = orjson.dumps(np.ascontiguousarray(plain), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    tokens = text.split(b",")
    return [missing if token == b"null" else token for token in tokens] if b"null" in text else tokens


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    needed = 3 * len(body) + 48 * body.count(b":") + 64 * body.count(b"\n")
    if needed > told.max_bytes:
        raise too_large_to_decode(f"The libsvm answer ({size(len(body))})", needed, told.max_bytes)
    labels, values, keys, bounds = numbers_of("d"), numbers_of("d"), numbers_of("q"), numbers_of("q", [0])
    labelled = None
    for number, line in enumerate(io.BytesIO(to_text(body, told.media).encode()), 1):
        tokens = (match[0] for match in _TOKEN.finditer(line.partition(b"#")[0]))
        first = next(tokens, None)
        if first is None:
            continue
        try:
            if labelled is None:
                labelled = b":" not in first
            if labelled:
                labels.append(float(first))
            else:
                _cell(first, keys, values)
            for token in tokens:
                _cell(token, keys, values)
        except (ValueError, OverflowError) as exc:
            raise CodecError(
                f"The {told.media.type} answer can't be read: line {number:,}.",
                hint="The bytes are kept in `.body`.",
            ) from exc
        bounds.append(len(values))
    return _table(keys, values, bounds, told), _floats(labels) if labelled or labelled is None else None


def _cell(token: bytes, keys: numbers_of[int], values: numbers_of[float]) -> None:
    """``index:value``; ValueError if it is none."""
    key, colon, value = token.partition(b":")
    if key == b"qid":
        return
    if not colon or not 0 <= int(key) < _MOST_COLUMNS:
        raise ValueError(token)
    values.append(float(value))
    keys.append(int(key))


def _floats(values: numbers_of[float]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.frombuffer(values, np.float64) if values else np.empty(0)


def _table(keys: numbers_of[int], values: numbers_of[float], bounds: numbers_of[int], told: Told) -> Any:
    """Rows × columns, as many columns as the last index says."""
    import numpy as np

    columns = np.frombuffer(keys, np.int64) if keys else np.empty(0, np.int64)
    ends = np.frombuffer(bounds, np.int64)
    shape = (len(ends) - 1, int(columns.max(initial=-1)) + 1)
    if sparse := optional("scipy.sparse"):
        return sparse.csr_array((_floats(values), columns, ends), shape=shape)
    if 8 * shape[0] * shape[1] > told.max_bytes:
        raise too_large_to_decode(
            f"The libsvm answer, {shape[0]:,} × {shape[1]:,} without scipy,",
            8 * shape[0] * shape[1],
            told.max_bytes,
        )
    table = np.zeros(shape)
    table[np.repeat(np.arange(shape[0]), np.diff(ends)), columns] = _floats(values)
    return table
