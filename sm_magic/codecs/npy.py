r"""application/x-npy: arrays ⇄ numpy's own format, every bit kept.

Nothing is ever pickled or unpickled: an array of Python objects is refused, both ways.  An answer's array is a
read-only view of its bytes; `.copy()` makes one to write to.

The format: ``\x93NUMPY``, major and minor version, the header's length (2 bytes before version 2, then 4), the header
(a Python literal), the data.  Source: numpy/lib/format.py.
"""

from __future__ import annotations

import ast
import io
import math
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from . import masks, tables
from .base import Asked, Codec, Told, as_array, is_a, size, too_large_to_decode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CODEC = Codec("application/x-npy")
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # numpy's own limit for what literal_eval may be given
_KEYS = {"descr", "fortran_order", "shape"}
_WHY = "npy keeps Python objects as pickles, and unpickling runs code: sm_magic does neither."


@CODEC.encodes("numpy.ndarray", "__array__", default=True)
@CODEC.encodes("numpy.generic")
def _array(value: Any, asked: Asked) -> Payload:
    masks.refuse(value, "npy")
    array = as_array(value)
    if array.dtype.hasobject:
        raise CodecError(
            f"An array of dtype {array.dtype} can't be sent as npy. {_WHY}", hint=_way_out(value)
        )
    if asked.max_bytes is not None and array.nbytes > asked.max_bytes:
        raise CodecError(
            f"An array of shape {array.shape} is {size(array.nbytes)}; the limit is {size(asked.max_bytes)}.",
            hint="Send a part of it (`x[:100]`), or a smaller dtype (`x.astype('float32')`).",
        )
    return asked.payload(_written(array), **tables.array_facts(array))


@CODEC.encodes(
    "builtins.list",
    "builtins.tuple",
    "builtins.int",
    "builtins.float",
    "pandas.Index",
    "pandas.ExtensionArray",
    "PIL.Image",
)
def _listed(value: Any, asked: Asked) -> Payload:
    return _array(value, asked)


@CODEC.encodes("pandas.DataFrame", "pandas.Series", "to_pandas")
def _table(value: Any, asked: Asked) -> Payload:
    """A table as an array of numbers; a Series of one dimension."""
    frame = tables.table(value)
    array = frame.to_numpy()
    if array.dtype.hasobject:
        array = _numbers(frame)
    payload = _array(array[:, 0] if is_a(value, "pandas.Series") and array.shape[1] == 1 else array, asked)
    return asked.payload(payload.body, **tables.facts(frame))


def _numbers(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The array of a table whose columns are numbers of several kinds, nullable ones among them."""
    import pandas as pd

    if text_columns := tables.text_columns(frame):
        raise CodecError(
            f"npy holds numbers; these columns are none: {', '.join(text_columns)}.",
            hint="--columns, --drop, or -t csv",
        )
    if any(dtype.kind == "O" for dtype in frame.dtypes):  # None and NA among numbers
        frame = frame.astype(object).where(frame.notna(), math.nan).infer_objects()
    whole = all(pd.api.types.is_integer_dtype(dtype) for dtype in frame.dtypes) and not frame.isna().any(
        axis=None
    )
    numbers: np.ndarray[Any, Any] = (
        frame.to_numpy(dtype="int64") if whole else frame.to_numpy(dtype="float64", na_value=math.nan)
    )
    return numbers


def _way_out(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "Its items must be numbers, or lists of equal length; -t json takes any list."
    return "`.astype(float)` if it holds numbers, or -t json"


def _written(array: np.ndarray[Any, Any]) -> bytes:
    """The header and the data, in C order, which every reader takes; one copy."""
    import numpy as np

    plain = np.asarray(array, order="C")
    header = io.BytesIO()
    fields = np.lib.format.header_data_from_array_1_0(plain)
    try:
        np.lib.format.write_array_header_1_0(header, fields)
    except ValueError:  # long or non-ASCII field names of a structured array
        whole = io.BytesIO()
        np.lib.format.write_array(whole, plain, allow_pickle=False)
        return whole.getvalue()
    if plain.nbytes == 0:
        return header.getvalue()
    return b"".join((header.getvalue(), plain.reshape(-1).view(np.uint8).data))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> np.ndarray[Any, Any]:
    """The array; a view of *body* wherever one is possible."""
    import numpy as np

    descr, fortran, shape, start = _header(body)
    try:
        dtype = np.lib.format.descr_to_dtype(descr)
    except Exception as exc:
        raise CodecError(f"The npy answer has an unknown dtype: {descr!r:.80}.") from exc
    if dtype.hasobject:
        raise CodecError(
            f"The npy answer holds Python objects (dtype {dtype!s:.40}). {_WHY}",
            hint="Let the model answer with numbers (`.astype(float)`), or as JSON.  The bytes are in `.body`.",
        )
    needed = math.prod(shape) * dtype.itemsize
    if needed > told.max_bytes:
        raise too_large_to_decode(
            f"The npy answer (shape {shape!s:.60}, {dtype!s:.40})", needed, told.max_bytes
        )
    if needed > len(body) - start:
        raise CodecError(
            f"The npy answer is cut off: {size(len(body) - start)} of {size(needed)} are there.",
            hint="See `.body`.",
        )
    try:
        flat = (
            np.frombuffer(body, dtype=dtype, count=math.prod(shape), offset=start)
            if needed
            else np.empty(0, dtype)
        )
        return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)
    except ValueError as exc:
        raise CodecError(f"The npy answer has an impossible shape: {shape!s:.60}.") from exc


def _header(body: bytes) -> tuple[Any, bool, tuple[int, ...], int]:
    """descr, fortran_order, shape, and where the data starts; checked, for it comes from outside."""
    if not body.startswith(_MAGIC) or len(body) < 10:
        raise CodecError(
            "The answer says it is npy and is not: it does not start as one.", hint="See `.body`."
        )
    version = body[6]
    width = 2 if version == 1 else 4
    if version not in (1, 2, 3):
        raise CodecError(f"The npy answer is of an unknown version: {version}.")
    start = 8 + width
    length = int.from_bytes(body[8:start], "little")
    if length > _LONGEST_HEADER:
        raise CodecError(
            f"The npy answer's header has {length:,} bytes; more than {_LONGEST_HEADER:,} are not read."
        )
    try:
        text = body[start : start + length].decode("utf-8" if version == 3 else "latin-1")
        fields = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as exc:
        raise CodecError("The npy answer's header can't be read.", hint="See `.body`.") from exc
    if not isinstance(fields, dict) or set(fields) != _KEYS:
        raise CodecError("The npy answer's header is not numpy's.", hint="See `.body`.")
    shape = fields["shape"]
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise CodecError(f"The npy answer has an impossible shape: {shape!r:.60}.")
    if not isinstance(fields["fortran_order"], bool):
        raise CodecError("The npy answer's header is not numpy's.", hint="See `.body`.")
    return fields["descr"], fields["fortran_order"], shape, start + length
