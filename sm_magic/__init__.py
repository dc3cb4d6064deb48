"""Invoke Amazon SageMaker endpoints from a notebook cell, and see the answer.

``%load_ext sm_magic`` brings the magics; `Client` does the same from Python.  Nothing heavy is imported until
it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .client import Client as Client
    from .codecs import decode as decode
    from .codecs import encode as encode
    from .errors import SmMagicError as SmMagicError
    from .jobs import Job as Job
    from .messages import Payload as Payload
    from .messages import Request as Request
    from .messages import Response as Response
    from .panel import Panel as Panel
    from .pending import Pending as Pending
    from .records import history as history
    from .result import Result as Result
    from .s3 import S3Uri as S3Uri
    from .settings import Settings as Settings

__version__ = "0.1.0"

_HOMES = {
    "Client": "client",
    "Job": "jobs",
    "Panel": "panel",
    "Payload": "messages",
    "Pending": "pending",
    "Request": "messages",
    "Response": "messages",
    "Result": "result",
    "S3Uri": "s3",
    "Settings": "settings",
    "SmMagicError": "errors",
    "decode": "codecs",
    "encode": "codecs",
    "history": "records",
}
__all__ = [*sorted(_HOMES), "last", "load_ipython_extension", "unload_ipython_extension"]


def __getattr__(name: str) -> Any:
    if name == "last":
        return import_module(".records", __name__).history.last
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext sm_magic``."""
    from .magics import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """``%unload_ext sm_magic``."""
    from .magics import unload

    unload(shell)
