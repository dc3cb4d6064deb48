"""What a call gives back: the decoded value, and everything the answer said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import files
from .errors import CodecError, SmMagicError
from .ledger import Ledger
from .messages import Payload, Request, Response, Where
from .reading import Query, read
from .said import Reply
from .settings import Settings
from .streamed import Events, Streamed

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from .views import Answer, Card


UNREAD: Final = object()
"""In place of a value that is decoded when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False, weakref_slot=True)
class Result:
    """One answer.

    `value` is decoded; `body` the bytes as they came; `request` and `response` both sides of the call.
    """

    request: Request
    response: Response
    where: Where = field(default_factory=Where)
    ledger: Ledger = field(default_factory=Ledger)
    settings: Settings = field(default_factory=Settings)
    notes: tuple[str, ...] = ()
    view: str = "auto"
    complete: bool = True
    """Whether the whole answer came."""
    query: Query | None = None
    deserializer: object | None = field(default=None, repr=False)
    """What the user brought to read the answer with."""
    decoded: object = field(default=UNREAD, repr=False)
    reply: Reply | None = None
    """What a stream said: its text, reasoning, tool calls and usage; None if it was no such stream."""
    streamed: Streamed | None = None
    """How a streamed answer came: its first part, its pace; None if it came in one piece."""
    problem: SmMagicError | None = None
    """Why the body could not be decoded, if it could not; `value` raises it, `body` and `save` work."""

    @property
    def value(self) -> Any:
        """The decoded answer: a DataFrame, an array, a PIL image, text, what the JSON holds; or the deserializer's."""
        if self.problem is not None:
            raise self.problem
        if self.decoded is UNREAD:
            sent, received = self.request.payload, self.response.payload
            value = read(received, sent, self.settings, self.deserializer).value
            return value if self.query is None else self.query.search(value)
        return self.decoded

    def without_value(self) -> Result:
        """This Result without the decoded value in memory: `value` decodes the bytes again; and without events."""
        if self.streamed is None:
            return replace(self, decoded=UNREAD)
        count = len(self.events) + self.events.dropped
        without = replace(self, streamed=replace(self.streamed, events=Events(dropped=count)))
        return without if self.reply is not None else replace(without, decoded=UNREAD)

    @property
    def received(self) -> int:
        """How many bytes came."""
        return self.response.payload.size if self.streamed is None else self.streamed.size

    @property
    def held(self) -> int:
        """Bytes of the answer that are kept: its body, and what a stream said."""
        said = () if self.reply is None else self.reply.said
        return self.response.payload.size + sum(len(one.text) + len(one.reasoning) for one in said)

    @property
    def events(self) -> Events:
        """The events of a stream, the first and the last of them; `events.dropped` were between."""
        return Events() if self.streamed is None else self.streamed.events

    def frame(self) -> pd.DataFrame:
        """The predictions as a DataFrame, one row a prediction; CodecError if the answer holds no table."""
        from .views import find_table

        try:
            table = find_table(self._decoded_answer())
        except (UnicodeError, ValueError, TypeError) as exc:
            raise CodecError(f"The answer's table does not fit a DataFrame: {exc}", result=self) from exc
        if table is None:
            raise CodecError(
                f"This answer of {self.content_type} holds no table.",
                hint="`.value` has the answer; --query picks a part of a JSON answer.",
                result=self,
            )
        return table

    @property
    def images(self) -> list[Image]:
        """The pictures in the answer as PIL images, in its order; an empty list if it holds none."""
        from .views import find_images

        return find_images(self._decoded_answer(), self.settings)

    @property
    def image(self) -> Image | None:
        """The answer's first picture as a PIL image; None if it holds none."""
        return next(iter(self.images), None)

    @property
    def content_type(self) -> str:
        """The answer's content type, as it came."""
        return self.response.payload.content_type

    @property
    def body(self) -> bytes:
        """The answer's bytes, as they came; of a long stream of text, that text in UTF-8."""
        if self.streamed is not None and self.streamed.body_gone and self.reply is not None:
            return self.reply.said[0].text.encode()
        return self.response.payload.body

    @property
    def variant(self) -> str | None:
        """InvokedProductionVariant: which production variant answered."""
        return self.response.variant

    @property
    def custom_attributes(self) -> str | None:
        """CustomAttributes: what the model's container said beside the answer."""
        return self.response.custom_attributes

    @property
    def new_session_id(self) -> str | None:
        """The id of the session that this call opened; None if it opened none."""
        return _session(self.response.new_session_id)[0]

    @property
    def session_expires(self) -> datetime | None:
        """When the session that this call opened ends (UTC)."""
        return _session(self.response.new_session_id)[1]

    @property
    def closed_session_id(self) -> str | None:
        """The id of the session that this call closed."""
        return self.response.closed_session_id

    @property
    def latency(self) -> float:
        """Seconds from sending to the last byte of the answer."""
        return self.response.latency

    @property
    def request_id(self) -> str | None:
        """The service's id for this call."""
        return self.response.request_id

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's HTTP headers, names in lower case."""
        return self.response.headers

    @property
    def attempts(self) -> int:
        """How often the request was sent."""
        return self.response.attempts

    def save(self, path: str | Path) -> Path:
        """Write the answer's bytes to *path*, as they came; the path written."""
        return files.write(path, self.body)

    def __repr__(self) -> str:
        from . import views

        return views.one_line(self._card())

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None, *, view: str | None = None
    ) -> dict[str, str]:
        """text/html and text/plain: the card and the value as people look at it."""
        from . import views

        try:
            shown = self._shown(view or self.view)
        except Exception as exc:  # noqa: BLE001 - a view that fails must not hide the answer
            shown = self._shown("raw")
            card = self._card(f"This answer could not be shown ({type(exc).__name__}); the value is whole.")
        else:
            card = self._card()
        bundle = views.card(card, shown, self.settings)
        return {k: v for k, v in bundle.items() if _wanted(k, include, exclude)}

    def card(self) -> dict[str, str]:
        """The card without the value, as a MIME bundle; why a text ended and what it took stand in it."""
        from . import views
        from .views.generation import about

        card = self._card()
        if self.reply is not None and (said := about(self.reply)):
            card = replace(card, stream=" · ".join(filter(None, (card.stream, said))))
        return views.card(card, None, self.settings)

    def _shown(self, view: str) -> Any:
        from . import views

        answer = self._answer(said=view in ("auto", "markdown"))
        if view == "raw" and self.streamed is not None and self.streamed.body_gone:
            answer = replace(answer, payload=Payload(body=self.body, content_type="text/plain"))
        return views.show(answer, self.settings, view="raw" if self.problem is not None else view)

    def _decoded_answer(self) -> Answer:
        """Raises what `value` raises."""
        from .views import Answer

        value = self.value if self.reply is None else self.reply
        return Answer(value=value, payload=self.response.payload, sent=self.request.payload)

    def _answer(self, *, said: bool) -> Answer:
        from .views import Answer

        value = self.value if self.problem is None else self.body
        if said and self.reply is not None:
            value = self.reply
        return Answer(value=value, payload=self.response.payload, sent=self.request.payload)

    def _card(self, *more: str) -> Card:
        from .views import Card

        sent = self.request.payload
        notes = (*(sent.facts.notes if sent else ()), *self.notes, *more)
        if self.ledger.note:
            notes = (*notes, self.ledger.note)
        if self.problem is not None:
            notes = (*notes, self.problem.message)
        expires = self.session_expires
        return Card(
            request=self.request,
            where=self.where,
            received=self.response.payload,
            variant=self.variant,
            custom_attributes=self.custom_attributes,
            rows=self.ledger.sentence,
            latency=self.latency or None,  # of an answer to a request of before nobody may know it
            stream=None if self.streamed is None else str(self.streamed),
            received_bytes=self.received,
            attempts=self.attempts,
            request_id=self.request_id,
            status=self.status,
            new_session_id=self.new_session_id,
            session_expires=None if expires is None else f"{expires:%Y-%m-%d %H:%M:%S} UTC",
            closed_session_id=self.closed_session_id,
            notes=notes,
        )


def _wanted(mime: str, include: Any, exclude: Any) -> bool:
    return (not include or mime in include) and not (exclude and mime in exclude)


def _session(header: str | None) -> tuple[str | None, datetime | None]:
    """NewSessionId reads ``id; Expires=2026-11-21T10:00:00Z`` (InvokeEndpoint, NewSessionResponseHeader)."""
    if not header:
        return None, None
    session, _, rest = header.partition(";")
    stamp = rest.partition("=")[2].strip()
    try:
        expires = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return session.strip(), None
    return session.strip(), expires
