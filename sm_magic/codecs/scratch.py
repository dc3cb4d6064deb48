"""Bytes that are filled in place, so that a body is made with one copy of its numbers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class Scratch:
    """Bytes to write to; `bytes` gives them away.

    PERF: BytesIO takes over the bytes that it starts with and gives them back uncopied, as long as nobody else has
    them (CPython, Modules/_io/bytesio.c); elsewhere it copies, and all is the same.
    """

    def __init__(self, filled: bytes) -> None:
        self._file = io.BytesIO(filled)

    def array(self, dtype: Any, offset: int = 0) -> np.ndarray[Any, Any]:
        """What is behind *offset*, as an array to write to; drop it before `bytes` is called."""
        import numpy as np

        return np.frombuffer(self._file.getbuffer(), dtype, offset=offset)

    def bytes(self) -> bytes:
        """What was written."""
        return self._file.getvalue()
