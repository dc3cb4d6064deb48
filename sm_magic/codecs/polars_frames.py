"""polars frames, written by polars itself: no pandas, no pyarrow."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import told
from .arrow_tables import facts
from .base import Asked, optional

_LARGE = 3  # times the limit, in memory: such a frame is written in pieces, if at all


def is_large(frame: Any, asked: Asked) -> bool:
    """Whether *frame* may be so far beyond the limit that it is not built whole; needs pyarrow to be built else."""
    return (
        asked.max_bytes is not None
        and frame.estimated_size() > _LARGE * asked.max_bytes
        and optional("pyarrow") is not None
    )


def write(frame: Any, asked: Asked, by: Callable[[Any, io.BytesIO], None]) -> Payload:
    """*frame* as *by* writes it; CodecError if polars can't."""
    import polars as pl

    out = io.BytesIO()
    try:
        by(frame, out)
    except (Exception, pl.exceptions.PanicException) as exc:  # a panic is no Exception
        raise CodecError(
            f"A polars.DataFrame can't be sent as {asked.media.type}: {told(exc)}",
            hint="--columns, --drop, or -t csv",
        ) from exc
    return asked.payload(out.getvalue(), **facts(frame.height, frame.columns))
