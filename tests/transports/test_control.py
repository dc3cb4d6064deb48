"""SageMaker's control plane: what its answers mean, and what is not there."""

import json

import pytest

from sm_magic.deployments import Component, Configured, Container
from sm_magic.errors import AccessDeniedException
from sm_magic.messages import Variant

CHANGED = 1_795_000_000.0
SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
ABSENT = {
    "configuration": (
        "DescribeEndpointConfig",
        'Could not find endpoint configuration "arn:…:endpoint-config/x".',
    ),
    "model": ("DescribeModel", 'Could not find model "arn:aws:sagemaker:eu-west-1:123456789012:model/x".'),
    "component": ("DescribeInferenceComponent", 'Could not find inference component "arn:…".'),
}


def asked(far, operation):
    """What boto3 sent, of each call of *operation*."""
    return [
        json.loads(seen.body) for seen in far.seen if seen.headers.get("x-amz-target", "").endswith(operation)
    ]


def test_endpoints_are_listed_page_by_page(plane, far):
    """Newest first, those whose names contain what is wanted; three hundred at most."""
    connected, told = plane
    told["ListEndpoints"] = {
        "Endpoints": [{"EndpointName": "e", "EndpointStatus": "Updating", "LastModifiedTime": CHANGED}],
        "NextToken": "more",
    }

    found = connected.catalog.listed("iris")

    assert [(one.name, one.status, one.changed.timestamp()) for one in found] == [
        ("e", "Updating", CHANGED)
    ] * 3
    assert [one.get("NextToken") for one in asked(far, "ListEndpoints")] == [None, "more", "more"]
    assert {one["NameContains"] for one in asked(far, "ListEndpoints")} == {"iris"}


def test_an_endpoint_tells_its_configuration_shadows_and_captures(plane):
    """And what a variant is at, and how much memory a serverless one has."""
    connected, told = plane
    told["DescribeEndpoint"] = {
        "EndpointName": "e",
        "EndpointConfigName": "c",
        "EndpointStatus": "Updating",
        "LastModifiedTime": CHANGED,
        "DataCaptureConfig": {
            "EnableCapture": True,
            "CaptureStatus": "Started",
            "CurrentSamplingPercentage": 20,
            "DestinationS3Uri": "s3://b/captured",
        },
        "ExplainerConfig": {"ClarifyExplainerConfig": {}},
        "ProductionVariants": [
            {
                "VariantName": "v",
                "CurrentServerlessConfig": SERVERLESS,
                "VariantStatus": [{"Status": "Baking", "StartTime": CHANGED}],
            }
        ],
        "ShadowProductionVariants": [{"VariantName": "shadow", "CurrentInstanceCount": 1}],
    }

    found = connected.catalog.endpoint("e")

    assert (found.config, found.changed.timestamp(), found.explains) == ("c", CHANGED, True)
    assert (found.capture_path, found.capture_percent) == ("s3://b/captured", 20)
    assert (Variant(name="v", memory=2048, state="Baking"),) == found.variants
    assert [shadow.name for shadow in found.shadows] == ["shadow"]


def test_a_capture_that_is_off_is_none(plane):
    """Its folder is told all the same."""
    connected, told = plane
    capture = {"EnableCapture": False, "CurrentSamplingPercentage": 20, "DestinationS3Uri": "s3://b/captured"}
    told["DescribeEndpoint"] = {
        "EndpointName": "e", "EndpointStatus": "InService", "DataCaptureConfig": capture
    }  # fmt: skip

    assert connected.catalog.endpoint("e").capture_path is None


def test_a_configuration_names_models_and_instances(plane, far):
    """A variant for components names none.  It is asked once in a while: configurations don't change."""
    connected, told = plane
    told["DescribeEndpointConfig"] = {
        "EndpointConfigName": "c",
        "ProductionVariants": [
            {"VariantName": "a", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1},
            {"VariantName": "b", "InstanceType": "ml.g5.2xlarge", "InitialVariantWeight": 1.0},
            {"VariantName": "s", "ModelName": "m", "ServerlessConfig": SERVERLESS},
        ],
    }

    for _ in range(2):
        found = connected.catalog.configuration("c")

    assert found.variants == (
        Configured(name="a", model="m", instance_type="ml.m5.large", instances=1),
        Configured(name="b", instance_type="ml.g5.2xlarge", weight=1.0),
        Configured(name="s", model="m", memory=2048),
    )
    assert len(far.seen) == 1


