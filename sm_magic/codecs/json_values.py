"""What a Python value is in JSON: one level at a time, towards what orjson writes by itself.

Tables become rows here, columns keep every bit, dates are ISO 8601, bytes and images base64, Decimals all their digits.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..mediatypes import MediaType
from ..spelling import upper
from . import masks
from .base import Asked, a_kind, as_array, type_names
from .json_columns import column, records
from .json_text import numbers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def simplify(value: Any) -> Any:
    """*value* as something nearer to JSON; CodecError if it has no form in JSON."""
    for name in type_names(value):
        if rule := _RULES.get(name):
            return rule(value)
    raise CodecError(
        f"{upper(a_kind(value))} has no form in JSON.",
        hint="What has: dict, list, text, numbers, bool, None, dates, Decimal, dataclasses, arrays, tables, bytes, "
        "images.",
    )


def _array(array: np.ndarray[Any, Any]) -> Any:
    import orjson

    if masks.hides(array) and array.dtype.kind == "V":
        return _masked_fields(array)
    array = masks.emptied(array)
    if array.dtype.kind in "fiub":
        text = numbers(array)
        return orjson.Fragment(
            text if array.ndim else text[1:-1]
        )  # ascontiguousarray gives 0-d one dimension
    if array.dtype.kind == "c":
        raise CodecError(
            "Complex numbers have no form in JSON.", hint="Send `x.real` and `x.imag`, or -t npy"
        )
    if array.dtype.kind in "mM":
        return _dates(array)
    if array.dtype.names:
        return (
            [_array(item) for item in array]
            if array.ndim
            else dict(zip(array.dtype.names, array.item(), strict=True))
        )
    return array.tolist()


def _masked_fields(array: Any) -> Any:
    """A masked array of structures, or one of them: a dict each, what is hidden None."""
    if array.ndim:
        return [_array(item) for item in array]
    names = array.dtype.names
    return dict(zip(names, array.tolist(), strict=True)) if names else None


def _dates(array: np.ndarray[Any, Any]) -> Any:
    """datetime64 and timedelta64 as ISO 8601 text, NaT as None."""
    import numpy as np
    import pandas as pd

    if array.dtype.kind == "M":
        texts = np.datetime_as_string(array).astype(object)
    else:
        isoformat = np.frompyfunc(lambda item: pd.Timedelta(item).isoformat(), 1, 1)
        texts = np.asarray(isoformat(np.asarray(array, dtype="m8[ns]").astype("i8")), dtype=object)
    texts = np.asarray(texts, dtype=object)
    texts[np.isnat(array)] = None
    return texts.tolist()


def _scalar(value: Any) -> Any:
    import numpy as np

    return _array(np.asarray(value))


def _series(series: pd.Series) -> Any:
    from .tables import is_row

    if is_row(series):
        return records(series.to_frame().T.infer_objects())[0]
    return column(series)


def _image(image: Any) -> str:
    from . import images

    media_type = images.default(image)
    asked = Asked(content_type=media_type, media=MediaType(media_type))
    return _base64(images.write(image, asked).body)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _decimal(value: Any) -> Any:
    import orjson

    return orjson.Fragment(str(value).encode()) if value.is_finite() else None


def _duration(value: datetime.timedelta) -> str:
    """ISO 8601, as pandas writes it: days and seconds."""
    return f"P{value.days}DT{value.seconds}.{value.microseconds:06d}S"


def _sequence(values: Any) -> list[Any]:
    """A list; a set's items in order where they have one, so that equal sets are equal bytes."""
    if not isinstance(values, (set, frozenset)):
        return list(values)
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _foreign(value: Any) -> Any:
    """A table of another library: its rows; one column of it: its values."""
    from .foreign import in_pandas

    return simplify(in_pandas(value))


_RULES: dict[str, Callable[[Any], Any]] = {
    "numpy.ndarray": _array,
    "numpy.generic": _scalar,
    "pandas.DataFrame": records,
    "pandas.Series": _series,
    "pandas.Index": list,
    "pandas.ExtensionArray": list,
    "pandas.NAType": lambda _: None,
    "pandas.NaTType": lambda _: None,
    "pandas.Timedelta": lambda value: value.isoformat(),
    "pandas.Period": str,
    "pandas.Interval": str,
    "datetime.datetime": lambda value: value.isoformat(),
    "datetime.date": lambda value: value.isoformat(),
    "datetime.time": lambda value: value.isoformat(),
    "datetime.timedelta": _duration,
    "decimal.Decimal": _decimal,
    "uuid.UUID": str,
    "enum.Enum": lambda value: value.value,
    "builtins.bytes": _base64,
    "builtins.bytearray": _base64,
    "builtins.memoryview": lambda value: _base64(bytes(value)),
    "PIL.Image": _image,
    "pydantic.BaseModel": lambda value: value.model_dump(),
    "dataclass": lambda value: {f.name: getattr(value, f.name) for f in dataclasses.fields(value)},
    "to_pandas": _foreign,
    "__arrow_c_stream__": _foreign,
    "__array__": lambda value: _array(as_array(value)),
    "Mapping": dict,
    "Sequence": _sequence,
}
"""How a value of each type becomes something nearer to JSON; looked up by `type_names`."""
