"""A misspelt name → the one that was meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(word: str, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The names among *known* that *word* may stand for, best first, whatever the case."""
    from difflib import get_close_matches

    originals = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), list(originals), n=most, cutoff=cutoff)
    return [originals[name] for name in found]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The sentence for a hint; None if nothing is near."""
    found = near(word, known)
    return f"did you mean `{found[0]}`?" if found else None
