"""What the control plane adds to an error."""

import pytest

from sm_magic.deployments import Component
from sm_magic.diagnosis import explain
from sm_magic.errors import AccessDeniedException, ModelError, ValidationError
from sm_magic.messages import Endpoint, Payload, Request, Variant
from sm_magic.transports.function import FunctionCatalog


def refused(message):
    """The service's refusal."""
    return ValidationError(message, status=400, service_message=message)


def test_an_endpoint_that_is_not_in_service_tells_its_state_and_reason():
    """Creating, Updating, Failed: the state is the hint, and account ids in the reason are cut."""
    reason = "Role arn:aws:iam::123456789012:role/x can't pull the image"
    catalog = FunctionCatalog(endpoints=[Endpoint(name="e", status="Failed", failure_reason=reason)])
    error = refused("Endpoint e is not InService")

    explain(error, Request(endpoint="e"), catalog)

    assert "e is Failed" in error.hint and error.hint.endswith("%sm_logs e shows its log.")
    assert "123456789012" not in error.hint


def test_an_endpoint_that_is_being_made_can_be_followed():
    """The hint names how."""
    error = refused("Endpoint e is not InService")

    explain(error, Request(endpoint="e"), FunctionCatalog([Endpoint(name="e", status="Updating")]))

    assert error.hint.endswith(
        "e is Updating. It answers once it is InService; %sm_endpoints e --wait follows it."
    )


def test_few_endpoints_are_listed_when_none_is_near():
    """A name that is near nothing gets the list, if it is short."""
    catalog = FunctionCatalog(endpoints=[Endpoint(name="iris", status="InService")])
    error = refused("Endpoint zzzzzz of account 123456789012 not found.")

    explain(error, Request(endpoint="zzzzzz"), catalog)

    assert "There is: iris." in error.hint


@pytest.mark.parametrize("error", [ModelError("x", hint="kept"), refused("something else")])
def test_other_errors_keep_their_hint(error):
    """Only what the control plane knows of is asked."""
    before = error.hint

    explain(error, Request(endpoint="e"), FunctionCatalog())

    assert before == error.hint


DLC = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
TFS = f"{DLC}/tensorflow-inference:2.14.1-cpu"
GUESS = "It does not take image/png: try -t csv or -t json, or what its message names."
LOG = "Its log: https://console"


def disliked(status, said, hint):
    """What a container said of what it got."""
    error = ModelError(said, hint=hint, status=424, code="ModelError", service_message=said)
    error.original_status, error.original_message, error.original_text = status, said, said
    return error


def asking(content_type="image/png", **more):
    """A request with a body of this type."""
    return Request(endpoint="e", payload=Payload(body=b"1", content_type=content_type), **more)


def deployed(*images, **more):
    """An endpoint with a variant for each image."""
    variants = [Variant(name=f"v{i}", images=(image,)) for i, image in enumerate(images)]
    return FunctionCatalog([Endpoint(name="e", status="InService", variants=tuple(variants))], **more)


def test_a_type_that_was_refused_is_answered_by_the_image():
    """The framework's own types take the place of a guess; where its log is stays."""
    error = disliked(415, "Unsupported Media Type: image/png", f"{GUESS}\n{LOG}")

    explain(error, asking(), deployed(TFS))

    assert error.hint == f"This is TensorFlow Serving: -t json --orient instances\n{LOG}"


def test_a_body_of_a_good_type_keeps_its_hint_and_learns_the_layout():
    """JSON is what it takes; how it is laid out is the question."""
    told = "It could not read the body as JSON: --dry-run shows what goes out; a text needs -t text, a table -t csv"
    error = disliked(400, "JSON parse error", f"{told}\n{LOG}")

    explain(error, asking("application/json"), deployed(TFS))

    assert error.hint.splitlines() == [told, "This is TensorFlow Serving: -t json --orient instances", LOG]


def test_a_400_without_a_hint_names_the_framework():
    """It is the request that the container did not like."""
    error = disliked(400, "bad", None)

    explain(error, asking("text/csv"), deployed(TFS, TFS))

    assert error.hint == "This is TensorFlow Serving: -t json --orient instances"


@pytest.mark.parametrize(
    ("error", "catalog", "request_"),
    [
        (disliked(500, "division by zero", "kept"), deployed(TFS), asking()),
        (disliked(413, "too large", "kept"), deployed(TFS), asking()),
        (disliked(400, "accept_eula", "kept"), deployed(TFS), asking()),
        (disliked(400, "X has 3 features, but Y is expecting 4", "kept"), deployed(TFS), asking()),
        (disliked(415, "no", "kept"), deployed("mine:1"), asking()),
        (disliked(415, "no", "kept"), deployed(TFS, "mine:1"), asking()),
        (disliked(415, "no", "kept"), FunctionCatalog(), asking()),
    ],
)
def test_other_failures_keep_what_is_said_of_them(error, catalog, request_):
    """What is no matter of types, an image that is not known, variants that differ, no such endpoint."""
    explain(error, request_, catalog)

    assert error.hint == "kept"


def test_the_image_of_what_was_asked_for_counts():
    """A variant's own, a component's own."""
    vllm = Component(name="c", endpoint="e", image=f"{DLC}/vllm:1")
    for request, name in (
        (asking(target_variant="v1"), "XGBoost"),
        (asking(inference_component_name="c"), "vLLM"),
    ):
        error = disliked(415, "no", None)
        explain(error, request, deployed(TFS, "x/sagemaker-xgboost:1", components=[vllm]))
        assert error.hint.startswith(f"This is {name}:")


def test_a_denied_description_says_no_less_than_before():
    """A side call costs nothing but words."""

    def gate(call):
        raise AccessDeniedException("no", status=403)

    error = disliked(415, "no", "kept")

    explain(error, asking(), deployed(TFS, gate=gate))

    assert error.hint == "kept"
