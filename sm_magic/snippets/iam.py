"""The least policy that allows the call, as JSON.

Actions and resources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SageMaker",
"… Amazon S3", "… AWS KMS", "… Amazon CloudWatch Logs".  An endpoint's name is in lower case in its ARN, however it was
created.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from .base import Call, Language
from .partitions import partition

_ACTIONS: Final = {
    "InvokeEndpoint": ["sagemaker:InvokeEndpoint"],
    "InvokeEndpointAsync": ["sagemaker:InvokeEndpointAsync"],
    # The API's reference names the first for a stream, AWS's own managed policies both.
    "InvokeEndpointWithResponseStream": [
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointWithResponseStream",
    ],
}
_CONDITIONS: Final = {
    "target_model": "sagemaker:TargetModel",
    "target_container_hostname": "sagemaker:TargetContainerHostname",
}
_ONE_PIECE: Final = 8 << 20  # bytes that `%sm_invoke` uploads in one piece
_OUTPUT: Final = "<output-bucket>/<output-folder>"
_FAILURE: Final = "<failure-bucket>/<failure-folder>"
_Statement = dict[str, Any]


def _write(call: Call) -> str:
    statements = [_invoke(call), *_upload(call), *_answer(call), *_hints(call)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=4) + "\n"


def _invoke(call: Call) -> _Statement:
    request = call.request
    statement = _allow("Invoke", _ACTIONS[request.operation], [_endpoint(call), *_component(call)])
    equal = {key: value for name, key in _CONDITIONS.items() if (value := getattr(request, name)) is not None}
    return statement | {"Condition": {"StringEquals": equal}} if equal else statement


def _upload(call: Call) -> Iterator[_Statement]:
    """The body's way into S3, below the folder that it is put in."""
    if call.staging is None or call.staged is None:
        return
    actions = ["s3:PutObject"]
    if len(call.request.body or b"") > _ONE_PIECE:
        actions.append("s3:AbortMultipartUpload")
    if call.staging.delete:
        actions.append("s3:DeleteObject")
    yield _allow("Upload", actions, [_objects(call, f"{call.staged.bucket}/{call.staged.folder}")])
    if call.kms_key is not None:
        yield _encrypt(call, call.kms_key)


def _encrypt(call: Call, key: str) -> _Statement:
    """A key by its ARN, its id, or an alias, which only a condition can name (KMS Developer Guide, "Use aliases")."""
    actions = ["kms:GenerateDataKey", "kms:Decrypt"]  # the second for an object in parts
    name = key.rpartition(":")[2] if key.startswith("arn:") else key
    if name.startswith("alias/"):
        named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": name}}
        return _allow("Encrypt", actions, [_arn(call, "kms", "key/*")]) | {"Condition": named}
    return _allow("Encrypt", actions, [key if key.startswith("arn:") else _arn(call, "kms", f"key/{key}")])


def _answer(call: Call) -> Iterator[_Statement]:
    """The answer in S3.  Who may not list a bucket is not told that an answer is not there yet."""
    if not call.queues:
        return
    extension = call.request.s3_output_path_extension
    output = f"{_OUTPUT}/{_literal(extension.strip('/'))}" if extension else _OUTPUT
    folders = [_s3(call, f"{folder}/*") for folder in (output, _FAILURE)]
    yield _allow("ReadAnswer", ["s3:GetObject"], folders)
    buckets = [_s3(call, folder.partition("/")[0]) for folder in (_OUTPUT, _FAILURE)]
    yield _allow("SeeWhetherItIsThere", ["s3:ListBucket"], buckets)


def _hints(call: Call) -> Iterator[_Statement]:
    """What `%sm_invoke` asks the control plane beside the call."""
    yield _allow("OptionalForHints", ["sagemaker:DescribeEndpoint"], [_endpoint(call)])
    if component := _component(call):
        yield _allow("OptionalForHintsOnTheComponent", ["sagemaker:DescribeInferenceComponent"], component)
    everywhere = ["sagemaker:DescribeEndpointConfig", "sagemaker:ListEndpoints"]
    if call.queues:
        everywhere.append("cloudwatch:GetMetricStatistics")
    yield _allow("OptionalForMoreHints", everywhere, ["*"])
    if call.logs:
        part, endpoint = call.request.inference_component_name, call.request.endpoint
        group = f"InferenceComponents/{part}" if part else f"Endpoints/{endpoint}"
        group = _arn(call, "logs", f"log-group:/aws/sagemaker/{group}:*")
        yield _allow("OptionalForLogs", ["logs:FilterLogEvents"], [group])


def _allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> _Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": _one(actions), "Resource": _one(resources)}


def _one(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def _endpoint(call: Call) -> str:
    return _arn(call, "sagemaker", f"endpoint/{call.request.endpoint.lower()}")


def _component(call: Call) -> list[str]:
    """Its name as it is, and in lower case: which of the two stands in its ARN, no reference says."""
    name = call.request.inference_component_name
    names = () if name is None else dict.fromkeys((name, name.lower()))
    return [_arn(call, "sagemaker", f"inference-component/{each}") for each in names]


def _arn(call: Call, service: str, resource: str) -> str:
    region = call.where.region or "<region>"
    return f"arn:{partition(call.where.region).name}:{service}:{region}:<account>:{resource}"


def _s3(call: Call, path: str) -> str:
    return f"arn:{partition(call.where.region).name}:s3:::{path}"


def _objects(call: Call, folder: str) -> str:
    return _s3(call, f"{_literal(folder)}*")


def _literal(text: str) -> str:
    """*text* where IAM would read signs as wildcards or variables."""
    return re.sub(r"[*?$]", lambda sign: f"${{{sign[0]}}}", text)


def _notes(call: Call) -> Iterator[str]:
    yield "Statements whose Sid begins with Optional are for the hints of `%sm_invoke`: the call works without them."
    if call.role is not None:
        yield f"It is for the role that sends the call: whoever assumes it needs sts:AssumeRole on {call.role}."
    if call.queues:
        yield "Put in the folders of the endpoint's AsyncInferenceConfig: S3OutputPath, S3FailurePath (if it has one)."
    location = call.request.input_location
    if call.staged is not None or location is not None:
        yield "The endpoint's execution role reads the body: it needs s3:GetObject on it, and the caller does not."


LANGUAGE = Language(name="iam", title="the least IAM policy", write=_write, notes=_notes, calls=False)
