"""Cell text → Payload: the cell is the body, literally."""

from __future__ import annotations

import codecs as text_codecs
from collections.abc import Mapping

from . import mediatypes
from .errors import CodecError, UsageError
from .guesses import guess
from .messages import Facts, Payload
from .settings import Settings
from .templates import expand_body, is_json, unexpanded

_JSON = "application/json"


def literal(
    text: str,
    content_type: str | None,
    *,
    raw: bool = False,
    expand: bool = False,
    orient: str | None = None,
    settings: Settings,
    names: Mapping[str, object],
) -> Payload:
    """The body that the cell *text* is, with its content type.

    Args:
        text: the cell, with the final newline that IPython adds.
        content_type: a short name or media type, which goes out as given; None: it must be JSON.
        raw: check nothing, and keep the final newline.
        expand: fill ``${expr}`` from *names* first (`templates`).
        orient: how tables are laid out where an expression is one.
        settings: for `json_check_bytes`.
        names: the notebook's names.

    Raises:
        UsageError: the text is not what it should be, or holds an unexpanded ``${variable}``.
    """
    header = mediatypes.resolve(content_type) if content_type else _JSON
    known = mediatypes.parse(header)
    if raw and not content_type:
        raise UsageError(
            "`--raw` sends the cell unchecked, so it needs a type.", hint="`--raw -t json`, for example."
        )
    if expand:
        text = expand_body(text, names, content_type=header, orient=orient)
    elif not raw:
        _refuse_unexpanded(text, names)
    if not raw:
        text = _checked_text(text, known.type)
    body = _encoded(text, known.charset)
    if raw:
        return Payload(body=body, content_type=header)
    notes = _checked_body(body, text, known.type, content_type, names, settings)
    return Payload(body=body, content_type=header, facts=_facts(text, known.type, notes, settings))


def _refuse_unexpanded(text: str, names: Mapping[str, object]) -> None:
    found = unexpanded(text, names)
    if found:
        raise UsageError(
            f"The cell holds `{found[0]}`, and a cell is sent as it is.",
            hint="`--expand` fills it in; `--raw` with `-t` sends it as it is.",
        )


def _checked_text(text: str, media_type: str) -> str:
    """*text* without the final newline, where that is no part of the data."""
    if not text.strip():
        raise UsageError(
            "The cell is empty.",
            hint="Write the body below the line, or give INPUT: `%sm_invoke ENDPOINT df`",
        )
    binary = next((k for k in mediatypes.KNOWN if k.type == media_type and k.binary), None)
    if binary is not None and binary.short != "bytes":
        raise UsageError(
            f"{media_type} is binary, and a cell is text.",
            hint="`--file PATH` sends a file; `--python` the value of the cell's last expression.",
        )
    return text if media_type in mediatypes.LINE_ENDED else text.removesuffix("\n")


def _encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(text_codecs.lookup(charset).name)
    except LookupError as error:
        raise UsageError(
            f"There is no charset `{charset}`.", hint="Leave it out: the cell is sent as UTF-8."
        ) from error
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{text[error.start]!r} has no place in {charset}.", hint="`-t text/plain`, bare, is UTF-8."
        ) from error


def _checked_body(
    body: bytes,
    text: str,
    media_type: str,
    given: str | None,
    names: Mapping[str, object],
    settings: Settings,
) -> tuple[str, ...]:
    """Notes for the card; UsageError where a body that is labelled JSON is none."""
    if not is_json(media_type):
        return ()
    from .codecs import json

    lines = [body] if media_type == _JSON or media_type.endswith("+json") else body.splitlines()
    limit = settings.json_check_bytes
    if len(lines) > 1 and len(body) > limit:
        lines = [lines[0], lines[-1]]
    notes: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        try:
            note = json.check(line, whole_up_to=limit) if line.strip() else None
        except CodecError as error:
            raise _not_json(error, number if len(lines) > 1 else 0, text, given, names) from error
        if note:
            notes[note] = None
    if len(lines) == 2 and len(body) > limit and media_type in mediatypes.LINE_ENDED:
        notes["JSON Lines: only the first and the last line were checked."] = None
    return tuple(notes)


def _not_json(
    error: CodecError, number: int, text: str, given: str | None, names: Mapping[str, object]
) -> UsageError:
    said = error.message.replace("line 1,", f"line {number},", 1) if number else error.message
    found = guess(text, names) or error.hint
    if given is None:
        hint = found or "Correct it, or `-t text` sends it as text."
        return UsageError(f"Without `-t` the cell must be JSON: {said}", hint=hint)
    advice = (found or "Correct it").removesuffix(".")
    return UsageError(f"The cell is not JSON: {said}", hint=f"{advice}; `--raw` sends it as it is.")


def _facts(text: str, media_type: str, notes: tuple[str, ...], settings: Settings) -> Facts:
    """What the text tells by itself: rows of JSON Lines, rows and columns of CSV."""
    if media_type not in mediatypes.LINE_ENDED or len(text) > settings.json_check_bytes:
        return Facts(notes=notes)
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    if media_type != "text/csv":
        return Facts(rows=len(lines), notes=notes)
    if '"' not in text:  # PERF: a third of the csv module's time
        return Facts(rows=len(lines), columns=lines[0].count(",") + 1, notes=notes)
    import csv
    import io

    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error:
        return Facts(notes=notes)
    return Facts(rows=len(rows), columns=len(rows[0]) if rows else None, notes=notes)
