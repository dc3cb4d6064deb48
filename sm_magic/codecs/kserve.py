"""Named tensors of KServe v2, the Open Inference Protocol: values → tensors, and a document's tensors → arrays.

A tensor is a name, a shape, a datatype and its elements in row-major order.  Its JSON form is `--orient v2`, its
binary one `triton.py`.  A table is one tensor a column, of shape [n, 1], as MLServer's pandas codec has it; a value
without a name is ``INPUT__0``, as Triton's PyTorch backend calls its first input.
Sources: KServe, open inference protocol v2; NVIDIA, binary tensor data extension; mlserver/codecs/pandas.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import CodecError
from ..messages import Payload
from . import foreign, masks, tables
from .base import Asked, a_kind, as_array, is_a, size
from .json_write import write
from .kserve_columns import column, columns, objects

if TYPE_CHECKING:
    import numpy as np

DTYPES: Final[dict[str, str]] = {
    "BOOL": "|b1", "UINT8": "|u1", "UINT16": "<u2", "UINT32": "<u4", "UINT64": "<u8", "INT8": "|i1",
    "INT16": "<i2", "INT32": "<i4", "INT64": "<i8", "FP16": "<f2", "FP32": "<f4", "FP64": "<f8", "BF16": "<u2",
}  # fmt: skip
"""numpy's dtype of a datatype's elements on the wire; BF16 is the upper half of an FP32's bits, BYTES stands apart."""
_DATATYPES: Final = {dtype.lstrip("<|"): name for name, dtype in DTYPES.items() if name != "BF16"}
UNNAMED: Final = "INPUT__0"
_NOTE: Final = f"The array was sent as the tensor {UNNAMED}; a dict gives names: {{'name': array}}."
_BINARY_ONLY: Final = "Triton takes {} as binary only: -t triton"


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor.  elements: an array of shape [n] as it is on the wire; of BYTES a list of bytes."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    elements: Any


def tensors(value: Any) -> tuple[list[Tensor], dict[str, Any]]:
    """*value* as tensors, and what is known of it, as fields of `Facts`.

    Raises CodecError for what no datatype holds: objects, complex numbers, missing text.
    """
    if isinstance(value, Mapping):
        return _unlike_named((_name(name), item) for name, item in value.items()), {}
    value = foreign.in_pandas(value)
    if _is_table(value) and not _is_nameless(value):
        frame = tables.table(value)
        return _unlike_named(columns(frame)), tables.facts(frame)
    tensor = _tensor(UNNAMED, value)
    facts = {"rows": tensor.shape[0], "columns": tensor.shape[1]} if len(tensor.shape) == 2 else {}
    return [tensor], {"notes": (_NOTE,), **facts}


def payload(value: Any, asked: Asked) -> Payload:
    """*value* as one JSON document: ``{"inputs": [{"name", "shape", "datatype", "data"}, …]}``."""
    if is_a(value, "pandas.DataFrame") or is_a(value, "polars.DataFrame"):
        tables.refuse_hopeless(value, _sampled, asked)
    found, facts = tensors(value)
    refuse_large(found, asked, per_byte=0.5)
    document: dict[str, Any] = {"inputs": [_spec(tensor) for tensor in found]}
    if "names" in facts:  # MLServer reads columns as a table by this; others have no use for it
        document["parameters"] = {"content_type": "pd"}
    halves = [t.datatype for t in found if t.datatype in ("FP16", "BF16")]
    notes = (*facts.pop("notes", ()), *(_BINARY_ONLY.format(name) for name in dict.fromkeys(halves)))
    return asked.payload(write(document), notes=notes, **facts)


def _sampled(piece: Any) -> bytes:
    """The data alone of some rows."""
    return write([_spec(tensor)["data"] for tensor in tensors(piece)[0]])


def refuse_large(found: Iterable[Tensor], asked: Asked, per_byte: float = 1.0) -> None:
    """Raise CodecError for tensors beyond the limit; *per_byte*: bytes on the wire of a byte here, at the least."""
    needed = per_byte * sum(length(tensor) for tensor in found)
    if asked.max_bytes is not None and needed > asked.max_bytes:
        raise CodecError(
            f"The tensors are about {size(needed)} as {asked.media.type}; the limit is {size(asked.max_bytes)}.",
            hint="Send a part of them (`x[:100]`), or a smaller dtype (`x.astype('float32')`).",
        )


def length(tensor: Tensor) -> int:
    """The bytes of a tensor's elements in the binary form."""
    if tensor.datatype == "BYTES":
        return sum(map(len, tensor.elements)) + 4 * len(tensor.elements)
    return int(tensor.elements.nbytes)


