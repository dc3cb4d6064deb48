"""What can stand in a place of a line: names of the notebook, of files, of the connection, of what is deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from .. import mediatypes
from ..arns import parse_endpoint
from ..errors import UsageError
from ..quoting import quote
from ..records import history
from .grammar import Grammar, Option, Positional
from .line import unquote
from .values import expand

if TYPE_CHECKING:
    from ..transports import Catalog
    from .extension import SageMakerMagics
    from .patience import Patience

__all__ = ["Candidates", "Found"]

_ITS_OWN: Final = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_CONNECTION: Final = ("profile", "region", "role_arn", "endpoint_url")
_MOST_FILES: Final = 500
_NAME: Final = re.compile(r"\$\{\s*[^\W\d]\w*\s*\}")
_SPECIAL: Final = re.compile(r"[\s\"'()\[\]{}$#;]")


@dataclass(frozen=True, slots=True)
class Found:
    """Texts in the order in which they are offered, and their kind.  alone: nothing but such a text can stand there."""

    texts: tuple[str, ...] = ()
    kind: str = "text"
    alone: bool = False


class Candidates:
    """What the notebook of *door* can offer on a line with these words and values of options before the cursor."""

    def __init__(
        self, door: SageMakerMagics, patience: Patience, words: Sequence[str], values: Mapping[str, str]
    ) -> None:
        self._door, self._patience, self._words, self._values = door, patience, words, values
        self._names: Mapping[str, Any] = door.shell.user_ns

    def of_option(self, option: Option, fragment: str) -> tuple[Found, str]:
        """The values of *option*; and the part of *fragment* that they replace."""
        opened, fragment = _opened(fragment)
        if option.choices:
            return Found(option.choices, "choice", alone=True), fragment
        if option.kind == "media_type":
            return Found(_media_types(fragment), "content type"), fragment
        if option.kind == "columns" and fragment.startswith("@"):
            return Found(self._variables(), "variable"), fragment[1:]
        if option.dest in ("columns", "drop"):
            return Found(self._columns(), "column"), fragment.rpartition(",")[2]
        if option.metavar == "PATH":
            return Found(tuple(_files(fragment, opened)), "path"), fragment
        if option.metavar == "ENDPOINT":
            return Found(self._endpoints(), "endpoint", alone=True), fragment
        if option.dest not in _SOURCES:
            return Found(), fragment
        kind, source = _SOURCES[option.dest]
        return Found(source(self), kind, alone=True), fragment

    def of_place(self, grammar: Grammar, place: Positional, fragment: str) -> tuple[Found, str]:
        """The words that can stand in *place*; and the part of *fragment* that they replace."""
        if place.verbatim:
            return self._expressions(fragment), fragment
        _, fragment = _opened(fragment)
        if place.choices:
            return Found(place.choices, "choice", alone=True), fragment
        if grammar.actions and place.name == "NAME":
            known = self._targets() if self._words and self._words[0] != "add" else ()
            return Found(known, "target", alone=True), fragment
        if place.name == "NUMBER":
            numbers = tuple(str(record.number) for record in reversed(tuple(history)))
            return Found(numbers, "call", alone=True), fragment
        if place.name.startswith(("ENDPOINT", "NAME", "PATTERN")):
            targets = () if grammar.actions else self._targets()
            names = tuple(dict.fromkeys((*targets, *self._endpoints())))
            return Found(names, "endpoint", alone=True), fragment
        return Found(), fragment

    def _expressions(self, fragment: str) -> Found:
        """The notebook's names.  How an expression goes on that has begun, IPython knows."""
        if fragment and not fragment.isidentifier():
            return Found()
        return Found(self._variables(), "variable")

    def _variables(self) -> tuple[str, ...]:
        """Tables, arrays and pictures first, then what else can be sent, then the names that lead to such."""
        from .. import codecs

        found = []
        for name in tuple(self._names):
            if name.startswith("_") or name in _ITS_OWN:
                continue
            rank = 2
            with suppress(Exception):  # an object may do anything when it is asked what it is
                value = self._names[name]
                if not (isinstance(value, ModuleType | type) or callable(value)) and codecs.can_send(value):
                    rank = 0 if hasattr(value, "shape") or hasattr(value, "mode") else 1
            found.append((rank, name))
        return tuple(name for _, name in sorted(found))

    def _columns(self) -> tuple[str, ...]:
        """Of the table that stands on the line: those whose names need no quotes."""
        value = self._names.get(self._words[1]) if len(self._words) > 1 else None
        if type(value).__module__.partition(".")[0] not in ("pandas", "polars"):
            return ()
        names = (name for name in getattr(value, "columns", ()) if isinstance(name, str))
        return tuple(name for name in names if not _SPECIAL.search(name) and "," not in name)

    def _targets(self) -> tuple[str, ...]:
        return tuple(quote(name) for name in self._door.settings().targets)

    def _endpoints(self) -> tuple[str, ...]:
        return self._deployed("endpoints", lambda catalog: catalog.endpoints())

    def _variants(self) -> tuple[str, ...]:
        return self._of_endpoint("variants", _variants)

    def _components(self) -> tuple[str, ...]:
        return self._of_endpoint(
            "components", lambda catalog, name: tuple(each.name for each in catalog.components(name))
        )

    def _of_endpoint(self, what: str, ask: Callable[[Catalog, str], tuple[str, ...]]) -> tuple[str, ...]:
        """What is known of the endpoint on the line, by its name, its ARN or its target."""
        if not self._words:
            return ()
        name = self._said(self._words[0])
        name = self._door.settings().targets.get(name, {}).get("endpoint", name)
        name, _ = parse_endpoint(str(name))
        return self._deployed(f"{what} of {name}", lambda catalog: ask(catalog, name))

    def _deployed(self, what: str, ask: Callable[[Catalog], tuple[str, ...]]) -> tuple[str, ...]:
        """Asked beside, where this line leads: a control plane that is slow, denied or not there holds nobody up."""
        door = self._door
        settings = door.settings()
        connection = {name: self._said(self._values[name]) for name in _CONNECTION if name in self._values}

        def answer() -> tuple[str, ...]:
            catalog = door.client(settings, **connection).catalog
            return () if catalog is None else tuple(ask(catalog))

        key = (what, door.place, settings.connection(**connection))
        return self._patience.ask(key, answer)

    def _said(self, text: str) -> str:
        """A word as it is meant.  Of ``${…}`` a name alone is looked up: Tab must not run what people write.

        Raises UsageError for any other.
        """
        bare = unquote(text)
        if "${" in bare and not _NAME.fullmatch(bare):
            raise UsageError(f"`{bare}` is known when it is run.")
        return expand(bare, self._names)

    def _profiles(self) -> tuple[str, ...]:
        from ..transports import places

        return self._patience.ask("profiles", places.profiles)

    def _regions(self) -> tuple[str, ...]:
        from ..transports import places

        return self._patience.ask("regions", places.regions)

    def _jobs(self) -> tuple[str, ...]:
        found = tuple(self._door.jobs.values())
        return tuple(job.inference_id for job in found if job.inference_id)


