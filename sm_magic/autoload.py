"""``sm-magic autoload``: a startup file of IPython's, so that every new kernel has the magics.

A startup file and no configuration: ``extensions = [...]`` in an environment's ``ipython_kernel_config.json`` would
replace the list in the user's own ``ipython_config.py``; startup files stand beside each other.  Only what was
written here is ever replaced or removed: a digest in the first line tells whether it was changed since.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from . import __version__
from .errors import UsageError
from .spelling import ended

__all__ = ["run"]

NAME: Final = "50-sm_magic.py"
OFF: Final = frozenset({"0", "false", "no", "off"})
State = Literal["absent", "installed", "outdated", "foreign"]

_WRITTEN: Final = re.compile(rb"# Written by `sm-magic autoload` \(([0-9a-f]{16})\)[^\n]*\n")
_SECONDS: Final = 60.0  # for a new IPython to start: one whose profile loads much takes long
_ANSWER: Final = "sm_magic autoload:"
_ASK: Final = f"print('{_ANSWER}', 'sm_magic' in get_ipython().extension_manager.loaded)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder whose startup files IPython runs.  name: the option that picks it; whose: what it holds for."""

    name: str
    folder: Path
    whose: str

    @property
    def file(self) -> Path:
        """The startup file, there or not."""
        return self.folder / NAME

    @property
    def state(self) -> State:
        """What is there: nothing; ours; ours of another version; somebody else's, or ours that was changed."""
        try:
            found = self.file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return "absent"
        except OSError:
            return "foreign"
        if found in (_source(), _written(_source())):
            return "installed"
        first = _WRITTEN.match(found)
        return "outdated" if first and first[1].decode() == _digest(found[first.end() :]) else "foreign"


def run(action: Literal["enable", "disable", "status"], place: str | None = None) -> Iterator[str]:
    """Do *action*, and say what was done, a sentence at a time.

    place: "sys-prefix" or "user"; None: the environment to enable, wherever it is to disable, both to look at.
    Raises UsageError for a file that is not ours, and for a folder that can't be written.
    """
    both = _places()
    if action == "status":
        yield from _status([both[place]] if place else list(both.values()))
    elif action == "enable":
        yield from _enable(both[place or "sys-prefix"])
    else:
        ours = [one for one in both.values() if one.state not in ("absent", "foreign")]
        for one in [both[place]] if place else ours or both.values():
            yield from _disable(one)


def _places() -> dict[str, Place]:
    """Where this environment's IPython looks, and where the user's own does in any environment.

    IPython runs the startup files of ``etc/ipython`` under `sys.prefix` and of the profile
    (`InteractiveShellApp._run_startup_files`), never those of ``~/.local/etc``.
    """
    from IPython.paths import get_ipython_dir

    return {
        "sys-prefix": Place(
            name="sys-prefix",
            folder=Path(sys.prefix) / "etc" / "ipython" / "startup",
            whose=f"every kernel of the environment {sys.prefix}",
        ),
        "user": Place(
            name="user",
            folder=Path(get_ipython_dir()) / "profile_default" / "startup",
            whose="your kernels, in every environment that has sm_magic",
        ),
    }


def _enable(place: Place) -> list[str]:
    state = place.state
    if state == "foreign":
        raise _foreign(place, "overwritten")
    if state == "installed":
        return [f"It was there already: {place.file}"]
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        place.file.write_bytes(_written(_source()))
    except OSError as error:
        other = " --user writes into your own profile." if place.name != "user" else ""
        raise UsageError(
            f"{place.file} can't be written: {ended(error.strerror or error)}",
            hint=f"Ask whoever may write there.{other}",
        ) from error
    return [f"Written: {place.file}", f"It holds for {place.whose}, from their next start on."]


def _disable(place: Place) -> list[str]:
    state = place.state
    if state == "absent":
        return [f"It was not there: {place.file}"]
    if state == "foreign":
        raise _foreign(place, "removed")
    try:
        place.file.unlink()
    except OSError as error:
        raise UsageError(
            f"{place.file} can't be removed: {ended(error.strerror or error)}",
            hint="Ask whoever may write there. SM_MAGIC_AUTOLOAD=0 in the environment turns it off for you.",
        ) from error
    return [f"Removed: {place.file}"]


def _status(wanted: Sequence[Place]) -> Iterator[str]:
    """What is installed where, and whether it works now: a new IPython of this environment is asked."""
    yield f"sm_magic {__version__} in {sys.prefix}"
    for place in wanted:
        yield f"--{place.name}: {_STATES[place.state]}: {place.file}"
    yield _works()


_STATES: Final[dict[State, str]] = {
    "absent": "not installed",
    "installed": "installed",
    "outdated": "installed by another version (--enable renews it)",
    "foreign": "a file that sm-magic did not write, or that was changed since",
}


def _source() -> bytes:
    """The startup file as it is kept: the checkout's own, or the wheel's."""
    package = Path(__file__).parent
    ours = package / "startup" / NAME
    return (ours if ours.is_file() else package.parent / "jupyter-config" / "startup" / NAME).read_bytes()


def _written(body: bytes) -> bytes:
    first = f"# Written by `sm-magic autoload` ({_digest(body)}); `sm-magic autoload --disable` removes it.\n"
    return first.encode() + body


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _foreign(place: Place, done: str) -> UsageError:
    return UsageError(
        f"{place.file} was not written by sm-magic, or was changed since; it was not {done}.",
        hint=f"Look at it, and move or remove it yourself: {place.file}",
    )


def _works() -> str:
    """One sentence: whether a new IPython has the extension.  It runs the user's startup files, as any start does."""
    switch = os.environ.get("SM_MAGIC_AUTOLOAD", "")
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and words of ours
            [
                *(sys.executable, "-m", "IPython", "--no-banner", "--no-confirm-exit", "--colors=NoColor"),
                *("--HistoryManager.enabled=False", "-c", _ASK),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Works now: not known, a new IPython did not start: {ended(error)}"
    answer = done.stdout.decode(errors="replace").rpartition(_ANSWER)[2].strip()
    if answer == "True":
        return "Works now: yes, a new kernel of this environment has the magics."
    if answer != "False":
        return "Works now: not known, a new IPython failed; start `ipython` to see why."
    if switch.strip().lower() in OFF:
        return f"Works now: no, SM_MAGIC_AUTOLOAD={switch} turns it off."
    if all(place.state in ("absent", "foreign") for place in _places().values()):
        return "Works now: no, it is not installed: sm-magic autoload --enable"
    return "Works now: no; a startup file before it may have failed: start `ipython` to see it."
