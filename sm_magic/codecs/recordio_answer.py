"""A RecordIO answer → what people work with.

- features["values"] alone: an array of rows × columns, or scipy's sparse array where the rows are sparse;
- with label["values"]: ``(x, labels)``, as it is sent;
- an answer's label map (`score`, `predicted_label`, `closest_cluster`, …): a table, a column for each name, or a dict
  of arrays where a prediction has more than one number;
- `target` and `shape`, semantic segmentation's: the array in that shape;
- anything else: a dict of arrays by name.

Rows of different lengths are a list of arrays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from .base import Told, optional
from .protobuf import Malformed
from .records import FEATURES, LABEL, Memory, Name, Tensor, frames, record

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def read(body: bytes, told: Told) -> Any:
    """What a RecordIO body holds; CodecError where it is none, or would take too much memory."""
    import numpy as np

    if not body:
        return np.empty((0, 0), np.float32)
    memory = Memory(body, told)
    try:
        columns = _alike(body, memory)
        if columns is None:
            columns = _columns([record(*part, memory) for part in frames(body)])
    except (Malformed, ValueError, OverflowError) as exc:
        raise CodecError(f"The answer is not RecordIO of Records: {exc}.", hint="See `.body`.") from exc
    return _shaped(columns)


def _alike(body: bytes, memory: Memory) -> dict[Name, Any] | None:
    """The columns of Records that differ in nothing but floats, read all at once; None where they are not such.

    PERF: 5 MB of rows take a few milliseconds; one by one, about a second.
    """
    import numpy as np

    view, start, end = next(frames(body))
    stride = end + -end % 4
    if start != 8 or view.nbytes != len(body) or len(body) % stride or len(body) == stride:
        return None
    first = record(view, start, end, memory)
    if not first or any(t.at is None or t.is_sparse for t in first.values()):
        return None
    rows = np.frombuffer(body, np.uint8).reshape(-1, stride)
    spans = sorted((t.at or 0, (t.at or 0) + t.values.nbytes) for t in first.values())
    edges = [0, *(edge for span in spans for edge in span), stride]
    for begin, finish in zip(edges[::2], edges[1::2], strict=True):
        memory.take(0, len(rows) * (finish - begin))
        if not (rows[:, begin:finish] == rows[0, begin:finish]).all():
            return None
    memory.take(2 * len(body))
    columns = {}
    for name, tensor in first.items():
        at = tensor.at or 0
        block = np.ascontiguousarray(rows[:, at : at + tensor.values.nbytes]).view(tensor.values.dtype)
        columns[name] = _reshaped(block, tensor.shape, name)
    return columns


def _columns(rows: list[dict[Name, Tensor]]) -> dict[Name, Any]:
    """A column for each name, of all Records."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _column([row.get(name) for row in rows], name) for name in names}


def _column(tensors: list[Tensor | None], name: Name) -> Any:
    """One array, if all are alike; sparse rows as one sparse array; else a list."""
    import numpy as np

    there = [tensor for tensor in tensors if tensor is not None]
    if len(there) == len(tensors) and all(isinstance(tensor.values, np.ndarray) for tensor in there):
        if any(tensor.is_sparse for tensor in there):
            return _sparse(there)
        if len({(t.values.dtype, t.values.size, t.shape) for t in there}) == 1:
            return _reshaped(np.stack([tensor.values for tensor in there]), there[0].shape, name)
    return [None if tensor is None else tensor.values for tensor in tensors]


def _reshaped(block: Array, shape: tuple[int, ...], name: Name) -> Array:
    """Rows in the shape that each is told to have; one number a row is one dimension, but for features' values."""
    if len(shape) > 1 and math.prod(shape) == block.shape[1]:
        return block.reshape(block.shape[0], *shape)
    return block[:, 0] if block.shape[1] == 1 and name != (FEATURES, "values") else block


def _sparse(rows: list[Tensor]) -> Any:
    """The CSR of rows with keys; as wide as they say, or as their last key."""
    import numpy as np

    sparse = optional("scipy.sparse")
    if sparse is None:
        raise CodecError("The RecordIO answer is sparse, which needs scipy.", hint="%pip install scipy")
    keys = [
        np.arange(len(row.values), dtype=np.uint64) if row.keys is None and len(row.values) else row.keys
        for row in rows
    ]
    counts = [0 if key is None else key.size for key in keys]
    if counts != [len(row.values) for row in rows]:
        raise Malformed("a row's keys and values differ in number")
    columns = np.concatenate([np.empty(0, np.uint64), *(key for key in keys if key is not None)])
    last = int(columns.max(initial=0))
    width = max([math.prod(row.shape) for row in rows if row.shape], default=last + 1 if columns.size else 0)
    if (columns.size and last >= width) or width >= 1 << 63:
        raise Malformed(f"a key of {last:,} is beyond the {width:,} columns")
    data = np.concatenate([row.values for row in rows])
    bounds = np.concatenate(([0], np.cumsum(counts)))
    return sparse.csr_array((data, columns.astype(np.int64), bounds), shape=(len(rows), width))


def _shaped(columns: Mapping[Name, Any]) -> Any:
    """The value that the columns make, as the module's docstring has it."""
    of = {place: {n: c for (p, n), c in columns.items() if p == place} for place in (FEATURES, LABEL)}
    features, labels = of[FEATURES], of[LABEL]
    if features and labels:
        if set(features) == set(labels) == {"values"}:
            return features["values"], labels["values"]
        return {"features": features, "label": labels}
    found = features or labels
    if set(features) == {"values"}:
        return features["values"]
    if set(found) == {"target", "shape"}:
        return _picture(found)
    return _table(found)


def _picture(found: dict[str, Any]) -> Any:
    """The target in the shape that stands beside it, one for all Records; as they are where it does not fit."""
    import numpy as np

    target, shape = found["target"], found["shape"]
    if isinstance(target, np.ndarray) and isinstance(shape, np.ndarray) and shape.ndim == target.ndim == 2:
        one = tuple(int(side) for side in shape[0])
        if (shape == shape[0]).all() and min(one) >= 0 and math.prod(one) == target.shape[1]:
            return target.reshape(one) if len(target) == 1 else target.reshape(len(target), *one)
    return found


def _table(found: dict[str, Any]) -> Any:
    """A DataFrame of predictions that are single numbers; else the dict."""
    import numpy as np

    if found and all(isinstance(column, np.ndarray) and column.ndim == 1 for column in found.values()):
        import pandas as pd

        return pd.DataFrame(found)
    return found