_SOURCES: Final[Mapping[str, tuple[str, Callable[[Candidates], tuple[str, ...]]]]] = {
    "target_variant": ("variant", Candidates._variants),
    "variant": ("variant", Candidates._variants),
    "inference_component_name": ("component", Candidates._components),
    "component": ("component", Candidates._components),
    "profile": ("profile", Candidates._profiles),
    "region": ("region", Candidates._regions),
    "attach": ("job", Candidates._jobs),
    "cancel": ("job", Candidates._jobs),
    "session_id": ("session", lambda _: ("NEW_SESSION",)),
}


def _opened(fragment: str) -> tuple[str, str]:
    """The quote that opens *fragment*, and the rest."""
    return (fragment[0], fragment[1:]) if fragment[:1] in ('"', "'") and fragment else ("", fragment)


def _media_types(fragment: str) -> tuple[str, ...]:
    """Short names, and the types themselves once one is begun."""
    shorts = tuple(mediatypes.BY_SHORT)
    if fragment and not any(short.startswith(fragment) for short in shorts):
        return tuple(known.type for known in mediatypes.KNOWN)
    return (*shorts, *(known.type for known in mediatypes.KNOWN)) if fragment else shorts


def _variants(catalog: Catalog, name: str) -> tuple[str, ...]:
    endpoint = catalog.endpoint(name)
    return () if endpoint is None else tuple(variant.name for variant in endpoint.variants)


def _files(fragment: str, opened: str) -> Iterator[str]:
    """Files and folders that begin as *fragment*; a name with blanks goes in quotes."""
    head, slash, start = fragment.rpartition("/")
    folder = Path(head + slash or ".").expanduser()
    with suppress(OSError, RuntimeError):
        names = sorted(entry for entry in folder.iterdir() if entry.name.startswith(start))
        for entry in names[:_MOST_FILES]:
            if entry.name.startswith(".") and not start.startswith("."):
                continue
            path, end = f"{head}{slash}{entry.name}", "/" if entry.is_dir() else opened or ""
            needs = not opened and _SPECIAL.search(path)
            yield f'"{path}{end or chr(34)}' if needs else f"{path}{end}"
