"""CustomAttributes: pairs where a model wrote pairs.

The header is 1,024 ASCII characters without a syntax.  In use are ``a=1;b=2``, ``a=1,b=2`` (TensorFlow Serving's
``tfs-model-name=…``) and ``Trace ID: 1`` (the API's own example).
"""

from __future__ import annotations

import re
from typing import Final

from .facts import Pair

_NAME: Final = r"[A-Za-z_][\w.\- /]{0,63}"
_PAIR: Final = re.compile(rf"\s*({_NAME}?)\s*=\s*([^=&\s][^=&]*|)\s*")
_COLON: Final = re.compile(rf"\s*({_NAME}?)\s*:\s+(\S.*?)\s*")


def pairs(text: str) -> tuple[Pair, ...] | None:
    """The pairs in *text*; None where it is anything else, to be shown as it is."""
    readings = (_split(text, separator, pattern) for pattern in (_PAIR, _COLON) for separator in (";", ","))
    return max((found for found in readings if found is not None), key=len, default=None)


def _split(text: str, separator: str, pattern: re.Pattern[str]) -> tuple[Pair, ...] | None:
    pieces = text.removesuffix(separator).split(separator)
    found = [pattern.fullmatch(piece) for piece in pieces]
    made = [Pair(match[1], match[2].strip()) for match in found if match is not None]
    return tuple(made) if len(made) == len(pieces) else None
