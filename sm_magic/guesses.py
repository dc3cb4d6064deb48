"""A text that is not JSON → what its writer probably meant, as a hint.  Read only when a cell is refused."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping

_LIBSVM = re.compile(r"[-+.\de]+(?:\s+\d+:[-+.\de]+)+", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_MOST = 100_000
_AS_CSV = "This looks like CSV: `-t csv`"


def guess(text: str, names: Mapping[str, object]) -> str | None:
    """What to type so that *text* can be sent, or what makes it JSON; None if it looks like nothing known."""
    sample = text.strip()[:_MOST]
    return next((hint for look in _LOOKS if sample and (hint := look(sample, names))), None)


def _template(text: str, names: Mapping[str, object]) -> str | None:
    return "`--expand` fills in `${…}`." if re.search(r"(?<!\$)\$\{", text) else None


def _json_lines(text: str, names: Mapping[str, object]) -> str | None:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or lines[0].lstrip()[0] not in "{[":
        return None
    try:
        for line in lines[:20]:
            json.loads(line)
    except ValueError:
        return None
    return "Each line is JSON: `-t jsonl`"


def _nan(text: str, names: Mapping[str, object]) -> str | None:
    try:
        json.loads(text)
    except ValueError:
        return None
    return "JSON has no NaN and no Infinity: write `null`"  # Python's reader takes them


def _python(text: str, names: Mapping[str, object]) -> str | None:
    """A Python literal, or code that begins with one of the notebook's names."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    first = tree.body[0] if tree.body else None
    if text[0] in "{[(" and isinstance(first, ast.Expr) and not isinstance(first.value, ast.Tuple):
        return "This is Python, not JSON (quotes are double, words are true, false, null): `--python` sends its value."
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if used & set(names) and not (len(tree.body) == 1 and isinstance(first, ast.AnnAssign)):
        return "`--python` sends the value of the cell's last expression."
    return None


def _csv(text: str, names: Mapping[str, object]) -> str | None:
    """Lines of as many commas each: numbers among them, or no space behind a comma, as prose has."""
    lines = [line for line in text.splitlines() if line.strip()]
    numbers = [_is_number(cell) for line in lines for cell in line.split(",")]
    if text[0] in "{[<" or len({line.count(",") for line in lines}) != 1:
        return None
    rows = len(lines) > 1 and "," in text and (any(numbers) or ", " not in text)
    return _AS_CSV if rows or all(numbers) else None


def _one_row(text: str, names: Mapping[str, object]) -> str | None:
    is_row = "\n" not in text and "," in text and text[0] not in "{[<"
    return _AS_CSV if is_row and any(map(_is_number, text.split(","))) else None


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None


def _markup(text: str, names: Mapping[str, object]) -> str | None:
    if text[0] != "<":
        return None
    html = re.match(r"<(?:!doctype html|html|body|div|p)\b", text, re.IGNORECASE)
    return "This is HTML: `-t text/html`" if html else "This looks like XML: `-t application/xml`"


def _libsvm(text: str, names: Mapping[str, object]) -> str | None:
    lines = text.splitlines()
    return (
        "This looks like libsvm: `-t text/libsvm`"
        if all(_LIBSVM.fullmatch(x.strip()) for x in lines)
        else None
    )


_LOOKS: tuple[Callable[[str, Mapping[str, object]], str | None], ...] = (
    _template,
    _json_lines,
    _nan,
    _csv,
    _python,
    _one_row,
    _markup,
    _libsvm,
)
