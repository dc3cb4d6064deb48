"""What would be sent, said before it is sent: made in the background, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final

from ..errors import SmMagicError
from ..spelling import told
from ..watching import watch
from . import drawn

if TYPE_CHECKING:
    from ..client import Client
    from ..views.markup import Markup
    from .draft import Draft

__all__ = ["Preview"]

_OF_THE_BODY: Final = frozenset({"value", "payload", "content_type", "orient", "header"})


class Preview:
    """Says of the *draft* of now what a request of *client* would send; *show* is told, in a thread."""

    def __init__(self, client: Client, draft: Callable[[], Draft], show: Callable[[Markup], None]) -> None:
        self._client, self._draft, self._show = client, draft, show
        self._lock = Lock()
        self._asked = 0
        self._at_work = False

    def ask(self) -> None:
        """The draft has changed.  What changes while one is made is looked at anew."""
        with self._lock:
            self._asked += 1
            if self._at_work:
                return
            self._at_work = True
        watch(self._step)

    def _step(self) -> float | None:
        asked = self._asked
        try:
            shown = self._made()
        except Exception as error:  # noqa: BLE001 - a variable may do anything when it is encoded
            shown = drawn.line(error.message if isinstance(error, SmMagicError) else told(error))
        with self._lock:
            if asked != self._asked:
                return 0.0
            self._at_work = False
        self._show(shown)
        return None

    def _made(self) -> Markup:
        """Within the limit of a call in real time; what lies in S3 is not fetched for it."""
        draft = self._draft()
        location = draft.options.get("input_location") or draft.file or ""
        if location.startswith("s3://"):
            return drawn.line(f"Will be sent: what lies at {location}")
        body = {name: given for name, given in draft.options.items() if name in _OF_THE_BODY}
        request = self._client.prepare(endpoint=draft.endpoint, **body)
        return drawn.preview(request, self._client.settings)
