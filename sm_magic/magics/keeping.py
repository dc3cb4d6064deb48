"""Where an answer goes: variables of the notebook, and a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import SmMagicError, UsageError
from ..files import path_of

if TYPE_CHECKING:
    from ..result import Result
    from .extension import SageMakerMagics
    from .status import Status

__all__ = ["check_save", "keep", "keep_rest"]


def check_save(path: str | None) -> None:
    """Where the answer shall go must be there before the call is paid for."""
    file = path_of(path) if path else None
    if file is not None and file.is_dir():
        raise UsageError(f"--save {path} is a folder.", hint="Give the file a name too.")
    if file is not None and not file.parent.is_dir():
        raise UsageError(f"There is no folder `{file.parent}` for --save.", hint="Make it first.")


def keep(door: SageMakerMagics, options: Mapping[str, Any], result: Result) -> None:
    """Put the answer where the options say; what can fail comes last."""
    if "out" in options:
        door.shell.push({options["out"]: result.value})
    if "save" in options:
        result.save(options["save"])
    if "out_frame" in options:
        door.shell.push({options["out_frame"]: result.frame()})


def keep_rest(door: SageMakerMagics, options: Mapping[str, Any], error: SmMagicError, status: Status) -> None:
    """An answer came, but not whole or not decodable: show it, and keep its bytes where its value was wanted."""
    result: Any = error.result
    if result is None:
        return
    status.result(result)
    door.marks.add(result)
    if "out" in options:
        door.shell.push({options["out"]: result.value if result.problem is None else result.body})
    if "save" in options:
        result.save(options["save"])
