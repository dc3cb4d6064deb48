"""Where the body comes from: INPUT, the cell, a file, a form, an object of S3.  Exactly one of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import mediatypes
from ..errors import SmMagicError, UsageError
from ..expressions import evaluate
from ..files import address_of
from ..literal import literal
from ..messages import Payload
from ..spelling import ended, told

if TYPE_CHECKING:
    from ..settings import Settings
    from .options import Parsed

__all__ = ["TABLE", "Source", "body", "source"]

TABLE = ("header", "columns", "drop", "orient")
"""Options of a table, which nothing else can honour."""
_FORM = "multipart/form-data"
_AS_THEY_ARE = {
    "cell": "the cell",
    "file": "a file",
    "form": "a form's field",
    "location": "what lies in S3",
}
_CELL_ONLY = ("python", "expand", "raw")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the body comes from, and its text or path.

    kind: "input", "cell", "python" (a cell too), "file", "form", or "location", an object of S3.
    """

    kind: str
    text: str


def source(parsed: Parsed, cell: str | None) -> Source:
    """The one source of the body that the call names."""
    options = parsed.options
    blank = cell is None or not cell.strip()
    found = [
        (name, one)
        for name, one in (
            ("INPUT", parsed.arguments.get("INPUT") and Source("input", parsed.arguments["INPUT"])),
            ("the cell", not blank and Source("python" if options.get("python") else "cell", cell or "")),
            ("--file", options.get("file") and Source("file", options["file"])),
            ("--form", options.get("form") and Source("form", "")),
            ("--input-location", options.get("input_location") and Source("location", "")),
        )
        if one
    ]
    if not found:
        raise UsageError(
            "There is nothing to send.",
            hint="%sm_invoke ENDPOINT INPUT sends a value, --file PATH a file, --form NAME=VALUE a form, "
            "%%sm_invoke ENDPOINT its cell.",
        )
    if len(found) > 1:
        named = [f"INPUT (`{one.text}`)" if name == "INPUT" else name for name, one in found]
        raise UsageError(f"The body can't be both {' and '.join(named)}.", hint="Leave out all but one.")
    _check_fits(found[0][1], options)
    return found[0][1]


def _check_fits(origin: Source, options: Mapping[str, Any]) -> None:
    """Refuse what the source can't honour, rather than to send something else than was asked for."""
    flags = {dest: f"--{dest}" for dest in _CELL_ONLY}
    stray = next((flags[dest] for dest in _CELL_ONLY if options.get(dest)), None)
    if stray and origin.kind not in ("cell", "python"):
        raise UsageError(f"{stray} is for a cell, and there is none.", hint=f"%%sm_invoke ENDPOINT {stray}")
    if origin.kind == "python" and (options.get("expand") or options.get("raw")):
        other = "--expand" if options.get("expand") else "--raw"
        raise UsageError(
            f"--python and {other} exclude each other.", hint=f"{other} is for a cell that is the body."
        )
    _check_form(origin, options.get("content_type"))
    tables = [dest for dest in TABLE if dest in options and not (dest == "orient" and options.get("expand"))]
    if tables and origin.kind in _AS_THEY_ARE:
        what = _AS_THEY_ARE[origin.kind]
        way = "--python sends the cell's value." if origin.kind == "cell" else "Read it and send the table."
        raise UsageError(f"--{tables[0]} is for tables; {what} is sent as it is.", hint=way)


def body(
    origin: Source,
    options: Mapping[str, Any],
    *,
    shell: Any,
    settings: Settings,
    names: Mapping[str, Any],
) -> dict[str, object]:
    """What `Client.prepare` takes for it: a value to encode, or a payload that is ready; nothing of what lies in S3."""
    if origin.kind == "location":
        return {}
    if origin.kind == "file":
        return {"value": address_of(origin.text)}
    if origin.kind == "form":
        return {"value": _fields(options["form"]), "content_type": _FORM}
    if origin.kind == "python":
        return {"value": _run(shell, origin.text)}
    if origin.kind == "input":
        return {"value": evaluate(origin.text, names)}
    return {"payload": _literal(origin.text, options, settings, names)}


def _check_form(origin: Source, content_type: str | None) -> None:
    """A form has a type of its own."""
    if origin.kind != "form" or content_type is None:
        return
    if mediatypes.resolve(content_type).lower() != _FORM:
        raise UsageError(
            f"--form is sent as {_FORM}, not as {content_type}.", hint="Leave -t out, or give INPUT a dict."
        )


def _fields(given: tuple[tuple[str, object], ...]) -> dict[str, object]:
    """The fields by name; the values of a name that came again as a list."""
    found: dict[str, list[object]] = {}
    for name, value in given:
        found.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    again = {name for name, value in given if isinstance(value, list)}
    return {name: vs if len(vs) > 1 or name in again else vs[0] for name, vs in found.items()}


def _literal(text: str, options: Mapping[str, Any], settings: Settings, names: Mapping[str, Any]) -> Payload:
    return literal(
        text,
        options.get("content_type"),
        raw=bool(options.get("raw")),
        expand=bool(options.get("expand")),
        orient=options.get("orient"),
        settings=settings,
        names=names,
    )


def _run(shell: Any, cell: str) -> object:
    """Run *cell* in the notebook's namespace; the value of its last expression.

    Raises UsageError, with the line at fault, for what the cell itself raises.
    """
    source = shell.transform_cell(cell)
    name = shell.compile.cache(source)  # so that a traceback shows the cell's lines
    try:
        tree = ast.parse(source, name)
    except SyntaxError as error:
        raise UsageError(f"Line {error.lineno} of the cell is not Python: {ended(error.msg)}") from error
    if not tree.body or not isinstance(last := tree.body.pop(), ast.Expr):
        raise UsageError(
            "The cell's last line is no expression, so there is no value to send.",
            hint="End it with what to send, a variable for instance.",
        )
    try:
        exec(compile(tree, name, "exec"), shell.user_ns)  # noqa: S102 - the user's own cell
        return eval(compile(ast.Expression(last.value), name, "eval"), shell.user_ns)  # noqa: S307
    except SmMagicError:
        raise
    except Exception as error:
        raise UsageError(f"{_line_of(error, name)} failed: {told(error)}") from error


def _line_of(error: BaseException, name: str) -> str:
    numbers = []
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == name:
            numbers.append(at.tb_lineno)
        at = at.tb_next
    return f"Line {numbers[-1]} of the cell" if numbers else "The cell"
