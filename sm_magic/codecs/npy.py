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
from . import foreign, masks, tables, torch_tensors
from .base import Asked, Codec, Told, as_array, is_a, size, too_large_to_decode
from .features import numbers
from .scratch import Scratch

if TYPE_CHECKING:
    import numpy as np

CODEC = Codec("application/x-npy")
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # numpy's own limit for what literal_eval may be given
_KEYS = {"descr", "fortran_order", "shape"}
WHY = "npy keeps Python objects as pickles, and unpickling runs code: sm_magic does neither."


@CODEC.encodes("numpy.ndarray", "__array__", default=True)
@CODEC.encodes("numpy.generic")
def write(value: Any, asked: Asked) -> Payload:
    """An array, or what becomes one, as npy under the content type asked for."""
    masks.refuse(value, "npy")
    array = as_array(value)
    if array.dtype.hasobject:
        raise CodecError(f"An array of dtype {array.dtype} can't be sent as npy. {WHY}", hint=_way_out(value))
    if asked.max_bytes is not None and array.nbytes > asked.max_bytes:
        raise CodecError(
            f"An array of shape {array.shape} is {size(array.nbytes)}; the limit is {size(asked.max_bytes)}.",
            hint="Send a part of it (`x[:100]`), or a smaller dtype (`x.astype('float32')`).",
        )
    return asked.payload(written(array), notes=torch_tensors.notes(value), **tables.array_facts(array))


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
    return write(value, asked)


@CODEC.encodes("pandas.DataFrame", "pandas.Series", *foreign.NAMES)
def _table(value: Any, asked: Asked) -> Payload:
    """A table as an array of numbers; a Series of one dimension."""
    value = foreign.in_pandas(value)
    frame = tables.table(value)
    array = frame.to_numpy()
    if array.dtype.hasobject:
        array = numbers(frame, "npy")
    payload = write(array[:, 0] if is_a(value, "pandas.Series") and array.shape[1] == 1 else array, asked)
    return asked.payload(payload.body, **tables.facts(frame))


def _way_out(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "Its items must be numbers, or lists of equal length; -t json takes any list."
    return "`.astype(float)` if it holds numbers, or -t json"


def written(array: np.ndarray[Any, Any]) -> bytes:
    """The header and the data, in C order; one copy.  No array of Python objects.

    DJL's reader, for one, takes no other order (ai.djl.ndarray.NDSerializer).
    """
    import numpy as np

    fields = np.lib.format.header_data_from_array_1_0(array) | {"fortran_order": False}
    header = io.BytesIO()
    try:
        np.lib.format.write_array_header_1_0(header, fields)
    except ValueError:  # long or non-ASCII field names of a structured array
        whole = io.BytesIO()
        np.lib.format.write_array(whole, np.asarray(array, order="C"), allow_pickle=False)
        return whole.getvalue()
    if array.nbytes == 0:
        return header.getvalue()
    if array.flags.c_contiguous:
        return b"".join((header.getvalue(), array.reshape(-1).view(np.uint8).data))
    start = header.tell()
    scratch = Scratch(bytes(start + array.nbytes))
    scratch.array(np.uint8)[:start] = np.frombuffer(header.getvalue(), np.uint8)
    scratch.array(array.dtype, start).reshape(array.shape)[...] = array
    return scratch.bytes()


@CODEC.decodes
def read(body: bytes, told: Told) -> np.ndarray[Any, Any]:
    """The array; a view of *body* wherever one is possible."""
    import numpy as np

    descr, fortran, shape, start = _header(body)
    try:
        dtype = np.lib.format.descr_to_dtype(descr)
    except Exception as exc:
        raise CodecError(f"The npy answer has an unknown dtype: {descr!r:.80}.") from exc
    if dtype.hasobject:
        raise CodecError(
            f"The npy answer holds Python objects (dtype {dtype!s:.40}). {WHY}",
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
