"""A running endpoint, and boto3 alone as its client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sm_magic import local

REGION = "eu-west-1"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Weights are kept in a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def endpoint(cache: None) -> Iterator[local.LocalEndpoint]:
    """One endpoint for all tests that leave it as it was."""
    started = local.start(seed=7)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[..., Any]]:
    """boto3's client for a service of a local endpoint; `key` is the token where nothing else is said."""
    clients = []

    def client(service: str, endpoint: local.LocalEndpoint, key: str | None = None) -> Any:
        made = boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=endpoint.url,
            aws_access_key_id=key or endpoint.token,
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=20),
        )
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()


@pytest.fixture(scope="session")
def runtime(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> Any:
    """boto3's sagemaker-runtime client."""
    return connect("sagemaker-runtime", endpoint)


@pytest.fixture(scope="session")
def invoke(runtime: Any) -> Callable[..., tuple[bytes, dict[str, Any]]]:
    """Invoke an endpoint: its body, and everything else of the answer."""

    def call(name: str, body: bytes | str = b"", **members: Any) -> tuple[bytes, dict[str, Any]]:
        answer = runtime.invoke_endpoint(EndpointName=name, Body=body, **members)
        return answer.pop("Body").read(), answer

    return call
