"""The errors: short in a notebook, ordinary exceptions everywhere else.

SmMagicError
├── UsageError              the line, the body or an argument is wrong; nothing was sent
├── CodecError              a value can't be encoded, or bytes can't be decoded
├── TransportError          the service was not reached, or did not answer
│   ├── ConnectError        nothing was sent
│   ├── ReadTimeout         it was sent; whether it ran is not known
│   └── CredentialsError    no credentials, expired ones, no region
├── ServiceError            the service answered with an error: status, code, message
│   ├── ValidationError             400
│   ├── AccessDeniedException       403
│   ├── ThrottlingException         400
│   ├── ModelError                  424, the container's own status and message
│   ├── ModelNotReadyException      429
│   ├── InternalFailure             500
│   ├── ServiceUnavailable          503
│   ├── InternalDependencyException 530
│   ├── ModelStreamError            the model failed while its answer was streamed
│   └── InternalStreamFailure       the service failed while the answer was streamed
├── StillRunning            no answer yet: waiting was given up, the job goes on
└── Cancelled               the user interrupted (also a KeyboardInterrupt)

Each says what was wrong and, in `hint`, what to type next.  IPython shows `_render_traceback_` (documented in
its "Integrating your objects") in place of the stack; the cause is kept for ``--traceback``.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from .plain import plain, shortened
from .privacy import redact

if TYPE_CHECKING:
    from .messages import Request

__all__ = [
    "AccessDeniedException",
    "Cancelled",
    "CodecError",
    "ConnectError",
    "CredentialsError",
    "InternalDependencyException",
    "InternalFailure",
    "InternalStreamFailure",
    "ModelError",
    "ModelNotReadyException",
    "ModelStreamError",
    "ReadTimeout",
    "ServiceError",
    "ServiceUnavailable",
    "SmMagicError",
    "StillRunning",
    "ThrottlingException",
    "TransportError",
    "UsageError",
    "ValidationError",
]

_LIMIT = 4_000  # characters of a message or a hint that are read by nobody as it is
_LOOKED_AT = 64_000
_TRACEBACK = 64_000
_TAIL = 600  # the line with its caret, which ends a message


class SmMagicError(Exception):
    """Base of all errors of sm_magic: a message, and a hint that says what to type next.

    Both may quote a stranger, and are shown as they are: no account, credential or control character is in them,
    and no more than 4,000 characters.  `result` is what was kept of the answer, if anything was.
    """

    def __init__(self, message: str, *, hint: str | None = None, result: object = None) -> None:
        self.message = _shown(message)
        self.hint = hint
        self.result = result
        self.show_traceback = False
        self.below: tuple[str, ...] = ()
        """Lines to be read below it, which strangers wrote: the end of a container's log."""
        super().__init__(self.message)

    @property
    def hint(self) -> str | None:
        """What to type next."""
        return self._hint

    @hint.setter
    def hint(self, hint: str | None) -> None:
        self._hint = _shown(hint) if hint else None

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n→ {self.hint}"

    def _render_traceback_(self) -> list[str]:
        """What IPython prints: the class, the message, the hint; the whole stack on ``--traceback``."""
        if self.show_traceback:
            stack = plain("".join(traceback.format_exception(self)))
            told = shortened(redact(stack), _TRACEBACK, tail=_TRACEBACK // 2).splitlines()
        else:
            told = f"{type(self).__name__}: {self}".splitlines()
        return [*told, *(redact(plain(line)) for line in self.below)]


def _shown(text: str) -> str:
    """*text* made fit to be shown.  Controls first: taking them out must not put an account id together."""
    text = redact(plain(shortened(text, _LOOKED_AT, tail=_LOOKED_AT // 2)))
    return shortened(text, _LIMIT, tail=_TAIL)


class UsageError(SmMagicError):
    """The line, the body or an argument is wrong; nothing was sent."""


class CodecError(SmMagicError):
    """A value can't become the bytes asked for, or bytes are not what their content type says."""


class TransportError(SmMagicError):
    """The service was not reached, or did not answer."""


class ConnectError(TransportError):
    """No connection: nothing was sent."""


class ReadTimeout(TransportError):
    """The request was sent and no answer came in time: the endpoint may still be computing."""


class CredentialsError(TransportError):
    """No usable credentials or no region."""


class ServiceError(SmMagicError):
    """The service answered with an error.

    `status` is the HTTP status, `code` the service's name for the error, `service_message` its own text.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        code: str = "",
        service_message: str = "",
        request: Request | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        never_ran: bool = False,
        not_ready: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.service_message = service_message
        self.request = request
        self.request_id = request_id
        self.attempts = attempts
        self.never_ran = never_ran
        """Whether the request certainly did not reach the model, so that sending it again costs nothing."""
        self.not_ready = not_ready
        """Whether the model is being loaded or has no capacity yet, so that waiting helps."""


class ValidationError(ServiceError):
    """The service refused the request (HTTP 400), or there is no such endpoint."""


class AccessDeniedException(ServiceError):
    """The caller may not do this (HTTP 403)."""


class ThrottlingException(ServiceError):
    """Too many requests."""


class ModelError(ServiceError):
    """The container answered with an error (HTTP 424).

    `original_status` is the container's own, `original_message` what it meant, `original_text` its answer, 64,000
    characters of it at most; `log_stream_arn` is its CloudWatch log, `log_url` the console's page of it.
    """

    original_status: int | None = None
    original_message: str = ""
    original_text: str = ""
    log_stream_arn: str | None = None
    log_url: str | None = None


class ModelStreamError(ServiceError):
    """The model, or the way to it, failed while its answer was streamed; `error_code` is the service's ErrorCode.

    ``ModelInvocationTimeExceeded`` or ``StreamBroken`` (API reference, ModelStreamError); None: the error stood in
    the data.
    """

    error_code: str | None = None


class InternalStreamFailure(ServiceError):
    """The service failed while the answer was streamed."""


class ModelNotReadyException(ServiceError):
    """The model is still being loaded (HTTP 429)."""


class InternalFailure(ServiceError):
    """The service failed (HTTP 500)."""


class ServiceUnavailable(ServiceError):
    """The service is unavailable (HTTP 503)."""


class InternalDependencyException(ServiceError):
    """A service behind the service failed (HTTP 530)."""


class StillRunning(SmMagicError):
    """There is no answer yet.  Only the waiting is over: the Job is as good as before."""


class Cancelled(SmMagicError, KeyboardInterrupt):
    """The user interrupted.  A KeyboardInterrupt too, so that the cells after it do not run."""
