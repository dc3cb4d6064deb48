"""The call in Python, through boto3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from .base import Call, Language

_METHODS: Final = {
    "InvokeEndpoint": "invoke_endpoint",
    "InvokeEndpointAsync": "invoke_endpoint_async",
    "InvokeEndpointWithResponseStream": "invoke_endpoint_with_response_stream",
}
_KEYS: Final = (
    'aws_access_key_id=role["AccessKeyId"]',
    'aws_secret_access_key=role["SecretAccessKey"]',
    'aws_session_token=role["SessionToken"]',
)
_SHORT: Final = 88  # characters of a line that is not broken


def _write(call: Call) -> str:
    blocks = [_imports(call), "\n".join([*_clients(call), *_upload(call), *_invoke(call)]), _answer(call)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _imports(call: Call) -> str:
    standard = []
    if call.streams and call.reads_text:
        standard.append("import codecs")
    if call.file and not call.staging:
        standard.append("from pathlib import Path")
    return "\n\n".join(["\n".join(standard), "import boto3"] if standard else ["import boto3"])


def _clients(call: Call) -> Iterator[str]:
    where, maker = call.where, "boto3"
    region = [f"region_name={_literal(call.region)}"] if call.region else []
    if where.profile:
        maker = "session"
        yield _called("session = boto3.Session", [f"profile_name={_literal(where.profile)}", *region])
    if call.role is not None:
        own = [] if where.profile else region
        yield _called(f"sts = {maker}.client", ['"sts"', *own])
        asked = [f"RoleArn={_literal(call.role)}", 'RoleSessionName="sm-magic"']
        yield f'{_called("role = sts.assume_role", asked)}["Credentials"]'
        yield _called("session = boto3.Session", [*_KEYS, *region], broken=True)
        maker = "session"
    if maker == "session":
        region = []
    url = [f"endpoint_url={_literal(where.endpoint_url)}"] if where.endpoint_url else []
    yield _called(f"runtime = {maker}.client", ['"sagemaker-runtime"', *region, *url])
    if call.staging is not None:
        theirs = call.staging.endpoint_url
        url = [f"endpoint_url={_literal(theirs)}"] if theirs else []
        yield _called(f"s3 = {maker}.client", ['"s3"', *region, *url])


def _upload(call: Call) -> Iterator[str]:
    """A file by `upload_file`, which sends large ones in parts; text by `put_object`."""
    if call.staging is None or call.staged is None:
        return
    extra = {"ContentType": call.request.content_type}
    if call.staging.kms_key:
        extra |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": call.kms_key}
    bucket, key = _literal(call.staged.bucket), _literal(call.staged.key)
    if call.file is not None:
        said = ", ".join(f'"{name}": {_literal(value)}' for name, value in extra.items())
        yield _called("s3.upload_file", [_literal(call.file), bucket, key, f"ExtraArgs={{{said}}}"])
        return
    named = [f"{name}={_literal(value)}" for name, value in extra.items()]
    yield _called("s3.put_object", [f"Bucket={bucket}", f"Key={key}", f"Body={_body(call)}", *named])


def _invoke(call: Call) -> Iterator[str]:
    method = _METHODS[call.request.operation]
    arguments = [
        f"EndpointName={_literal(call.request.endpoint)}",
        *(f"{member.parameter}={_literal(value)}" for member, value in call.members),
    ]
    if call.staging is None and call.request.body is not None:
        arguments.append(f"Body={_body(call)}")
    yield _called(f"answer = runtime.{method}", arguments, broken=True)


def _body(call: Call) -> str:
    if call.file is not None:
        return f"Path({_literal(call.file)}).read_bytes()"
    return _text(call.text or "")


def _answer(call: Call) -> str:
    if call.queues:
        return 'print(answer["OutputLocation"], answer.get("FailureLocation"))'
    if call.streams and call.reads_text:
        return (
            'text = codecs.getincrementaldecoder("utf-8")()\n'
            'for event in answer["Body"]:\n'
            '    print(text.decode(event["PayloadPart"]["Bytes"]), end="", flush=True)'
        )
    if call.streams:
        return 'body = b"".join(event["PayloadPart"]["Bytes"] for event in answer["Body"])\nprint(body)'
    shown = "body.decode()" if call.reads_text else "body"
    said = 'print(answer["InvokedProductionVariant"], answer["ContentType"])'
    return f'body = answer["Body"].read()\n{said}\nprint({shown})'


def _called(function: str, arguments: Sequence[str], *, broken: bool = False) -> str:
    """A call in one line if it is short, else an argument a line."""
    line = f"{function}({', '.join(arguments)})"
    if not broken and len(line) <= _SHORT and "\n" not in line:
        return line
    return "\n".join([f"{function}(", *(f"    {argument}," for argument in arguments), ")"])


def _literal(value: Any) -> str:
    """As one would write it: in double quotes, unless it holds some."""
    plain = isinstance(value, str) and value.isprintable() and '"' not in value and "\\" not in value
    return f'"{value}"' if plain else repr(value)


def _text(text: str) -> str:
    """A body of lines as one sees them."""
    if text.count("\n") > 1 and '"""' not in text and "\\" not in text and not text.endswith('"'):
        return f'"""\\\n{text}"""'
    return _literal(text)


LANGUAGE = Language(name="python", title="Python, through boto3", write=_write)
