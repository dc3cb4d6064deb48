"""The table of hints, tried on what the service, containers and networks really say (sources beside each)."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.magics.tables import CONNECT, ENDPOINTS, INVOKE, TARGET
from sm_magic.messages import Facts, Payload, Request
from sm_magic.s3 import S3Uri
from sm_magic.transports.hints import TABLE, Case, find


def asking(content_type="text/csv", size=10, **more):
    """A request with a body of that type and size; facts and members by name."""
    known = {name: more.pop(name) for name in ("rows", "columns", "names", "text_columns") if name in more}
    payload = Payload(body=bytes(size), content_type=content_type, facts=Facts(**known))
    return Request(endpoint="iris", payload=payload, **more)


def validation(text, **more):
    """What the service refuses."""
    return Case(code="ValidationError", status=400, text=text, **{"request": asking(), **more})


def model(status, text, **more):
    """What a container answers."""
    return Case(code="ModelError", status=status, text=text, request=asking(**more))


def network(code, text="", **more):
    """What botocore raises."""
    return Case(code=code, text=text, **{"request": asking(), "region": "eu-west-1", **more})


def stored(code, text="", **more):
    """What S3 says, or botocore on the way to it."""
    return Case(code=code, text=text, uri=S3Uri("bucket", "in/iris.csv"), **more)


IC_REQUIRED = (
    "Inference Component Name header is required for endpoints to which you plan to deploy inference components. "
    "Please include Inference Component Name header or consider using SageMaker models."
)
IC_CAPACITY = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if "
    "configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
)
DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: sagemaker:InvokeEndpoint on "
    "resource: arn:aws:sagemaker:us-east-1:123456789012:endpoint/pytorch-inference because no identity-based policy "
    "allows the sagemaker:InvokeEndpoint action"
)
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for "
    "each container in Amazon CloudWatch, resolve the issue, and try again."
)
NOT_FOUND = "Endpoint iris of account 123456789012 not found."
EULA = (
    '{"code":424,"message":"prediction failure","error":"Need to pass custom_attributes=\'accept_eula=true\' as part '
    'of header. This means you have read and accept the end-user license agreement (EULA) of the model."}'
)
CSV_FAILED = (
    "Loading csv data failed with Exception, please ensure data is in csv format:\n <class 'ValueError'>\n "
    "could not convert string to float: 'False'"
)
TOOLKIT = (
    "Content type {} is not supported by this framework.\n\n            Please implement input_fn to to deserialize "
    "the request data or an output_fn to\n            serialize the response."
)
SSL_EOF = "SSL validation failed for https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/iris/invocations EOF "

# (the row, the failure, words that the hint must have)
REAL = [
    # sagemaker.md §1, §5.3; aws/amazon-sagemaker-examples #293
    ("no-such-endpoint", validation(NOT_FOUND, region="eu-west-1"), "none in eu-west-1 .*--region us-east-1"),
    ("no-such-endpoint", validation('Could not find endpoint "arn:aws:sagemaker:…:endpoint/x".'), "--region"),
    ("no-such-endpoint-of-a-target", validation(NOT_FOUND, request=asking(target="churn")), "%sm_target show churn"),
    ("no-such-local-endpoint", validation(NOT_FOUND, local=True), "has no iris"),
    # whatever else was asked for, and whatever the endpoint is called
    ("no-such-endpoint", validation(
        "Endpoint my-variant-async of account 1 not found.", request=asking(target_model="a", target_variant="v")
    ), "--region"),
    # kendra-langchain #64, langchain #14344
    ("component-missing", validation(IC_REQUIRED), "--inference-component-name NAME"),
    ("component-not-allowed", validation(
        "Inference Component Name header is not allowed for endpoints to which you don't plan to deploy inference "
        "components. Please remove the header."), "leave out --inference-component-name"),
    ("component-unknown", validation("Inference Component a-b not found."), "--inference-component-name"),
    # AWS blog on scaling to zero
    ("no-capacity", validation(IC_CAPACITY), "ready_timeout"),
    # aws/amazon-sagemaker-examples #1026, #1216; tensorflow-serving-container #166
    ("not-multi-model", validation(
        "Endpoint iris is not a multi-model endpoint and does not support target model header.",
        request=asking(target_model="a.tar.gz")), "leave out --target-model"),
    ("target-model-missing", validation(
        "Request 186633a1-9a9f-4557-8e2b-038d9aa4bba4 is missing a target model header."), "--target-model NAME"),
    ("target-model-unknown", validation(
        "Failed to download model data(bucket: b, key: models/a.tar.gz). Please ensure that there is an object "
        "located at the URL and that the role passed to CreateModel has permissions to download the model.",
        request=asking(target_model="a.tar.gz")), "no a.tar.gz"),
    ("container-missing", validation(
        "Endpoint iris is a direct invocation multi-container endpoint: target container hostname header required"
    ), "--target-container-hostname NAME"),
    ("container-not-allowed", validation(
        "Endpoint iris does not support TargetContainerHostname.", request=asking(target_container_hostname="c")
    ), "Leave out --target-container-hostname"),
    ("unknown-variant", validation(
        "Variant blu not found for endpoint iris", request=asking(target_variant="blu")), "no variant blu"),
    ("session", validation("Session abc not found.", request=asking(session_id="abc")), "--session-id NEW_SESSION"),
    ("clarify", validation("Endpoint iris does not have an ExplainerConfig."), "--accept text/csv"),
    ("asynchronous", validation("Endpoint iris is an async endpoint, invoke it by InvokeEndpointAsync."),
     "only: add --async; .*--async --wait"),
    ("asynchronous-not-streamed", validation("Endpoint iris is an asynchronous endpoint.",
     request=asking(operation="InvokeEndpointWithResponseStream")), "--async --wait in the place of --stream"),
    ("not-asynchronous", validation("Endpoint iris has no AsyncInferenceConfig: InvokeEndpointAsync is not supported.",
     request=asking(operation="InvokeEndpointAsync")), "leave out --async; .*--no-async"),
    # sdk #4271
    ("oversize-serverless", validation("Request 1-2 has oversize body.", request=asking(size=5_000_000)),
     "4 MB.* 5 MB"),
    ("not-in-service", validation("Endpoint iris is not in service."), "InService"),
    ("not-ready", Case(code="ModelNotReadyException", status=429, text="Model is loading"), "being loaded"),
    ("dependency", Case(code="InternalDependencyException", status=530), "--retries 2"),
    ("service-fault", Case(code="InternalFailure", status=500), "--retries 2"),
    ("service-fault", Case(code="ServiceUnavailable", status=503), "--retries 2"),
    # ml-commons #2429: {"message": null}
    ("throttled", Case(code="ThrottlingException", status=400, text="None"), "--retries 3"),
    ("throttled", Case(code="TooManyRequestsException", status=429, text="Rate exceeded"), "--retries 3"),
    ("access-denied", Case(code="AccessDeniedException", status=403, text=DENIED),
     r"Allow sagemaker:InvokeEndpoint on arn:aws:sagemaker:us-east-1:\d+:endpoint/pytorch-inference \(.*lower"),
    ("access-denied", Case(code="AccessDenied", status=403, text=""), "Allow sagemaker:InvokeEndpoint on the endpoint"),
    ("kms", Case(code="AccessDeniedException", status=403, text="The ciphertext refers to a KMS key"), "kms:Decrypt"),
    ("stranger-to-the-local-endpoint", Case(code="UnrecognizedClientException", status=403, local=True),
     "%sm_connect local"),
    # AWS "Common errors"; the texts of STS and SigV4
    ("expired-credentials", Case(code="ExpiredTokenException", status=403, profile="prod",
     text="The security token included in the request is expired"), "aws sso login --profile prod"),
    ("rejected-credentials", Case(code="UnrecognizedClientException", status=403,
     text="The security token included in the request is invalid."), r"aws sso login\)"),
    ("clock", Case(code="InvalidSignatureException", status=403,
     text="Signature expired: 20261121T080000Z is now earlier than 20261121T090000Z"), "clock"),
    # sagemaker-python-sdk #1119; examples #1407
    ("container-timeout", model(0, TIMED_OUT), "60 s.*does not help"),
    ("no-answer", model(504, "<html>"), "60 s"),
    # sdk #171, #831; sagemaker.md §6
    ("too-large", Case(code="413", status=413, text="HTTP content length exceeded 5246976 bytes.",
     request=asking(size=7_200_000)), "7.2 MB"),
    ("too-large", model(400, "Received client error (413) from primary and could not load the entire response body"),
     "fewer rows"),
    ("too-large-status", model(413, "<html><h1>413</h1>"), "-t npy"),
    ("eula", model(424, EULA), '--custom-attributes "accept_eula=true"'),
    ("out-of-memory", model(500, "Worker died."), "less at once"),
    ("out-of-memory", model(400, "unable to mmap 1221487872 bytes: Cannot allocate memory (12)"), "memory"),
    # scikit-learn today and before 1.0; XGBoost Python, C++, AWS's container; MXNet; Keras; LightGBM
    *[("feature-count", model(500, text, columns=3), "3 columns were sent: --columns a,b,c .*--drop C") for text in (
        "ValueError: X has 3 features, but LogisticRegression is expecting 2 features as input.",
        "Number of features of the model must match the input. Model n_features is 4 and input n_features is 3",
        "feature_names mismatch: ['f0', 'f1', 'f2', 'f3'] ['f0', 'f1', 'f2']",
        "Check failed: learner_model_param_.num_feature == p_fmat->Info().num_col_ Feature shape mismatch, expected: "
        "2, got 3",
        "Unable to evaluate payload provided: Feature size of csv inference data 30 is not consistent with feature "
        "size of trained model 29.",
        "MXNetError: Shape inconsistent, Provided = [1,3], inferred shape=(1,4)",
        'Invalid input shape for input Tensor. Expected shape (None, 4), but input has incompatible shape (1, 3)',
        "The number of features in data (3) is not the same as it was in training data (4).",
        "Check failed: mparam_.num_feature != 0 (0 vs. 0) : 0 feature is supplied.  Are you using raw Booster?",
    )],
    *[("feature-missing", model(500, text, columns=3), "in the order of training") for text in (
        "ValueError: X has 3 features, but LogisticRegression is expecting 4 features as input.",
        "Feature shape mismatch, expected: 4, got 3",
    )],
    ("feature-names", model(400, "The feature names should match those that were passed during fit.\nFeature names "
     "unseen at fit time:\n- a"), "--columns a,b,c"),
    ("feature-count-of-text", model(500, "X has 3 features, but SVC is expecting 4 features as input."), "--dry-run"),
    ("header-sent", model(500, "could not convert string to float: 'sepal length'", names=("sepal length", "x")),
     "--no-header"),
    # An XGBoost container answers bad data with 415 (sagemaker-python-sdk #327)
    ("text-column", model(415, CSV_FAILED, text_columns=("churned",), columns=3), "churned.*--drop churned"),
    ("text-column-refused", model(415, "Unable to evaluate payload provided", text_columns=("churned",)),
     "The type is right.*--drop churned"),
    ("unreadable-csv", model(415, CSV_FAILED), "must be a number"),
    ("label-size", model(415, 'label_size must be equal to 1. "text/csv; label_size=0"'), "bare type"),
    # sagemaker-xgboost-container; TF Serving's njs; sagemaker-inference-toolkit; HF toolkit
    ("accept-refused", model(406, "Accept type image/png is not supported"), "leave out --accept"),
    ("accept-not-supported", model(500, TOOLKIT.format("text/foo"), accept="text/foo"), "can't answer in text/foo"),
    ("octet-stream", model(415, '{"error": "Unsupported Media Type: application/octet-stream"}',
     content_type="application/octet-stream"), "with -t"),
    ("wrong-type", model(415, "application/json is not an accepted ContentType: csv, libsvm, parquet.",
     content_type="application/json"), "does not take application/json: try -t csv, or"),
    ("wrong-type", model(500, TOOLKIT.format("text/libsvm"), content_type="text/libsvm"), "-t csv or -t json"),
    ("wrong-type", model(415, '{"error": "Unsupported Media Type: text/csv"}', text_columns=("a",)), "-t json"),
    ("wrong-type", model(400, "Content type audio/wav is not supported. Supported content types are application/json",
     content_type="audio/wav"), "audio/wav"),
    ("wrong-type-status", model(415, ""), "does not take text/csv, or not this data"),
    # TF Serving; MLflow; HF toolkit
    ("wants-instances", model(400, '{"error": "JSON Value: [1] Is not object"}', content_type="application/json"),
     '{"instances": .*--orient instances'),
    ("wants-instances", model(400, "Missing 'inputs' or 'instances' key", content_type="application/json"),
     "--orient instances"),
    ("wants-dataframe-split", model(400, "The input must be a JSON dictionary with exactly one of the input fields "
     "{'dataframe_split', 'dataframe_records', 'inputs'}", content_type="application/json"),
     "--orient dataframe_split"),
    ("wants-inputs", model(500, "KeyError: 'inputs'", content_type="application/json"), "--orient inputs"),
    ("unreadable-json", model(400, "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"), "--dry-run"),
    ("no-route", model(404, "Not Found"), "/invocations"),
    # botocore.exceptions
    ("no-credentials", network("NoCredentialsError", "Unable to locate credentials"), "%sm_connect --profile NAME"),
    ("sso", network("UnauthorizedSSOTokenError", "The SSO session has expired", profile="p"),
     "aws sso login --profile p"),
    ("sso", network("SSOTokenLoadError", "Error loading SSO Token"), "aws sso login"),
    ("login", network("LoginRefreshRequired", "Your session has expired"), "aws login"),
    ("no-profile", network("ProfileNotFound", "The config profile (x) could not be found"), "list-profiles"),
    ("credentials-not-retrieved", network("CredentialRetrievalError", "Error from custom-process"), "--profile"),
    ("no-region", network("NoRegionError"), "%sm_connect --region us-east-1"),
    ("bad-region", network("InvalidRegionError", "Provided region_name 'eu west' doesn't match"), "us-east-1"),
    ("bad-config", network("ConfigParseError", "Unable to parse config file: /x"), "~/.aws/config"),
    ("local-gone", network("EndpointConnectionError", "refused", local=True), "%sm_connect local"),
    ("no-such-host", network("EndpointConnectionError", "Failed to resolve 'runtime.sagemaker.eu-west-1…'"),
     "Is eu-west-1 a region"),
    ("proxy", network("ProxyConnectionError", "Failed to connect to proxy URL"), "NO_PROXY"),
    ("no-connection", network("ConnectTimeoutError", "Connect timeout on endpoint URL"), "interface endpoint"),
    # sdk #5108, #3690; boto3 #4162
    ("no-bundle", network("SSLError", "[Errno 2] No such file or directory"), "AWS_CA_BUNDLE"),
    ("private-ca", network("SSLError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get "
     "local issuer certificate"), "--ca-bundle PATH.pem, or set AWS_CA_BUNDLE"),
    ("wrong-host", network("SSLError", "hostname 'x' doesn't match 'y'"), "--endpoint-url"),
    ("no-tls", network("SSLError", "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "http://"),
    ("cut-large", network("SSLError", SSL_EOF + "occurred in violation of protocol", request=asking(size=9_000_000)),
     "9 MB.*too large"),
    ("cut-large", network("ConnectionClosedError", "Connection was closed", request=asking(size=9_000_000)), "9 MB"),
    ("cut", network("ConnectionClosedError", "Connection was closed before we received a valid response"),
     "may have run"),
    ("bad-header", network("HTTPClientError", "Invalid header value b'a\\nb'"), "line break"),
    ("read-timeout", network("ReadTimeoutError", "Read timeout on endpoint URL"), "--timeout 140"),
    ("read-timeout-early", network("ReadTimeoutError", timeout=5.0), "--timeout 70"),
    # S3 API Reference, "Error responses"; S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors"
    ("no-credentials-for-s3", stored("NoCredentialsError", "Unable to locate credentials"), "AWS_PROFILE=NAME"),
    ("no-such-key", stored("NoSuchKey", "The specified key does not exist."), "aws s3 ls s3://bucket/in/"),
    ("no-such-bucket", stored("NoSuchBucket", "The specified bucket does not exist"), "%sm_connect --profile NAME"),
    ("object-key-denied", stored("AccessDenied", "User: x is not authorized to perform: kms:Decrypt on resource: y"),
     "kms:Decrypt"),
    ("object-denied", stored("AccessDenied", "Access Denied"), "s3:GetObject on arn:aws:s3:::bucket/in/iris.csv"),
    ("written-key-denied", stored("AccessDenied", "User: x is not authorized to perform: kms:GenerateDataKey on "
     "resource: y", writing=True), "allow kms:GenerateDataKey"),
    ("object-write-denied", stored("AccessDenied", "Access Denied", writing=True), r"s3:PutObject on .*bucket/in/\*"),
    ("bucket-elsewhere", stored("PermanentRedirect", "The bucket you are attempting to access must be addressed using "
     "the specified endpoint. Please send all future requests to this endpoint."), "--region REGION"),
    ("bucket-elsewhere", stored("AuthorizationHeaderMalformed", "The authorization header is malformed; the region "
     "'us-east-1' is wrong; expecting 'eu-west-1'"), "--region REGION"),
    ("object-archived", stored("InvalidObjectState", "The operation is not valid for the object's storage class"),
     "restore"),
    ("object-again", stored("SlowDown", "Please reduce your request rate."), "Run the cell again"),
    ("object-again", stored("ReadTimeoutError", "Read timeout on endpoint URL"), "Run the cell again"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "case", "words"), REAL, ids=[f"{n}-{row[0]}" for n, row in enumerate(REAL)])
def test_a_real_text_finds_its_hint(name, case, words):
    """Each text that people met leads to the row that helps, and its sentence says what to type."""
    row = find(case)

    assert row is not None
    assert name == row.name
    assert re.search(words, row.sentence(case), re.DOTALL), row.sentence(case)


def test_every_row_has_a_real_text():
    """No row without a text that somebody really met."""
    assert {row.name for row in TABLE} == {name for name, _, _ in REAL}


def test_rows_have_names_of_their_own():
    """Names tell rows apart."""
    assert len(TABLE) == len({row.name for row in TABLE})


OPTIONS = {name for option in (*INVOKE, *CONNECT, *TARGET, *ENDPOINTS) for name in option.names}
MAGICS = {"%sm_invoke", "%%sm_invoke", "%sm_jobs", "%sm_connect", "%sm_target", "%sm_endpoints", "%sm_logs"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_hint_names_only_what_exists(row):
    """Options and magics of the option tables; a command of the AWS CLI may have its own."""
    said = re.sub(r"\{login\}|aws (sso )?login( --profile \S+)?|aws configure [\w-]+", "", row.say)

    assert set(re.findall(r"%%?sm_\w+", said)) <= MAGICS
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", said)) <= OPTIONS


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_hint_is_one_short_sentence_or_two(row):
    """At most two lines of a terminal, whatever is known of the case; a full stop, but not behind an option to copy."""
    for case in (Case(), validation("x", region="eu-west-1")):
        said = row.sentence(case)
        assert said.endswith((".", "!")) or re.search(r" (?:--?[a-z]|%sm_)\S*(?: [^\s.]\S*[^\s.])?$", said)
        assert "\n" not in said and len(said) <= 220


def test_waiting_helps_where_the_model_is_not_there_yet():
    """ModelNotReady and no capacity, and nothing else."""
    assert {"not-ready", "no-capacity"} == {row.name for row in TABLE if row.not_ready}


@given(
    code=st.sampled_from(["ModelError", "ValidationError", "SSLError", "ReadTimeoutError", "Whatever", ""]),
    status=st.none() | st.integers(0, 599),
    text=st.text(max_size=300),
    local=st.booleans(),
)
def test_any_failure_has_a_hint_or_none(code, status, text, local):
    """Law: the table never fails, whatever was said."""
    for request in (None, asking(text_columns=("a",), target_model="m", target_variant="v")):
        row = find(Case(code=code, status=status, text=text, local=local, request=request))
        assert row is None or row.sentence(Case(code=code, text=text, request=request))


@pytest.mark.parametrize(
    "text", ["x", "session ", "inference component ", "has 1 feature, but ", "content type ", "endpoint a "]
)
def test_a_hostile_message_costs_little(text):
    """No pattern runs away on a message that almost fits, again and again."""
    started = time.perf_counter()

    for code in ("ModelError", "ValidationError"):
        find(Case(code=code, text=text * 20_000, request=asking(session_id="s")))

    assert time.perf_counter() - started < 1
