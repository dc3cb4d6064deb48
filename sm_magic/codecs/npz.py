"""application/x-npz: scipy's sparse arrays and dicts of arrays ⇄ numpy's archive of npy files.

Out: a sparse value as ``scipy.sparse.save_npz`` writes it, which containers read by ``load_npz``; a dict of arrays as
``numpy.savez`` does.  In: a sparse value where the names are save_npz's and scipy is there, else a dict.  Nothing is
pickled or unpickled, and no member is unpacked beyond the size it tells, all together no more than the limit.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import told as words
from . import npy, sparse_checks
from .base import Asked, Codec, Told, as_array, kind, optional, size, too_large_to_decode

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

CODEC = Codec("application/x-npz")
_MEMBER = b"PK\x01\x02"  # how a member stands in the directory (APPNOTE.TXT §4.3.12)
_PER_MEMBER = 1500  # bytes that one takes in Python
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # numpy's; others unpack without a bound
_DTYPES = "?bBhHiIlLqQfdgFDG"  # scipy.sparse's (scipy/sparse/_sputils.py)
_PARTS = {
    "csr": ("indices", "indptr"),
    "csc": ("indices", "indptr"),
    "bsr": ("indices", "indptr"),
    "dia": ("offsets",),
    "coo": (),
}
"""The formats of scipy.sparse that save_npz has, and their arrays beside data and shape."""


@CODEC.encodes("scipy.spmatrix", "scipy.sparray", default=True)
def _sparse(value: Any, asked: Asked) -> Payload:
    import scipy.sparse

    if value.dtype.hasobject:
        raise CodecError(
            f"A sparse array of dtype {value.dtype} can't be sent as npz. {npy.WHY}", hint="`.astype(float)`"
        )
    saved = value if value.format in _PARTS else value.tocsr()
    file = io.BytesIO()
    scipy.sparse.save_npz(file, saved)
    shape = dict(zip(("rows", "columns"), value.shape, strict=True)) if len(value.shape) == 2 else {}
    return asked.payload(file.getvalue(), **shape)


@CODEC.encodes("builtins.dict", "Mapping")
def _dict(value: Mapping[Any, Any], asked: Asked) -> Payload:
    """Each array under its name."""
    file, total = io.BytesIO(), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, item in value.items():
            if not isinstance(name, str):
                raise CodecError(
                    f"The arrays of an npz have names; {kind(name)} is none.", hint="Keys of text."
                )
            array = as_array(item)
            total += array.nbytes
            if asked.max_bytes is not None and total > asked.max_bytes:
                raise CodecError(
                    f"The arrays are more than {size(total)}; the limit is {size(asked.max_bytes)}.",
                    hint="Send fewer, or a smaller dtype (`x.astype('float32')`).",
                )
            try:
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), npy.write(item, asked).body)
            except CodecError as exc:
                raise CodecError(f"{name!r}: {exc.message}", hint=exc.hint) from exc
    return asked.payload(file.getvalue())


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    try:
        arrays = _arrays(body, told)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,  # encrypted
        NotImplementedError,  # a newer version, an unknown method
        ValueError,
        OverflowError,
    ) as exc:
        raise CodecError(f"The answer is no npz archive: {words(exc)}", hint="See `.body`.") from exc
    sparse = optional("scipy.sparse") if _is_sparse(arrays) else None
    return arrays if sparse is None else _of_scipy(arrays, sparse, told)


def _arrays(body: bytes, told: Told) -> Arrays:
    """The arrays by name; each is a view of its unpacked bytes."""
    what = f"The npz answer ({size(len(body))})"
    if (directory := _PER_MEMBER * body.count(_MEMBER)) > told.max_bytes:
        raise too_large_to_decode(what, directory, told.max_bytes)
    found: Arrays = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
        sizes = [member.file_size for member in members]
        if (needed := sum(sizes) + max(sizes, default=0) + directory) > told.max_bytes:
            raise too_large_to_decode(what, needed, told.max_bytes)
        for member in members:
            if member.compress_type not in _PACKED:
                raise CodecError(f"{member.filename!r:.80} in the npz is packed in a way that numpy has not.")
            with archive.open(member) as file:
                unpacked = file.read(member.file_size + 1)  # PERF: never more than it tells; checks its CRC
            found[member.filename.removesuffix(".npy")] = npy.read(unpacked, told)
    return found


def _is_sparse(arrays: Arrays) -> bool:
    form = _format(arrays)
    wanted = {"data", "shape", *_PARTS.get(form, ())}
    return form in _PARTS and wanted <= set(arrays) and arrays["data"].dtype.char in _DTYPES


def _format(arrays: Arrays) -> str:
    """``csr``, …; before scipy 1.0 it was kept as text, since then as bytes."""
    told = arrays.get("format")
    if told is None or told.shape != () or told.dtype.kind not in "SU":
        return ""
    found = told.item()
    return found if isinstance(found, str) else bytes(found).decode("latin-1")


def _of_scipy(arrays: Arrays, sparse: Any, told: Told) -> Any:
    """The sparse value, of copies that it may change; CodecError where its arrays do not fit together."""
    form = _format(arrays)
    suffix = "array" if arrays.get("_is_array") is not None and bool(arrays["_is_array"].all()) else "matrix"
    # Beside the copies, what `tocsr` allocates for each row, however little is stored.
    needed = 3 * sum(array.nbytes for array in arrays.values()) + 8 * sparse_checks.rows(arrays["shape"])
    if needed > told.max_bytes:
        raise too_large_to_decode("The npz answer, sparse as it is,", needed, told.max_bytes)
    try:
        parts, shape = sparse_checks.parts(form, arrays)
        return getattr(sparse, f"{form}_{suffix}")(parts, shape=shape)
    except Exception as exc:  # whatever scipy thinks of arrays that do not fit together
        raise CodecError(
            f"The arrays of the npz answer are no {form} {suffix}: {words(exc)}", hint="See `.body`."
        ) from exc
