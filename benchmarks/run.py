"""What sm_magic costs and saves: every module here that has ``rows()``, measured and written down.

    python benchmarks/run.py              measure all, and write this environment's part of benchmarks/README.md
    python benchmarks/run.py --check      measure all, and exit with 1 where a budget is exceeded
    python benchmarks/run.py --only text  measure one module (or several), and only print it

README.md keeps a part for each pair of pandas and numpy, so that both ends of the version range stand in it.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import measure

HERE = Path(__file__).parent
README = HERE / "README.md"
_HEAD = """# What it costs, and what it saves

Written by `python benchmarks/run.py` (or `make bench`), once in each environment. Medians in milliseconds; both sides
of a row take turns in one run, on one machine: the ratios count, not the times. `data.py` has what is sent.
"""


def modules() -> list[str]:
    """The modules here that have rows, found without importing them."""
    return sorted(
        path.stem
        for path in HERE.glob("*.py")
        if any(
            isinstance(part, ast.FunctionDef) and part.name == "rows"
            for part in ast.parse(path.read_text(encoding="utf-8")).body
        )
    )


def table(name: str) -> tuple[str, bool]:
    """A module's title, what its docstring says, and its rows; whether all keep to their budgets."""
    module = import_module(name)
    title, _, told = (module.__doc__ or name).partition("\n")
    rows: list[measure.Row] = module.rows()
    lines = [
        f"### {title.rstrip('.')}",
        told.strip(),
        "\n".join(
            ["| | ours, ms | other, ms | measured | budget | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
            + [str(row) for row in rows]
        ),
    ]
    return "\n\n".join(line for line in lines if line), all(row.kept for row in rows)


def apart(name: str) -> tuple[str, bool]:
    """`table` in a process of its own: what one module leaves behind is no part of the next one's times."""
    done = subprocess.run(
        [sys.executable, __file__, "--only", name], stdout=subprocess.PIPE, text=True, check=True
    )
    text = done.stdout[done.stdout.index("### ") :].strip()
    return text, "✗" not in text


def environment() -> str:
    """The heading of this environment's part."""
    pandas, numpy = ((measure.installed(name) or "").rsplit(".", 1)[0] for name in ("pandas", "numpy"))
    return f"## pandas {pandas}, numpy {numpy}"


def parts(text: str) -> dict[str, str]:
    """README's parts, by heading."""
    found = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part.strip() for part in found}


def main() -> int:
    """Measure, print, and keep or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="exit with 1 where a budget is exceeded")
    parser.add_argument(
        "--only", action="append", choices=modules(), metavar="NAME", help=", ".join(modules())
    )
    options = parser.parse_args()
    print(measure.machine(), measure.versions(), sep="\n")
    tables, kept = [], True
    for name in options.only or modules():
        text, fine = table(name) if options.only else apart(name)
        print(f"\n{text}", flush=True)
        tables.append(text)
        kept = kept and fine
    if not options.only and not options.check:
        old = parts(README.read_text(encoding="utf-8")) if README.exists() else {}
        own = "\n\n".join((environment(), f"{measure.machine()}; {measure.versions()}.", *tables))
        every = sorted((old | {environment(): own}).items(), reverse=True)
        README.write_text("\n".join([_HEAD, *(f"{part}\n" for _, part in every)]), encoding="utf-8")
    return int(options.check and not kept)


if __name__ == "__main__":
    sys.exit(main())
