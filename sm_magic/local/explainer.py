"""Online explainability: what SageMaker Clarify adds to the answer of an endpoint that has an explainer.

EnableExplanations is a JMESPath condition on the model's output for one record (a list for CSV, an object for JSON
Lines); records for which it holds are explained, the others are null.  Without the member the model answers as ever.
Source: Amazon SageMaker Developer Guide, "Online explainability with SageMaker Clarify" (invoke the endpoint, explainer
response).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from .wire import Call, Refusal, Reply

TYPES = ("text/csv", "application/jsonlines")
"""What Clarify reads and writes."""

Attribute = Callable[[Call], Sequence[Sequence[Sequence[float]]]]
"""A call -> for each record, for each feature, its share of the prediction, a number per label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """What an endpoint's ExplainerConfig stands for: the features' names, the baseline, and who attributes.

    baseline: the record that stands for "nothing is known", one value a feature.
    """

    features: tuple[str, ...]
    baseline: tuple[float, ...]
    attribute: Attribute = field(repr=False)

    @property
    def config(self) -> dict[str, Any]:
        """ClarifyExplainerConfig, as DescribeEndpoint tells it."""
        baseline = ",".join(map(repr, self.baseline))
        return {
            "EnableExplanations": "`false`",
            "InferenceConfig": {"FeatureHeaders": list(self.features)},
            "ShapConfig": {"ShapBaselineConfig": {"MimeType": "text/csv", "ShapBaseline": baseline}},
        }


def check(call: Call) -> None:
    """Refuse an explained call without both types, or with a condition that can't be read.  Texts are ours."""
    for member, name in (("content_type", "ContentType"), ("accept", "Accept")):
        if call.members.get(member) not in TYPES:
            text = f"{name} must be {' or '.join(TYPES)} when explanations are enabled with Clarify."
            raise Refusal("ValidationError", text)
    try:
        jmespath.compile(call.members["enable_explanations"])
    except JMESPathError as error:
        text = f"EnableExplanations is no valid JMESPath expression: {str(error).splitlines()[0]}"
        raise Refusal("ValidationError", text) from error


def explained(explainer: Explainer, call: Call, reply: Reply) -> Reply:
    """The model's *reply* with the attributions of the records that the call's condition holds for."""
    content_type = reply.members.get("content_type", "")
    text = reply.body.decode()
    wanted = [_holds(call.members["enable_explanations"], record) for record in _records(text, content_type)]
    shares = explainer.attribute(call) if any(wanted) else ()
    rows = [_features(explainer, shares[n]) if is_wanted else None for n, is_wanted in enumerate(wanted)]
    document = {
        "version": "1.0",
        "predictions": {"content_type": f"{content_type}; charset=utf-8", "data": text},
        "explanations": {"kernel_shap": rows} if any(wanted) else {},
    }
    members = {**reply.members, "content_type": "application/json"}
    return replace(reply, body=json.dumps(document).encode(), members=MappingProxyType(members))


def _features(explainer: Explainer, shares: Sequence[Sequence[float]]) -> list[Mapping[str, Any]]:
    return [
        {"feature_header": name, "feature_type": "numerical", "attributions": [{"attribution": list(share)}]}
        for name, share in zip(explainer.features, shares, strict=True)
    ]


def _records(text: str, content_type: str) -> list[Any]:
    if content_type == "text/csv":
        return [[_value(cell) for cell in row] for row in csv.reader(io.StringIO(text)) if row]
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _value(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _holds(condition: str, record: Any) -> bool:
    try:
        found = jmespath.search(condition, record)
    except JMESPathError as error:
        text = f"EnableExplanations can't be evaluated on the model's output: {error}"
        raise Refusal("ValidationError", text) from error
    if not isinstance(found, bool):
        raise Refusal("ValidationError", "EnableExplanations must evaluate to true or false.")
    return found
