"""What Clarify's answer says: records, their units, the predictions beside them."""

import pytest

from sm_magic.views.attributions import Unit, predictions, read


def _of(records, **more):
    return {"explanations": {"kernel_shap": records}, **more}


def _feature(*numbers, **more):
    return {"attributions": [{"attribution": list(numbers)}], **more}


def test_features_have_their_headers():
    """Else the names of the columns sent, else their places."""
    value = _of([[_feature(0.5, feature_header="age"), _feature(-0.25)]])

    assert read(value)[0].units == [Unit("age", (0.5,)), Unit("feature 1", (-0.25,))]
    assert read(value, ("a", "b"))[0].units[1].feature == "b"
    assert read(value, ("a", "b", "c"))[0].units[1].feature == "feature 1"


def test_labels_have_their_headers():
    """Where there are as many as attributions."""
    value = _of([[_feature(0.5, 0.5)]], label_headers=["no", "yes"])

    assert read(value)[0].labels == ["no", "yes"]
    assert read({**value, "label_headers": ["no"]})[0].labels == ["label 0", "label 1"]
    assert read(_of([[_feature(1.0)]]))[0].labels == ["label"]


def test_a_record_may_be_unexplained():
    """Null for one; an empty object for all."""
    assert read(_of([None, [_feature(1.0)]]))[0] is None
    assert read({"explanations": {}}) == []


@pytest.mark.parametrize(
    "records",
    [
        3,
        [3],
        [[3]],
        [[{"attributions": 3}]],
        [[{"attributions": [3, {}, {"attribution": []}, {"attribution": ["x"]}]}]],
        [[_feature(float("nan"))]],
        [[{"attributions": [{"attribution": [1.0], "description": {"partial_text": 3, "start_idx": "x"}}]}]],
    ],
)
def test_what_is_no_attribution_is_left_out(records):
    """Any JSON may stand there."""
    made = read(_of(records))

    assert all(unit.text is None for record in made if record for unit in record.units)


def test_attributions_of_another_width_are_left_out():
    """One number for each label."""
    (record,) = read(_of([[_feature(1.0, 2.0), _feature(1.0)]]))

    assert [unit.attribution for unit in record.units] == [(1.0, 2.0)]


@pytest.mark.parametrize(
    ("content_type", "data", "said"),
    [
        ("text/csv; charset=utf-8", "0.5\n0.25\n", [0.5, 0.25]),
        ("text/csv", "0.5,0.5\n", ["0.5,0.5"]),
        ("application/jsonlines", '{"score": 0.5}\n{"score": 1}\n', [{"score": 0.5}, {"score": 1}]),
        ("application/json", '{"predictions": [{"score": 0.5}]}', [{"score": 0.5}]),
        ("application/json", "0.5", [0.5]),
        ("application/json", "{", ["{"]),
        (None, "", []),
    ],
)
def test_the_containers_own_answer(content_type, data, said):
    """Its text is read by its own content type."""
    assert predictions({"predictions": {"content_type": content_type, "data": data}}) == said
