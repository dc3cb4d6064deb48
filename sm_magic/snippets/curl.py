"""The call by curl, which signs it (``--aws-sigv4``)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from ..members import PATHS
from .base import Call, Language
from .partitions import partition
from .shell import as_role, broken, word

_KEYS = '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
# Nothing at all where there is no token: an empty header would be signed, and not be sent.
_TOKEN = '${AWS_SESSION_TOKEN:+-H"X-Amz-Security-Token: $AWS_SESSION_TOKEN"}'  # noqa: S105


def _write(call: Call) -> str:
    return "\n".join([*_upload(call), _invoke(call)]) + "\n"


def _upload(call: Call) -> Iterator[str]:
    """PutObject, in one piece."""
    if call.staging is None or call.staged is None:
        return
    headers = {"Content-Type": call.request.content_type or "", "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}
    if call.kms_key is not None:
        headers["X-Amz-Server-Side-Encryption"] = "aws:kms"
        headers["X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"] = call.kms_key
    base = call.staging.endpoint_url or f"https://s3.{_region(call)}.{partition(call.region).suffix}"
    url = f"{base}/{quote(call.staged.bucket, safe='<>')}/{quote(call.staged.key)}"
    yield broken(["curl --request PUT", *_signed(call, "s3", headers), _body(call), _url(url)])


def _invoke(call: Call) -> str:
    headers = {
        place.header: str(value)
        for member, value in call.members
        if (place := member.place(call.request.operation)) is not None and place.header is not None
    }
    headers.setdefault(
        "Content-Type", "application/octet-stream"
    )  # curl's own would be signed, and says of a form
    options = []
    if call.streams:
        options = ["--no-buffer", "--output answer.eventstream"]
    elif call.queues:
        options = ["--include"]  # where the answer will be stands in the headers alone
    elif not call.reads_text:
        options = [f"--output {call.answer}"]
    body = _body(call) if call.staging is None and call.request.body is not None else "--data ''"
    base = (
        call.where.endpoint_url
        or f"https://runtime.sagemaker.{_region(call)}.{partition(call.region).suffix}"
    )
    url = base.rstrip("/") + PATHS[call.request.operation].format(EndpointName=call.request.endpoint)
    return broken(["curl", *_signed(call, "sagemaker", headers), *options, body, _url(url)])


def _signed(call: Call, service: str, headers: dict[str, str]) -> Iterator[str]:
    yield f'--aws-sigv4 "aws:amz:{_region(call)}:{service}"'
    yield _KEYS
    yield _TOKEN
    for name, value in headers.items():
        yield f"--header {word(f'{name}: {value}')}"


def _body(call: Call) -> str:
    if call.file is not None:
        return f"--data-binary @{word(call.file)}"
    return f"--data-raw {word(call.text or '')}"


def _region(call: Call) -> str:
    return call.region or "$AWS_REGION"


def _url(url: str) -> str:
    return f'"{url}"' if "$" in url else word(url)


def _notes(call: Call) -> Iterator[str]:
    if call.streams:
        yield "The answer's file holds the parts in their frames (application/vnd.amazon.eventstream): curl joins none."
    if (said := as_role(call)) is not None:
        yield said
    elif call.where.profile:
        yield (
            f'curl reads no profile: `eval "$(aws configure export-credentials --profile {word(call.where.profile)} '
            '--format env)"` of the AWS CLI, version 2, sets its keys.'
        )


LANGUAGE = Language(name="curl", title="curl", write=_write, notes=_notes)
