"""echo: gives back what it got, with its content type; CustomAttributes prefixed, as AWS's guide does it.

It is stateful too: SessionId NEW_SESSION opens a session, ``{"requestType": "CLOSE"}`` within one closes it.
"""

from __future__ import annotations

import json
import threading
import time
import uuid

from ..fleet import ContainerError, Model
from ..wire import Call, Reply

_LIVES = 20 * 60  # seconds
_LONGEST = 1024  # characters of CustomAttributes


def model(_: str) -> Model:
    """The echo; there is one variant."""
    return Echo()


class Echo:
    """The model, with the sessions that are open."""

    def __init__(self) -> None:
        self._sessions: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Reply:
        """The same body and content type.  Accept is not looked at."""
        members = self._session(call)
        if call.content_type:
            members["content_type"] = call.content_type
        if attributes := call.members.get("custom_attributes"):
            members["custom_attributes"] = f"Trace ID: {attributes}"[:_LONGEST]
        return Reply(body=call.body, members=members)

    def _session(self, call: Call) -> dict[str, str]:
        """What the answer says of sessions; 400 for one that isn't open."""
        session = call.members.get("session_id")
        if session is None:
            return {}
        now = time.time()
        with self._lock:
            self._sessions = {key: end for key, end in self._sessions.items() if end > now}
            if session == "NEW_SESSION":
                session, end = str(uuid.uuid4()), now + _LIVES
                self._sessions[session] = end
                return {"new_session_id": f"{session}; Expires={_stamp(end)}"}
            if session not in self._sessions:
                raise ContainerError(400, f"session not found: {session}")
            if _closes(call.body):
                del self._sessions[session]
                return {"closed_session_id": session}
        return {}


def _stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _closes(body: bytes) -> bool:
    if b"requestType" not in body:
        return False
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("requestType") == "CLOSE"
