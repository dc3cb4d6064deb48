"""Waiting in the foreground until the user, or the system, says stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType


def until_interrupted(wait: Callable[[], None]) -> None:
    """Run *wait*; Ctrl-C and SIGTERM end it quietly, so that what follows can clean up."""
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _interrupt) if main else None
    try:
        wait()
    except KeyboardInterrupt:
        pass
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
