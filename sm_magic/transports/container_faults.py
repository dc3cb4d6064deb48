"""A ModelError of the service -> ours: the container's own status, its words, and where its log is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ..errors import ModelError
from ..privacy import redact
from . import hints
from .container_text import LOOKED_AT, clean, short, unwrap

__all__ = ["log_url", "model_error", "status_in"]


def model_error(response: Mapping[str, Any], case: hints.Case, attempts: int) -> ModelError:
    """Our ModelError for botocore's parsed *response* (HTTP 424)."""
    meta, said = response.get("ResponseMetadata", {}), _text(response["Error"].get("Message"))
    whole = _text(response.get("OriginalMessage")) or unwrap(said)
    case = replace(case, code="ModelError", status=_status(response, said), text=f"{whole}\n{said}")
    row = hints.find(case)
    meaning, arn = redact(clean(whole)), response.get("LogStreamArn") or None
    log = None if case.local else log_url(arn)
    answered = (
        f"The container answered {case.status}" if case.status else "The container did not answer in time"
    )
    error = ModelError(
        f"{answered}: {short(meaning)}" if meaning else f"{answered}, without a word.",
        hint="\n".join(
            part for part in (row and row.sentence(case), _log(case, log, bare=row is None)) if part
        ),
        status=meta.get("HTTPStatusCode"),
        code="ModelError",
        service_message=said,
        request=case.request,
        request_id=meta.get("RequestId"),
        attempts=attempts,
    )
    error.original_status, error.original_message, error.original_text = case.status, meaning, redact(whole)
    error.log_stream_arn, error.log_url = arn, log
    return error


def _log(case: hints.Case, url: str | None, *, bare: bool) -> str | None:
    """Where its log is.  An error with a hint is mostly the caller's to mend: there the page alone is named."""
    if bare and case.request is not None:
        magic = f"%sm_logs {case.request.endpoint} shows its log"
        return f"{magic}: {url}" if url else magic
    return f"Its log: {url}" if url else None


def _text(said: object) -> str:
    return str(said or "")[:LOOKED_AT].strip()


def _status(response: Mapping[str, Any], said: str) -> int | None:
    status = response.get("OriginalStatusCode")
    if isinstance(status, int):
        return status
    return status_in(said)


def status_in(said: str) -> int | None:
    """The container's status in "Received client error (413) from primary …"; None if there is none."""
    digits = said.partition("error (")[2].partition(")")[0]
    return int(digits) if digits.isdecimal() and len(digits) <= 3 else None


def log_url(arn: str | None) -> str | None:
    """The console's page of a CloudWatch log group or stream; its address names no account."""
    parts = (arn or "").split(":")
    if len(parts) < 7 or parts[5] != "log-group":
        return None
    partition, region, group = parts[1], parts[3], parts[6]
    site = {"aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com"}.get(partition, "aws.amazon.com")
    stream = f"/log-events/{_folded(parts[8])}" if len(parts) > 8 and parts[7] == "log-stream" else ""
    page = f"logsV2:log-groups/log-group/{_folded(group)}{stream}"
    return f"https://{region}.console.{site}/cloudwatch/home?region={region}#{page}"


def _folded(name: str) -> str:
    """The console's own encoding of a name: percent twice, with $ for the outer %."""
    return quote(quote(name, safe=""), safe="").replace("%", "$")
