"""numpy's masked arrays: what the mask hides is never sent.

``np.asarray`` forgets a mask and shows what is below it, so a format asks here first: one that can say "missing"
gets an array that does (`emptied`), any other refuses (`refuse`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from .base import is_a

if TYPE_CHECKING:
    import numpy as np


def hides(value: Any) -> bool:
    """Whether *value* is a masked array whose mask hides something."""
    if not is_a(value, "numpy.MaskedArray"):
        return False
    import numpy as np

    mask = np.ascontiguousarray(np.ma.getmaskarray(value))  # of a structured array: a bool for each field
    return bool(mask.view(np.bool_).any())


def refuse(value: Any, what: str) -> None:
    """Raise CodecError where *value* hides something, for a format in which nothing can be missing."""
    if hides(value):
        raise CodecError(
            f"The array's mask hides values, and {what} has no mask.",
            hint="`x.filled(…)` says what stands in their place.",
        )


def emptied(value: Any) -> np.ndarray[Any, Any]:
    """*value* (not structured) as an array without a mask; what it hid is NaN, NaT or None."""
    import numpy as np

    if not hides(value):
        return np.asarray(value)
    missing: object = {"f": np.nan, "c": np.nan, "m": "NaT", "M": "NaT"}.get(value.dtype.kind)
    bare = np.array(value.data, dtype=object if missing is None else None)
    bare[np.ma.getmaskarray(value)] = missing
    return bare
