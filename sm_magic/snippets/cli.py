"""The call by the AWS CLI, version 1 or 2.

Version 2 reads an inline ``--body`` as base64, version 1 does not: the body is always ``fileb://…``.
"""

from __future__ import annotations

from collections.abc import Iterator

from .base import Call, Language
from .shell import as_role, broken, fed, word

# A value that begins so says where the value is (AWS CLI User Guide, "Load a parameter from a file"; of URLs
# version 1 alone).
_ELSEWHERE = ("file://", "fileb://", "http://", "https://")
_STDIN = "fileb:///dev/stdin"
_NO_STREAM = (
    "The AWS CLI can't stream: it has no InvokeEndpointWithResponseStream (Python and JavaScript have)."
)


def _write(call: Call) -> str:
    if call.streams:
        return f"# {_NO_STREAM}\n"
    return "\n".join([*_upload(call), _invoke(call)]) + "\n"


def _upload(call: Call) -> Iterator[str]:
    """`aws s3 cp`, which sends large files in parts."""
    if call.staging is None or call.staged is None:
        return
    source = word(call.file) if call.file is not None else "-"
    said = [f"aws s3 cp {source} {word(call.staged)}", f"--content-type {word(call.request.content_type)}"]
    if call.kms_key is not None:
        said.append(f"--sse aws:kms --sse-kms-key-id {word(call.kms_key)}")
    command = broken([*said, *_place(call, call.staging.endpoint_url)])
    yield command if call.file is not None else fed(command, call.text or "")


def _invoke(call: Call) -> str:
    parts = [
        f"aws sagemaker-runtime invoke-endpoint{'-async' if call.queues else ''}",
        f"--endpoint-name {word(call.request.endpoint)}",
        *_members(call),
    ]
    inline = call.staging is None and call.request.body is not None
    if inline:
        parts.append(f"--body {_STDIN if call.file is None else f'fileb://{word(call.file)}'}")
    parts += _place(call, call.where.endpoint_url)
    shown = ""
    if not call.queues:
        parts.append(call.answer)
        shown = f" && cat {call.answer}" if call.reads_text else ""
    command = broken(parts)
    return fed(command, call.text or "", shown) if inline and call.file is None else command + shown


def _members(call: Call) -> Iterator[str]:
    for member, value in call.members:
        text = str(value)
        if text.startswith(_ELSEWHERE):
            yield f"{member.option} file://<(printf %s {word(text)})"
        else:
            yield f"{member.option}{'=' if text.startswith('-') else ' '}{word(text)}"


def _place(call: Call, url: str | None) -> Iterator[str]:
    if call.region:
        yield f"--region {word(call.region)}"
    if call.where.profile and call.role is None:
        yield f"--profile {word(call.where.profile)}"
    if url:
        yield f"--endpoint-url {word(url)}"


def _notes(call: Call) -> Iterator[str]:
    if (said := as_role(call)) is not None and not call.streams:
        yield said


LANGUAGE = Language(name="cli", title="AWS CLI", write=_write, notes=_notes, streams=False)
