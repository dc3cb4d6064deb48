"""The call in JavaScript on node, through ``@aws-sdk/client-sagemaker-runtime``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from .base import Call, Language

_PACKAGE: Final = "@aws-sdk/client-sagemaker-runtime"
_STORE: Final = "@aws-sdk/client-s3"
_ROLES: Final = "@aws-sdk/credential-providers"
_SHORT: Final = 88  # characters of a line that is not broken


def _write(call: Call) -> str:
    lines = "\n".join([*_clients(call), *_upload(call), _invoke(call)])
    return "\n\n".join(["\n".join(_imports(call)), lines, _answer(call)]) + "\n"


def _imports(call: Call) -> Iterator[str]:
    if call.file is not None:
        yield 'import { readFile } from "node:fs/promises";'
    if call.role is not None:
        names = "fromIni, fromTemporaryCredentials" if call.where.profile else "fromTemporaryCredentials"
        yield f'import {{ {names} }} from "{_ROLES}";'
    if call.staging is not None:
        yield f'import {{ PutObjectCommand, S3Client }} from "{_STORE}";'
    yield f'import {{ {call.request.operation}Command, SageMakerRuntimeClient }} from "{_PACKAGE}";'


def _clients(call: Call) -> Iterator[str]:
    if call.role is not None:
        yield from _credentials(call.role, call.where.profile)
    yield _client("runtime", "SageMakerRuntimeClient", call, call.where.endpoint_url)
    if call.staging is not None:
        yield _client("s3", "S3Client", call, call.staging.endpoint_url)


def _credentials(role: str, profile: str | None) -> Iterator[str]:
    yield "const credentials = fromTemporaryCredentials({"
    if profile:
        yield f"  masterCredentials: fromIni({{ profile: {_literal(profile)} }}),"
    yield f'  params: {{ RoleArn: {_literal(role)}, RoleSessionName: "sm-magic" }},'
    yield "});"


def _client(name: str, kind: str, call: Call, url: str | None) -> str:
    profile = call.where.profile if call.role is None else None
    said = {"region": call.region, "profile": profile, "endpoint": url}
    options = [f"{key}: {_literal(value)}" for key, value in said.items() if value]
    if call.role is not None:
        options.append("credentials")
    line = f"const {name} = new {kind}({{ {', '.join(options)} }});"
    if len(line) <= _SHORT:
        return line if options else f"const {name} = new {kind}();"
    return "\n".join([f"const {name} = new {kind}({{", *(f"  {option}," for option in options), "});"])


def _upload(call: Call) -> Iterator[str]:
    if call.staging is None or call.staged is None:
        return
    said = {"Bucket": call.staged.bucket, "Key": call.staged.key, "ContentType": call.request.content_type}
    if call.kms_key is not None:
        said |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": call.kms_key}
    members = [f"{name}: {_literal(value)}" for name, value in said.items()]
    yield _sent("await s3.send", "PutObjectCommand", [*members, f"Body: {_body(call)}"])


def _invoke(call: Call) -> str:
    members = [
        f"EndpointName: {_literal(call.request.endpoint)}",
        *(f"{member.parameter}: {_literal(value)}" for member, value in call.members),
    ]
    if call.staging is None and call.request.body is not None:
        members.append(f"Body: {_body(call)}")
    return _sent("const answer = await runtime.send", f"{call.request.operation}Command", members)


def _sent(send: str, command: str, members: Sequence[str]) -> str:
    return "\n".join(
        [f"{send}(", f"  new {command}({{", *(f"    {member}," for member in members), "  }),", ");"]
    )


def _body(call: Call) -> str:
    if call.file is not None:
        return f"await readFile({_literal(call.file)})"
    text = call.text or ""
    as_seen = text.count("\n") > 1 and not any(mark in text for mark in ("`", "\\", "${"))
    return f"`{text}`" if as_seen else _literal(text)


def _answer(call: Call) -> str:
    if call.queues:
        return "console.log(answer.OutputLocation, answer.FailureLocation);"
    if call.streams:
        return "for await (const event of answer.Body) {\n  process.stdout.write(event.PayloadPart.Bytes);\n}"
    said = "console.log(answer.InvokedProductionVariant, answer.ContentType);"
    shown = "answer.Body.transformToString()" if call.reads_text else "answer.Body"
    return f"{said}\nconsole.log({shown});"


def _literal(value: Any) -> str:
    """As one would write it: in double quotes, unless it holds some."""
    if isinstance(value, str) and value.isprintable() and '"' in value and not {"'", "\\"} & set(value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _notes(call: Call) -> Iterator[str]:
    packages = [_PACKAGE, *([_STORE] if call.staging else []), *([_ROLES] if call.role else [])]
    yield f"`npm install {' '.join(packages)}`; in a file of its own, its name ends in .mjs."


LANGUAGE = Language(name="javascript", title="JavaScript on node", write=_write, notes=_notes)