def _spec(tensor: Tensor) -> dict[str, Any]:
    """A tensor in JSON; its data flat, as clients write it."""
    spec = {"name": tensor.name, "shape": tensor.shape, "datatype": tensor.datatype}
    if tensor.datatype == "BF16":
        return spec | {"data": widened(tensor.elements)}
    if tensor.datatype != "BYTES":
        return spec | {"data": tensor.elements}
    try:
        return spec | {"data": [item.decode() for item in tensor.elements]}
    except UnicodeDecodeError as exc:
        raise CodecError(
            f"The tensor {tensor.name!r} holds bytes that are no UTF-8, which JSON can't hold.",
            hint="-t triton sends any bytes.",
        ) from exc


def _is_table(value: Any) -> bool:
    return is_a(value, "pandas.DataFrame") or is_a(value, "pandas.Series") or tables.is_records(value)


def _is_nameless(value: Any) -> bool:
    return is_a(value, "pandas.Series") and value.name is None and not tables.is_row(value)


def _name(name: Any) -> str:
    if isinstance(name, str) and name:
        return str(name)
    raise CodecError(f"A tensor's name is text, not {name!r:.60}.", hint="{'name': array, …}")


def _unlike_named(items: Iterable[tuple[str, Any]]) -> list[Tensor]:
    found = [_tensor(name, item) for name, item in items]
    names = [tensor.name for tensor in found]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise CodecError(f"Two tensors are called {double!r}; one would be lost.", hint="Rename one.")
    if not found:
        raise CodecError("There is no tensor to send: no name has a value.", hint="{'name': array, …}")
    return found


def _tensor(name: str, value: Any) -> Tensor:
    import numpy as np

    plain = type(value) is np.ndarray  # PERF: the questions below cost more than the answers
    if not plain:
        masks.refuse(value, "KServe v2")
    if not plain and _is_bfloat16_of_torch(value):
        array, datatype = _bits(value), "BF16"
    else:
        array = value if plain else _array(name, value)
        datatype = "BF16" if array.dtype.name == "bfloat16" else _DATATYPES.get(array.dtype.str[1:], "")
    if datatype:
        elements = np.ascontiguousarray(array).reshape(-1)
        if datatype == "BF16":
            elements = elements.view(np.uint16)
        return Tensor(name, datatype, array.shape, elements.astype(DTYPES[datatype], copy=False))
    return Tensor(name, "BYTES", array.shape, [_bytes(name, item) for item in _items(name, array)])


def _array(name: str, value: Any) -> np.ndarray[Any, Any]:
    """*value* as an array; what has no shape has [1], a column [n, 1]."""
    import numpy as np

    value = foreign.in_pandas(value)
    if is_a(value, "pandas.Series"):
        return column(name, value).reshape(-1, 1)
    if isinstance(value, bytes | bytearray | memoryview | str):
        return objects([bytes(value) if isinstance(value, bytearray | memoryview) else value])
    if isinstance(value, list | tuple) and any(isinstance(item, bytes | str) for item in value):
        return objects(list(value))
    array = as_array(value)
    if isinstance(value, list | tuple) and array.dtype.kind in "USO":
        array = np.array(value, dtype=object)  # numpy makes one type of all, and cuts zeros off bytes
    if array.ndim == 0 and not is_a(value, "numpy.ndarray"):
        array = array.reshape(1)
    return array


def _is_bfloat16_of_torch(value: Any) -> bool:
    return is_a(value, "torch.Tensor") and str(value.dtype) == "torch.bfloat16"


def _bits(tensor: Any) -> np.ndarray[Any, Any]:
    """The bits of a torch tensor of bfloat16, which numpy has no dtype for."""
    import torch

    return as_array(tensor.detach().cpu().contiguous().view(torch.int16)).view("u2")


def _items(name: str, array: np.ndarray[Any, Any]) -> list[Any]:
    import numpy as np

    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise CodecError(f"The tensor {name!r} has missing dates, which no datatype holds.")
        return list(np.datetime_as_string(array).reshape(-1).tolist())
    if array.dtype.kind in "USOT":
        return list(array.reshape(-1).tolist())
    why = "`.real` and `.imag` are two tensors." if array.dtype.kind == "c" else "`.astype('float64')`"
    raise CodecError(f"No datatype of KServe v2 holds {array.dtype}, the dtype of {name!r}.", hint=why)


def _bytes(name: str, item: Any) -> bytes:
    """One element of BYTES; text as UTF-8, dates as ISO 8601."""
    if isinstance(item, str):
        return item.encode()
    if isinstance(item, bytes):
        return item
    if is_a(item, "datetime.date") and item == item:  # NaT is unlike itself
        return bytes(item.isoformat(), "ascii")
    hint = "Rows must be of equal length, and items all numbers or all text."
    if isinstance(item, dict):
        hint = "A dict of arrays is sent, by their names; -t json alone sends a document that is ready."
    raise CodecError(f"The tensor {name!r} holds {a_kind(item)}, which no datatype has.", hint=hint)


def widened(bits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """bfloat16, as its bits, to float32: no bit is lost."""
    return (bits.astype("<u4") << 16).view("<f4")


__all__ = ["DTYPES", "UNNAMED", "Tensor", "length", "payload", "refuse_large", "tensors", "widened"]
