"""Tab on the lines of our magics: IPython's matcher, which looks whether a line is ours before it loads anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from IPython.core.completer import context_matcher

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext

    from .extension import SageMakerMagics
    from .patience import Patience

__all__ = ["Completion"]

# `%sm_invoke …`, `x = %sm_invoke …`, and at the beginning of a cell `%%sm_invoke …`.
_LINE: Final = re.compile(
    r"\s*(?:[^\W\d][\w.,\s*]*(?:\[[^\]]*\]\s*)?=\s*)?%(?P<magic>sm_\w+)\s(?P<line>.*)", re.DOTALL
)
_CELL: Final = re.compile(r"%%(?P<magic>sm_\w+)\s(?P<line>.*)", re.DOTALL)
_NOTHING: Final[dict[str, Any]] = {"completions": [], "matched_fragment": ""}
_Matcher = TypeVar("_Matcher", bound=Callable[..., Any])
_matcher: Callable[[_Matcher], _Matcher] = context_matcher(identifier="sm_magic.completion", priority=100)


class Completion:
    """The matcher of one shell."""

    def __init__(self, door: SageMakerMagics) -> None:
        self._door = door
        self.patience: Patience | None = None
        """How long is waited for what is deployed; made at the first Tab."""

    def register(self) -> None:
        """Let the shell ask."""
        completer = getattr(self._door.shell, "Completer", None)
        if completer is not None:
            completer.custom_matchers.append(self.match)

    def unregister(self) -> None:
        """Leave the shell as it was."""
        completer = getattr(self._door.shell, "Completer", None)
        if completer is not None and self.match in completer.custom_matchers:
            completer.custom_matchers.remove(self.match)

    @_matcher
    def match(self, context: CompletionContext) -> dict[str, Any]:
        """What fits at the cursor; nothing on lines that are not ours, and in the body of a cell."""
        found = _ours(context.full_text.split("\n"), context.cursor_line, context.cursor_position)
        if found is None:
            return dict(_NOTHING)
        try:
            from .completing import complete
            from .patience import Patience

            self.patience = self.patience or Patience()
            return complete(self._door, self.patience, *found)
        except Exception:  # noqa: BLE001 - IPython would write a traceback into the notebook, at every Tab
            return dict(_NOTHING)


def _ours(lines: list[str], row: int, column: int) -> tuple[str, str, str] | None:
    """(magic, its line up to the cursor, what stands behind it); None where the cursor is in no line of ours.

    A line that ends in a backslash goes on in the next.
    """
    if not 0 <= row < len(lines):
        return None
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    start = row
    while start > 0 and lines[start - 1].rstrip().endswith("\\"):
        start -= 1
    is_cell = lines[first].startswith("%%")
    if is_cell and start != first:
        return None
    before = (
        "".join(f"{line.rstrip().removesuffix(chr(92))} " for line in lines[start:row]) + lines[row][:column]
    )
    match = (_CELL if is_cell else _LINE).fullmatch(before)
    return None if match is None else (match["magic"], match["line"], lines[row][column:])
