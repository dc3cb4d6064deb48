"""How things are measured here: two ways in turns, one budget, one row of a table.

A module of this folder that has ``rows() -> list[Row]`` is part of `run.py`'s table; its docstring's first line is
the table's title.  On a shared machine times drift by half: what counts is the ratio within one turn.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

_SECONDS = 1.5  # that a row takes, if nobody says how often
_LONG = 0.01  # seconds of both ways together, from which on the heap's state counts
_PACKAGES = ("sm-magic", "boto3", "IPython", "orjson", "polars", "pyarrow")

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One line of the table: what took how long in ours and in the other way, and what was promised.

    ours, other: medians in milliseconds; None where there is no other side.
    measure: what counts, as text (``12.3×``).
    kept: whether it keeps to *budget*.
    """

    what: str
    ours: float | None
    other: float | None
    measure: str
    budget: str
    kept: bool

    def __str__(self) -> str:
        times = " | ".join("" if t is None else f"{t:.2f}" for t in (self.ours, self.other))
        return f"| {self.what} | {times} | {self.measure} | {self.budget} | {'✓' if self.kept else '✗'} |"


@dataclass(frozen=True)
class Turns:
    """Times in milliseconds of two ways that took turns."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def extra(self) -> float:
        """Milliseconds that ours takes more; the median of the turns, which a busy machine disturbs least."""
        return median(one - two for one, two in zip(self.ours, self.other, strict=True))

    @property
    def ratio(self) -> float:
        """How many times as fast ours is; the median of the turns."""
        return median(two / one for one, two in zip(self.ours, self.other, strict=True))


def in_turns(ours: Work, other: Work, repeats: int | None = None) -> Turns:
    """Run both *repeats* times; None: as often as `_SECONDS` allow, 5 times at least.

    What is measured is how long it takes to make something, not to throw it away.  What takes long goes twice, and
    the second time counts: the heap is then as its own last run left it, as it is for who calls it again and again.
    After the other way's it would find that one's pages, or none, which is worth a third either way.
    """
    ours(), other()  # with what each imports
    start = time.perf_counter()
    ours(), other()
    once = time.perf_counter() - start
    for _ in range(3 if once < 0.05 else 0):
        ours(), other()
    if repeats is None:
        repeats = max(5, min(400, int(_SECONDS / once)))
    gc.collect()
    turns = []
    for number in range(repeats):
        # Which goes first changes: whatever the first leaves behind, the second does not always pay.
        took = [0.0, 0.0]
        for index in (0, 1) if number % 2 else (1, 0):
            if once > _LONG:
                (ours, other)[index]()
            start = time.perf_counter()
            made = (ours, other)[index]()
            took[index] = 1000 * (time.perf_counter() - start)
            del made
        turns.append(took)
    one, two = zip(*turns, strict=True)
    return Turns(one, two)


def faster(what: str, ours: Work, other: Work, at_least: float, repeats: int | None = None) -> Row:
    """A row for work that is to be *at_least* so many times as fast as the other way; below 1, not much slower."""
    turns = in_turns(ours, other, repeats)
    return Row(
        what,
        median(turns.ours),
        median(turns.other),
        f"{turns.ratio:.3g}×",
        f"≥ {at_least:.3g}×",
        turns.ratio >= at_least,
    )


def not_slower_by(what: str, ours: Work, other: Work, ms: float, repeats: int | None = None) -> Row:
    """A row for small work, that is to take *ms* milliseconds more than the other way at most."""
    turns = in_turns(ours, other, repeats)
    return Row(
        what,
        median(turns.ours),
        median(turns.other),
        f"{turns.extra:+.2f} ms",
        f"≤ {ms:+.2f} ms",
        turns.extra <= ms,
    )


def share(what: str, part: float, whole: float, at_most: float) -> Row:
    """A row for a size that is to be *at_most* that share of another."""
    return Row(what, None, None, f"{part / whole:.3g}", f"≤ {at_most:.3g}", part <= at_most * whole)


Encoding = tuple[Callable[[], bytes], Callable[[], bytes]]


def peak(what: str, encoding: Callable[[], Encoding], at_most: float) -> Row:
    """A row for the memory that an encoding takes at its peak, the payload included, as multiple of the payload.

    *encoding* is a function of a module here: it gives a smaller work of the same kind, whose imports and pools do
    not count, and the work.  They run in a process of their own, in which nothing was freed before that could be
    used again; what counts is the process's resident memory, for native libraries allocate past Python.
    """
    code = f"import measure, {encoding.__module__} as m; print(measure.times_payload(m.{encoding.__name__}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    times = float(done.stdout.split()[-1])
    return Row(what, None, None, f"{times:.2f}× the payload", f"≤ {at_most:.3g}×", times <= at_most)


def times_payload(encoding: Callable[[], Encoding]) -> float:
    """What the resident memory of this process grows by at most, as multiple of what is made (Linux)."""
    first, work = encoding()
    first()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets the peak
    before = _resident("VmRSS")
    made = work()
    return (_resident("VmHWM") - before) / len(made)


def _resident(field: str) -> int:
    """A line of /proc/self/status, in bytes."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


def machine() -> str:
    """Its processor, cores, memory, and what decides how fast SHA-256 is, which signs every body."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", text)
    flags = re.search(r"(?:flags|Features)\s*:\s*(.+)", text)
    sha = bool({"sha_ni", "sha2"}.intersection(flags[1].split())) if flags else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    told = "unknown whether it has" if sha is None else "with" if sha else "without"
    return (
        f"{model[1].strip() if model else platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB, {told} SHA instructions; {platform.system()}, Python {platform.python_version()}"
    )


def versions() -> str:
    """The packages that were measured, with their versions."""
    return ", ".join(f"{name} {found}" for name in _PACKAGES if (found := installed(name)))


def installed(name: str) -> str | None:
    """The version of a package; None if it is absent."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
