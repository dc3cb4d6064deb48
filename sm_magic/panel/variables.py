"""The notebook's variables that can be sent, as a person tells them apart: by name, type and size."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sized
from contextlib import suppress
from types import ModuleType

from .. import codecs

__all__ = ["described", "is_free", "sendable"]

_ITS_OWN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
"""What IPython puts into every notebook's namespace."""


def sendable(namespace: Mapping[str, object]) -> list[tuple[str, str]]:
    """(what is shown, name) of each variable that can be sent, tables and pictures first; by name then."""
    found = []
    for name, value in tuple(namespace.items()):
        if name.startswith("_") or name in _ITS_OWN:
            continue
        with suppress(Exception):  # an object may do anything when it is asked what it is
            if not (isinstance(value, ModuleType | type) or callable(value)) and codecs.can_send(value):
                found.append((_rank(value), name, f"{name} · {described(value)}"))
    return [(shown, name) for _, name, shown in sorted(found)]


def is_free(name: str) -> bool:
    """Whether a person may call a variable so: a name, and none of Python's or IPython's own."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("__")
        and name not in _ITS_OWN
    )


def described(value: object) -> str:
    """Type and size: ``DataFrame, 150 × 4``, ``ndarray, 8 × 8 uint8``, ``Image, 640 × 480 RGB``, ``list of 3``."""
    kind, shape = type(value).__name__, getattr(value, "shape", None)
    if isinstance(shape, tuple):
        sides = " × ".join(f"{side:,}" for side in shape) or "a number"
        dtype = getattr(value, "dtype", None)
        return f"{kind}, {sides}{f' {dtype}' if dtype is not None else ''}"
    if hasattr(value, "mode") and isinstance(size := getattr(value, "size", None), tuple):
        return f"{kind}, {size[0]:,} × {size[1]:,} {value.mode}"
    if isinstance(value, str):
        return f"{kind}, {len(value):,} characters"
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{kind}, {len(value):,} bytes"
    return f"{kind} of {len(value):,}" if isinstance(value, Sized) else kind


def _rank(value: object) -> int:
    """Tables, arrays and pictures are what people send; then what holds several things; then the rest."""
    if hasattr(value, "shape") or hasattr(value, "mode"):
        return 0
    return 1 if isinstance(value, Sized) and not isinstance(value, str) else 2
