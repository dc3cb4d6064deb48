"""Write the generated blocks of docs/reference.md and README.md from the tables in the code; --check only compares.

A block stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.  What is generated cannot be out of date:
tests/test_docs.py runs this with --check.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path

import sm_magic
from sm_magic import errors, mediatypes
from sm_magic.magics.options import MAGICS
from sm_magic.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "reference.md", ROOT / "README.md")

# What is sent as each type, and what an answer of it becomes.
IN_PYTHON: Mapping[str, tuple[str, str]] = {
    "application/json": ("dict, list, number, bool, None; a table by `--orient`", "what the JSON holds"),
    "application/jsonlines": ("a list, or a table's rows as records", "list"),
    "application/x-ndjson": ("the same", "list"),
    "text/csv": ("DataFrame, Series, list of rows, 1-D and 2-D arrays", "DataFrame"),
    "text/plain": ("str", "str"),
    "text/html": ("str", "str"),
    "text/markdown": ("str", "str"),
    "text/libsvm": ("2-D array, DataFrame, scipy.sparse; `(x, labels)`", "`(x, labels)`: sparse array, array"),
    "text/x-libsvm": ("the same", "the same"),
    "application/x-text": ("str", "str"),
    "application/list-text": ("list of str", "list of str"),
    "application/x-npy": ("ndarray, torch tensor", "ndarray"),
    "application/x-npz": ("scipy.sparse, dict of arrays", "sparse array, dict of arrays"),
    "application/x-recordio-protobuf": ("arrays, tables, scipy.sparse; `(x, labels)`", "the same; a table of labels"),
    "application/x-parquet": ("DataFrame and other tables", "DataFrame"),
    "application/vnd.apache.arrow.stream": ("DataFrame and other tables", "DataFrame"),
    "application/vnd.sagemaker-triton.binary+json": ("dict of arrays; a table, a tensor a column", "dict of arrays"),
    "tensor/pt": ("torch tensor, ndarray", "ndarray"),
    "multipart/form-data": ("dict of fields: text, bytes, paths, images; `--form`", "dict of fields"),
    "image/png": ("PIL image, ndarray, matplotlib figure", "PIL image"),
    "image/jpeg": ("PIL image, ndarray", "PIL image"),
    "image/webp": ("PIL image, ndarray", "PIL image"),
    "image/gif": ("PIL image, ndarray", "PIL image"),
    "image/bmp": ("PIL image, ndarray", "PIL image"),
    "image/tiff": ("PIL image, ndarray", "PIL image"),
    "application/x-image": ("PIL image, ndarray: as PNG or in its own format", "PIL image"),
    "audio/wav": ("bytes, file, `wave.Wave_read`", "bytes, shown as a player"),
    "audio/mpeg": ("bytes, file", "bytes, shown as a player"),
    "audio/flac": ("bytes, file", "bytes, shown as a player"),
    "audio/ogg": ("bytes, file", "bytes, shown as a player"),
    "video/mp4": ("bytes, file", "bytes, shown as a player"),
    "application/octet-stream": ("bytes", "bytes"),
}  # fmt: skip


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    return [_row(*head), _row(*("---" for _ in head)), *(_row(*row) for row in rows)]


def content_types() -> list[str]:
    """One row per media type: its short name, both directions, the suffixes of its files."""
    rows = []
    for known in mediatypes.KNOWN:
        sent, received = IN_PYTHON[known.type]
        short = f"`{known.short}`" if known.short else ""
        rows.append((short, f"`{known.type}`", sent, received, " ".join(f"`{s}`" for s in known.suffixes)))
    return _table(("`-t`", "media type", "sent from", "comes back as", "files"), rows)


def options() -> list[str]:
    """One section per magic: usage, words, options by group, examples."""
    lines: list[str] = []
    for grammar in MAGICS.values():
        lines += [f"### `%{grammar.magic}`", "", grammar.doc, "", "```text", *grammar.usage, "```", ""]
        words = [(f"`{p.name}`", p.help) for p in grammar.positionals]
        for group in dict.fromkeys(option.group for option in grammar.options):
            for option in grammar.options:
                if option.group == group:
                    value = f" {option.metavar}" if option.metavar else ""
                    names = ", ".join(f"`{name}{value}`" for name in option.names)
                    choices = f": {', '.join(f'`{c}`' for c in option.choices)}" if option.choices else ""
                    words.append((names, option.help + choices))
        lines += [*_table(("word or option", "what it does"), words), ""]
        for typed, does in grammar.examples:
            lines += [f"{does[0].upper()}{does[1:]}:", "", "```text", *typed.splitlines(), "```", ""]
    return lines[:-1]


def settings() -> list[str]:
    """One row per setting."""
    defaults = Settings()
    rows = []
    for field in fields(Settings):
        value = getattr(defaults, field.name)
        shown = (
            "{}"
            if isinstance(value, Mapping)
            else f"{value:,}"
            if isinstance(value, int) and value > 9999
            else repr(value)
        )
        rows.append((f"`{field.name}`", f"`{shown}`", field.metadata["help"]))
    return _table(("setting", "default", "what it is"), rows)


def _first_sentence(thing: object) -> str:
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    return text.replace("``", "`")


def python() -> list[str]:
    """What `import sm_magic` offers."""
    names = [n for n in sm_magic.__all__ if n not in ("last", "history")]
    rows = [(f"`{name}`", _first_sentence(getattr(sm_magic, name))) for name in names]
    rows += [
        ("`history`", "What was sent and answered in this process, oldest first."),
        ("`last`", "The last Result."),
    ]
    return _table(("name", "what it is"), sorted(rows, key=lambda row: row[0].lower()))


def error_classes() -> list[str]:
    """One row per error class: its base and what it says."""
    rows = []
    for name in errors.__all__:
        cls = getattr(errors, name)
        rows.append((f"`{name}`", f"`{cls.__bases__[0].__name__}`", _first_sentence(cls)))
    return _table(("error", "is a", "when"), rows)


BLOCKS: Mapping[str, Callable[[], list[str]]] = {
    "content types": content_types,
    "options": options,
    "settings": settings,
    "python": python,
    "errors": error_classes,
}


def generate(text: str) -> str:
    """*text* with its blocks written anew."""

    def block(match: re.Match[str]) -> str:
        body = "\n".join(BLOCKS[match["name"]]())
        return f"<!-- begin {match['name']} -->\n\n{body}\n\n<!-- end {match['name']} -->"

    return re.sub(r"<!-- begin (?P<name>[\w ]+) -->.*?<!-- end (?P=name) -->", block, text, flags=re.DOTALL)


def main(check: bool) -> int:
    """Write the pages; with *check*, print how they differ instead, and 1 if they do."""
    stale = 0
    for page in PAGES:
        old = page.read_text()
        new = generate(old)
        if check and new != old:
            stale = 1
            diff = difflib.unified_diff(
                old.splitlines(), new.splitlines(), page.name, "generated", lineterm="", n=0
            )
            print("\n".join(diff), "\nRun: make docs")
        elif not check:
            page.write_text(new)
    return stale


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
