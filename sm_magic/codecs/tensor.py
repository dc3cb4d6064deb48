"""tensor/pt: torch's tensors as the SageMaker SDK sends them, which is npy under another name.

Nothing is pickled, and an answer is never given to ``torch.load``: it comes back as an array, and
``torch.from_numpy`` makes a tensor of its copy.  Source: sagemaker.serializers.TorchTensorSerializer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..messages import Payload
from . import npy
from .base import Asked, Codec, Told

if TYPE_CHECKING:
    import numpy as np

CODEC = Codec("tensor/pt")


@CODEC.encodes(
    "torch.Tensor", "numpy.ndarray", "numpy.generic", "__array__", "builtins.list", "builtins.tuple"
)
def _encode(value: Any, asked: Asked) -> Payload:
    return npy.write(value, asked)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = npy.read(body, told)
    return array
