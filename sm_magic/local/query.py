"""The query protocol: a form whose names are paths -> the members of the request, as JSON would have them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

__all__ = ["members"]


def members(body: bytes) -> dict[str, Any]:
    """``A.member.1.B=x`` is ``{"A": [{"B": "x"}]}``.  Every value is text."""
    root: dict[str, Any] = {}
    for path, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True):
        *parents, last = path.split(".")
        place = root
        for name in parents:
            child = place.setdefault(name, {})
            place = child if isinstance(child, dict) else {}
        place[last] = value
    found = _listed(root)
    return found if isinstance(found, dict) else {}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"} and isinstance(value["member"], dict):
        numbered = sorted(
            value["member"].items(), key=lambda item: int(item[0]) if item[0].isdecimal() else 0
        )
        return [_listed(item) for _, item in numbered]
    return {name: _listed(item) for name, item in value.items()}
