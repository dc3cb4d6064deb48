"""Foreign exceptions -> ours, in one place: what boto3, urllib3 and the service raise is known here alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from .. import errors
from ..errors import (
    ConnectError,
    CredentialsError,
    ReadTimeout,
    ServiceError,
    SmMagicError,
    TransportError,
    UsageError,
)
from ..messages import Request, Where
from ..s3 import S3Uri
from ..settings import Connection
from ..spelling import ended
from . import container_faults, hints
from .container_text import LOOKED_AT, clean, short
from .hints import service

__all__ = ["Carried", "translate"]


class Carried(Exception):
    """Takes an *error* of ours through foreign code, which raised what it is raised from."""

    def __init__(self, error: SmMagicError) -> None:
        super().__init__(error.message)
        self.error = error


# The class of the exception, or of one of its bases (botocore.exceptions) -> ours, and what it says.
FAULTS: Mapping[str, tuple[type[SmMagicError], str]] = MappingProxyType(
    {
        "NoCredentialsError": (CredentialsError, "No AWS credentials were found."),
        "PartialCredentialsError": (CredentialsError, "The AWS credentials are incomplete: {said}"),
        "CredentialRetrievalError": (CredentialsError, "The AWS credentials could not be had: {said}"),
        "MetadataRetrievalError": (CredentialsError, "The AWS credentials could not be had: {said}"),
        "RefreshWithMFAUnsupportedError": (
            CredentialsError,
            "The AWS credentials need an MFA code to be renewed.",
        ),
        "SSOError": (CredentialsError, "The SSO session has ended or is not there: {said}"),
        "TokenRetrievalError": (CredentialsError, "The SSO session has ended: {said}"),
        "NoAuthTokenError": (CredentialsError, "There is no SSO session: {said}"),
        "UnknownTokenProviderError": (CredentialsError, "{said}"),
        "LoginError": (CredentialsError, "The login session has ended: {said}"),
        "ProfileNotFound": (CredentialsError, "{said}"),
        "ConfigParseError": (CredentialsError, "{said}"),
        "ConfigNotFound": (CredentialsError, "{said}"),
        "InvalidConfigError": (CredentialsError, "{said}"),
        "NoRegionError": (CredentialsError, "No AWS region is set."),
        "InvalidRegionError": (UsageError, "{said}"),
        "EndpointConnectionError": (ConnectError, "No connection to {host}: {reason}."),
        "ConnectTimeoutError": (ConnectError, "No connection to {host} within {connect_timeout:g} s."),
        "ProxyConnectionError": (ConnectError, "{said}"),
        "SSLError": (ConnectError, "{said}"),
        "ReadTimeoutError": (ReadTimeout, "No answer within {timeout:g} s."),
        "ConnectionClosedError": (TransportError, "The connection was closed before the answer came."),
        "IncompleteReadError": (TransportError, "The answer was cut off: {said}"),
        "ResponseStreamingError": (TransportError, "The answer was cut off: {said}"),
        "ProtocolError": (TransportError, "The connection was cut while the answer came: {said}"),
        "ChecksumMismatch": (TransportError, "The stream is damaged: {said}"),
        "ParamValidationError": (UsageError, "{said}"),
        "EndpointProviderError": (UsageError, "{said}"),
        "BaseEndpointResolverError": (UsageError, "{said}"),
        "BotoCoreError": (TransportError, "{said}"),
        "Exception": (TransportError, "{name}: {said}"),
    }
)

_ALIASES = MappingProxyType(
    {
        "ValidationException": "ValidationError",
        "AccessDenied": "AccessDeniedException",
        "Throttling": "ThrottlingException",
        "TooManyRequestsException": "ThrottlingException",
        "RequestLimitExceeded": "ThrottlingException",
        "InternalServerError": "InternalFailure",
        "InternalServerException": "InternalFailure",
        "ServiceUnavailableException": "ServiceUnavailable",
    }
)
# Codes that the service answers with before any model is asked.
_REFUSED = ("ValidationError", "AccessDeniedException", "ThrottlingException", "ModelNotReadyException")
# What S3 says of an object, by its codes; of HeadObject, whose answer has no body, by its status.
_STORED: Mapping[str, str] = MappingProxyType(
    {
        "NoSuchKey": "There is no {uri}.",
        "NoSuchBucket": "There is no bucket {uri.bucket}.",
        "AccessDenied": "{uri} can't be {done}: {said}",
        "PermanentRedirect": "The bucket {uri.bucket} is in another region.",
        "AuthorizationHeaderMalformed": "The bucket {uri.bucket} is in another region.",
    }
)
_HEADED = MappingProxyType({"403": "AccessDenied", "404": "NoSuchKey", "301": "PermanentRedirect"})
_REJECTED = re.compile(f"{service.REJECTED}|{service.CLOCK}")
_SILENT = MappingProxyType({"ThrottlingException": "Too many requests at a time."})


def translate(
    exc: Exception,
    *,
    connection: Connection,
    where: Where | None = None,
    request: Request | None = None,
    uri: S3Uri | None = None,
    writing: bool = False,
    attempts: int = 1,
) -> SmMagicError:
    """Our error for *exc*, with a hint; *exc* is what the caller raises it from.

    request: what was sent to an endpoint; uri: what was asked of S3; writing: it was to be written.
    """
    if isinstance(exc, Carried):
        return exc.error
    if isinstance(exc, SmMagicError):
        return exc
    case = replace(_case(exc, connection, where, request), uri=uri, writing=writing)
    response = getattr(exc, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _service_error(response, case, attempts)
    return _network_error(exc, case, connection)


def _case(exc: Exception, connection: Connection, where: Where | None, request: Request | None) -> hints.Case:
    return hints.Case(
        code=type(exc).__name__,
        text=f"{exc} {getattr(exc, 'kwargs', {}).get('error', '')}",
        request=request,
        region=(where and where.region) or connection.region,
        profile=(where and where.profile) or connection.profile,
        local=where is not None and where.place == "LOCAL",
        timeout=connection.timeout,
    )


def _network_error(exc: Exception, case: hints.Case, connection: Connection) -> SmMagicError:
    ours, template = next(FAULTS[base.__name__] for base in type(exc).__mro__ if base.__name__ in FAULTS)
    if case.code == "SSLError" and "EOF occurred" in case.text:
        ours, template = TransportError, "The connection was closed while the body was being sent."
    if isinstance(exc, ValueError) and "Invalid endpoint" in case.text:
        ours, template = UsageError, "{said}"
    host = urlsplit(str(getattr(exc, "kwargs", {}).get("endpoint_url", ""))).netloc.rpartition("@")[2]
    said = short(str(exc).strip())
    message = template.format(
        said=ended(said),
        name=case.code,
        host=host or "the endpoint",
        reason=_reason(case.text),
        timeout=connection.timeout,
        connect_timeout=connection.connect_timeout,
    )
    return ours(message, hint=_sentence(hints.find(case), case))


def _reason(text: str) -> str:
    """Why there was no connection, in words."""
    found = text.lower()
    if "refused" in found:
        return "refused"
    if any(words in found for words in ("resolve", "name or service", "getaddrinfo", "nodename")):
        return "no such host"
    return "unreachable"


def _service_error(response: Mapping[str, Any], case: hints.Case, attempts: int) -> SmMagicError:
    meta, error = response.get("ResponseMetadata", {}), response["Error"]
    code, said = str(error.get("Code") or ""), str(error.get("Message") or "")[:LOOKED_AT].strip()
    code = _HEADED.get(code, code) if case.uri else code
    name = _ALIASES.get(code, code)
    if name == "ModelError":
        return container_faults.model_error(response, case, attempts)
    case = replace(case, code=code, status=meta.get("HTTPStatusCode"), text=said)
    row = hints.find(case)
    hint = _sentence(row, case)
    if _REJECTED.fullmatch(code):
        return CredentialsError(f"The credentials were not taken: {ended(said or code)}", hint=hint)
    ours = getattr(errors, name, None)
    kind = ours if isinstance(ours, type) and issubclass(ours, ServiceError) else ServiceError
    not_ready = row is not None and row.not_ready
    message = short(_known(said) or _SILENT.get(name, "The service gave no reason."))
    return kind(
        _worded(message, case, named=kind is not ServiceError),
        hint=hint,
        status=case.status,
        code=code,
        service_message=said,
        request=case.request,
        request_id=meta.get("RequestId"),
        attempts=attempts,
        never_ran=name in _REFUSED or not_ready,
        not_ready=not_ready,
    )


def _worded(message: str, case: hints.Case, *, named: bool) -> str:
    """The service's *message* as ours; *named*: whether the error's class has the code's name."""
    if case.uri and case.code in _STORED:
        done = "written" if case.writing else "read"
        return _STORED[case.code].format(uri=case.uri, said=ended(message), done=done)
    return message if named else f"{_told(case.code, case.status)}: {message}"


def _told(code: str, status: int | None) -> str:
    """A code without a class; botocore puts the status there when the answer has none."""
    return f"HTTP {status}" if code in ("", str(status)) else f"{code} (HTTP {status})"


def _known(said: str) -> str:
    return "" if said.lower() in ("", "none", "null", "unknown") else clean(said)


def _sentence(row: hints.Hint | None, case: hints.Case) -> str | None:
    return row.sentence(case) if row else None
