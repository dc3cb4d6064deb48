"""EnableExplanations: exact attributions, in the form in which Clarify answers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def patients():
    """Three real patients."""
    from sklearn.datasets import load_diabetes

    return load_diabetes().data[:3]


def csv(rows) -> str:
    """Lines of numbers."""
    return "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())


def shares(explained) -> np.ndarray:
    """The attributions of one record, a number a feature."""
    return np.array([feature["attributions"][0]["attribution"][0] for feature in explained])


def test_the_shares_add_up_to_the_prediction(invoke, patients):
    """Each feature's share is exact: with the average patient's prediction they are the prediction."""
    types = {"ContentType": "text/csv", "Accept": "text/csv"}
    body, answer = invoke("diabetes", csv(patients), EnableExplanations="`true`", **types)
    plain, _ = invoke("diabetes", csv(patients), **types)
    average, _ = invoke("diabetes", csv(np.zeros((1, 10))), **types)  # the data are centred
    found = json.loads(body)
    rows = found["explanations"]["kernel_shap"]

    assert answer["ContentType"] == "application/json"
    assert found["version"] == "1.0"
    assert found["predictions"] == {"content_type": "text/csv; charset=utf-8", "data": plain.decode()}
    assert [feature["feature_header"] for feature in rows[0]][:3] == ["age", "sex", "bmi"]
    expected = [float(line) for line in plain.split()]
    np.testing.assert_allclose([float(average) + shares(row).sum() for row in rows], expected)


def test_only_the_records_that_the_condition_holds_for(invoke, patients):
    """A record that is not explained is null; where none is, explanations is empty."""
    types = {"ContentType": "text/csv", "Accept": "application/jsonlines"}
    plain, _ = invoke("diabetes", csv(patients), **types)
    high = [json.loads(line)["score"] > 150 for line in plain.splitlines()]
    assert set(high) == {True, False}

    body, _ = invoke("diabetes", csv(patients), EnableExplanations="score > `150`", **types)
    assert [row is not None for row in json.loads(body)["explanations"]["kernel_shap"]] == high
    body, _ = invoke("diabetes", csv(patients), EnableExplanations="`false`", **types)
    assert json.loads(body)["explanations"] == {}


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"ContentType": "text/csv"}, "Accept must be text/csv or application/jsonlines"),
        ({"ContentType": "application/json", "Accept": "text/csv"}, "ContentType must be"),
        ({"ContentType": "text/csv", "Accept": "text/csv", "EnableExplanations": "(("}, "JMESPath"),
        ({"ContentType": "text/csv", "Accept": "text/csv", "EnableExplanations": "[0]"}, "true or false"),
        ({"ContentType": "text/csv", "Accept": "text/csv", "EnableExplanations": "abs('x')"}, "evaluated"),
    ],
)
def test_what_clarify_can_not_explain_is_refused(invoke, patients, members, words):
    """Both types must be said, and the condition must be one."""
    with pytest.raises(ClientError, match=words) as caught:
        invoke("diabetes", csv(patients), **{"EnableExplanations": "`true`", **members})
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_an_endpoint_without_an_explainer_refuses(invoke):
    """As before: the header is not for it."""
    with pytest.raises(ClientError, match="has no explainer"):
        invoke("iris", "1,2,3,4", ContentType="text/csv", Accept="text/csv", EnableExplanations="`true`")


def test_describe_endpoint_tells_of_it(connect, endpoint):
    """ExplainerConfig, as botocore's model reads it; endpoints without one have none."""
    sagemaker = connect("sagemaker", endpoint)
    found = sagemaker.describe_endpoint(EndpointName="diabetes")["ExplainerConfig"]["ClarifyExplainerConfig"]

    assert found["EnableExplanations"] == "`false`"
    assert found["InferenceConfig"]["FeatureHeaders"][0] == "age"
    assert found["ShapConfig"]["ShapBaselineConfig"]["ShapBaseline"].count(",") == 9
    assert "ExplainerConfig" not in sagemaker.describe_endpoint(EndpointName="iris")
    assert "ExplainerConfig" in sagemaker.describe_endpoint_config(EndpointConfigName="diabetes-config")
