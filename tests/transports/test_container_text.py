"""What containers answer, on bodies that real ones sent."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.transports.container_text import clean, short, unwrap

FLASK_500 = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>500 Internal Server Error</title>\n'
    "<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your "
    "request. Either the server is overloaded or there is an error in the application.</p>\n"
)
TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/opt/ml/code/inference.py", line 12, in predict_fn\n    return model.predict(data)\n'
    "ValueError: X has 3 features, but SVC is expecting 4 features as input."
)
XGBOOST = (
    "Unable to evaluate payload provided: [07:45:30] /workspace/src/learner.cc:723: Check failed: mparam_.num_feature "
    "!= 0 (0 vs. 0) : 0 feature is supplied.  Are you using raw Booster interface?\nStack trace:\n"
    "  [bt] (0) /usr/local/lib/python3.5/dist-packages/xgboost/./lib/libxgboost.so(dmlc::LogMessageFatal+0x24)"
)

SEE = (
    " See https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:group=/aws/"
    "sagemaker/Endpoints/e in account 123456789012 for more information."
)

# (what the container sent, what it meant)
REAL = [
    # TF Serving
    ('{ "error": "Failed to process element: 0 of \'instances\' list" }',
     "Failed to process element: 0 of 'instances' list"),
    # MMS and TorchServe
    ('{\n  "code": 400,\n  "type": "BadRequestException",\n  "message": "Parameter model_name is required."\n}',
     "Parameter model_name is required."),
    # LMI: the message says nothing, the error says why
    ('{"code":424,"message":"prediction failure","error":"Need to pass custom_attributes"}',
     "prediction failure: Need to pass custom_attributes"),
    # vLLM, OpenAI
    ('{"error":{"message":"max_tokens=10000000 cannot be greater","type":"BadRequestError","param":null,"code":400}}',
     "max_tokens=10000000 cannot be greater"),
    # Starlette and pydantic
    ('{"detail":"Not Found"}', "Not Found"),
    ('{"detail":[{"loc":["body","inputs"],"msg":"field required","type":"value_error.missing"}]}',
     "body.inputs: field required"),
    # MLflow, its traceback folded
    ('{"error_code": "BAD_REQUEST", "message": "Failed to predict", "stack_trace": "Traceback (most recent …"}',
     "Failed to predict"),
    # an error in an error, JSON in JSON
    ('{"error": "{\\"message\\": \\"inner\\"}"}', "inner"),
    ('"a JSON string"', "a JSON string"),
    # cut off by the service
    ('{"code": 500, "message": "CUDA out of \\"memory\\"", "trace": "Trace', 'CUDA out of "memory"'),
    (FLASK_500, "500 Internal Server Error: The server encountered an internal error and was unable to complete your "
     "request. Either the server is overloaded or there is an error in the application."),
    ("<html><head><style>b{}</style></head><body><b>413</b> Request Entity Too Large</body></html>",
     "413: Request Entity Too Large"),
    (TRACEBACK, "ValueError: X has 3 features, but SVC is expecting 4 features as input."),
    # the toolkit: the message, then the traceback that ends in it
    ("Content type a/b is not supported by this framework.\n" + TRACEBACK.replace("X has", "Content type a/b is not "
     "supported by this framework. X has"),
     "ValueError: Content type a/b is not supported by this framework. X has 3 features, but SVC is expecting 4 "
     "features as input."),
    ("Prediction failed\n" + TRACEBACK,
     "Prediction failed\nValueError: X has 3 features, but SVC is expecting 4 features as input."),
    (TRACEBACK + "\n\nDuring handling of the above exception, another exception occurred:\n\n"
     + TRACEBACK.replace("ValueError: X", "sagemaker_inference.errors.GenericError: Y"),
     "sagemaker_inference.errors.GenericError: Y has 3 features, but SVC is expecting 4 features as input."),
    (XGBOOST, "Unable to evaluate payload provided: [07:45:30] /workspace/src/learner.cc:723: Check failed: "
     "mparam_.num_feature != 0 (0 vs. 0) : 0 feature is supplied. Are you using raw Booster interface?"),
    ("\x1b[31mred\x1b[0m\x07 text", "red text"),
    ("", ""),
    ("   plain   words  ", "plain words"),
    ("{not json", "{not json"),
    ("[]", "[]"),
    ("42", "42"),
    ('{"code": 500}', '{"code": 500}'),
    ('{"message": "bad \\escape", "x": ', "bad \\escape"),
    ('{"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}',
     '{"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), REAL, ids=range(len(REAL)))
def test_the_meaning_of_a_real_body(text, meaning):
    """One or two lines of what a person wants to know."""
    assert meaning == clean(text)


def test_the_containers_own_words_are_found_in_the_services():
    """Without the CloudWatch boilerplate that follows them."""
    said = 'Received server error (500) from primary with message "{}".' + SEE

    assert unwrap(said.format('{"a": "b"}')) == '{"a": "b"}'
    assert unwrap(said.format("")) == ""
    cut = "Received client error (413) from primary and could not load the entire response body." + SEE
    assert (
        unwrap(cut) == "Received client error (413) from primary and could not load the entire response body."
    )
    assert unwrap("other words") == "other words"


@given(st.text() | st.sampled_from([text for text, _ in REAL]).flatmap(lambda t: st.just(t[: len(t) // 2])))
def test_anything_has_a_short_meaning(text):
    """Law: no body fails, and none floods or controls the screen."""
    found = clean(text)

    assert len(found) <= 2_000
    assert len(short(found)) <= 502 and short(found).count("\n") <= 2
    assert not any(c < " " and c != "\n" for c in found)


@pytest.mark.parametrize(
    "hostile",
    ["[" * 100_000, '{"error":' * 20_000, '"message":' * 20_000, "<p>a" * 50_000, "<![" * 50_000,
     "See https://" * 20_000, "Traceback (most recent call last)\n" * 5_000, "A" * 200_000 + "Error",
     '{"error": "' + "\\" * 99_999, "\n at a(" * 30_000],
    ids=range(10),
)  # fmt: skip
def test_a_hostile_body_costs_little(hostile):
    """No pattern runs away, whatever a container sends."""
    started = time.perf_counter()

    clean(hostile)
    unwrap(f'with message "{hostile}')

    assert time.perf_counter() - started < 2