def test_a_model_tells_its_containers(plane):
    """One, one for many models, or several that are called by their names; what their environment holds stays there."""
    connected, told = plane
    told["DescribeModel"] = {
        "ModelName": "one",
        "PrimaryContainer": {
            "Image": "x/xgboost:1",
            "Mode": "MultiModel",
            "ModelDataUrl": "s3://b/models/",
            "Environment": {"TOKEN": "secret"},
        },
    }
    one = connected.catalog.model("one")
    told["DescribeModel"] = {
        "ModelName": "two",
        "Containers": [
            {"Image": "a", "ContainerHostname": "first"},
            {"Image": "b", "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b/folder/"}}},
        ],
        "InferenceExecutionConfig": {"Mode": "Direct"},
    }
    two = connected.catalog.model("two")

    assert one.containers == (Container(image="x/xgboost:1", several=True, data="s3://b/models/"),)
    assert two.containers == (
        Container(image="a", hostname="first"),
        Container(image="b", data="s3://b/folder/"),
    )
    assert (one.direct, two.direct) == (False, True)
    assert "secret" not in repr(one)


def test_components_are_listed_and_described(plane, far):
    """Of one endpoint or of all; image, model, copies, and why one failed."""
    connected, told = plane
    told["ListInferenceComponents"] = {
        "InferenceComponents": [
            {
                "InferenceComponentName": "c",
                "EndpointName": "e",
                "VariantName": "v",
                "InferenceComponentStatus": "Failed",
            }
        ]
    }
    told["DescribeInferenceComponent"] = {
        "InferenceComponentName": "c",
        "EndpointName": "e",
        "InferenceComponentStatus": "Failed",
        "FailureReason": "No role arn:aws:iam::123456789012:role/x.",
        "Specification": {"ModelName": "m", "Container": {"DeployedImage": {"SpecifiedImage": "x/vllm:1"}}},
        "RuntimeConfig": {"DesiredCopyCount": 2, "CurrentCopyCount": 0},
    }

    listed, found = connected.catalog.components("e"), connected.catalog.component("c")
    connected.catalog.components()

    assert (Component(name="c", endpoint="e", variant="v", status="Failed"),) == listed
    assert (found.model, found.image, found.copies, found.wanted) == ("m", "x/vllm:1", 0, 2)
    assert "…9012" in found.failure_reason
    assert [one.get("EndpointNameEquals") for one in asked(far, "ListInferenceComponents")] == ["e", None]


@pytest.mark.parametrize("method", ABSENT)
def test_what_is_not_there_is_none(plane, far, method):
    """A ValidationException, told from a denial by its words."""
    connected, told = plane
    operation, said = ABSENT[method]
    with pytest.raises(AccessDeniedException):
        getattr(connected.catalog, method)("denied")
    told[operation] = far.fault("ValidationException", said)

    assert getattr(connected.catalog, method)("x") is None


def test_the_models_of_a_multi_model_endpoint_lie_below_its_address(far, warmed):
    """ListObjectsV2, without the folder and what else is none."""
    from sm_magic.settings import Connection

    keys = "".join(
        f"<Contents><Key>models/{name}</Key></Contents>" for name in ("", "a.tar.gz", "eu/b.tar.gz", "old/")
    )
    listing = f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{keys}</ListBucketResult>'
    far.says(far.Answer(body=listing.encode()))
    catalog = warmed(Connection(endpoint_url=far.url, local_token="t")).catalog

    assert catalog.below("s3://bucket/models/", 10) == ("a.tar.gz", "eu/b.tar.gz")
    assert "prefix=models%2F" in far.seen[0].path and "max-keys=11" in far.seen[0].path
