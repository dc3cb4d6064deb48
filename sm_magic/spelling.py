"""Words as errors use them: the name that was meant for a misspelt one, the article, the full stop."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHORT = 3  # letters up to which two that changed places leave too little in common for difflib
_AN = re.compile(r"[aeio]|u(?!ni|se|tf|ui|int)", re.IGNORECASE)


def near(word: str, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The names among *known* that *word* may stand for, best first, whatever the case."""
    from difflib import get_close_matches

    originals = {name.casefold(): name for name in known}
    typed = word.casefold()
    close = get_close_matches(typed, list(originals), n=most, cutoff=cutoff)
    found = dict.fromkeys(name for name in (typed, *_swapped(typed), *close) if name in originals)
    return [originals[name] for name in found][:most]


def _swapped(word: str) -> list[str]:
    """A short *word* with each two neighbours in each other's place: ``fd`` is ``df``."""
    if len(word) > _SHORT:
        return []
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def question(*names: str) -> str:
    """The question whether one of *names* was meant."""
    return f"Did you mean {' or '.join(f'`{name}`' for name in names)}?"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The question for a hint; None if nothing is near."""
    found = near(word, known)
    return question(*found) if found else None


def article(noun: str) -> str:
    """``a`` or ``an``, as *noun* is spoken."""
    return "an" if _AN.match(noun) else "a"


def ended(text: object) -> str:
    """*text*, which others may have written, as the end of a sentence: with a full stop if it has none."""
    said = str(text).rstrip()
    return said if said.endswith((".", "?", "!", ":")) else f"{said}."


def told(error: BaseException) -> str:
    """A foreign *error* as the end of a sentence: its class, and what it says if it says anything."""
    name = type(error).__name__
    return ended(f"{name}: {error}" if str(error).strip() else name)


def upper(text: str) -> str:
    """*text* as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
