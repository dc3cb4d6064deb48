"""torch's tensors as arrays.  torch is not imported: a tensor brings what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import told

if TYPE_CHECKING:
    import numpy as np

_BFLOAT16 = "torch.bfloat16"


def array(tensor: Any) -> np.ndarray[Any, Any]:
    """The values of *tensor* as an array, from any device, with or without grad; bfloat16 as float32, which holds it.

    A tensor of the CPU's is not copied.  CodecError for one that numpy can't hold.
    """
    if tensor.is_quantized:
        raise CodecError("A quantized tensor can't be sent.", hint="`.dequantize()`")
    if str(tensor.layout) != "torch.strided" or getattr(tensor, "is_nested", False):
        raise CodecError(
            f"A tensor of layout {tensor.layout} can't be sent.",
            hint="`.to_dense()`, or a matrix of scipy.sparse, which goes as npz",
        )
    try:
        bare = tensor.detach().cpu().resolve_conj().resolve_neg()
        found: np.ndarray[Any, Any] = (bare.float() if str(bare.dtype) == _BFLOAT16 else bare).numpy()
    except Exception as exc:  # of device "meta", of a dtype like float8
        raise CodecError(f"The tensor did not become an array: {told(exc)}", hint="`.float()`") from exc
    return found


def notes(value: Any) -> tuple[str, ...]:
    """What the card says of a tensor whose dtype an array has not."""
    is_bfloat16 = str(getattr(value, "dtype", "")) == _BFLOAT16
    return ("bfloat16 as float32, for numpy has none",) if is_bfloat16 else ()
