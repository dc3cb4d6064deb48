"""Settings: one frozen value.  The magics' traits are generated from its fields; `Client()` loads it too.

Order: option > target > ``%config SageMakerMagics`` > ``ipython_config.py`` > ``[tool.sm_magic]`` in the
nearest pyproject.toml > the default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

MB = 1_000_000
GiB = 1 << 30


def _setting(default: Any, help: str, *, shown: bool = True) -> Any:  # noqa: A002 - the word that traitlets uses
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata={"help": help})
    return field(default=default, metadata={"help": help}, repr=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, with their defaults.  Sizes in bytes, times in seconds."""

    region: str | None = _setting(None, "AWS region; None: boto3's own chain, AWS_REGION included")
    profile: str | None = _setting(None, "AWS profile; None: boto3's own chain")
    role_arn: str | None = _setting(None, "ARN of a role to assume for all calls; None: none", shown=False)
    endpoint_url: str | None = _setting(None, "URL of SageMaker Runtime, for a private or local endpoint")
    sagemaker_endpoint_url: str | None = _setting(None, "URL of the SageMaker control plane")
    s3_endpoint_url: str | None = _setting(None, "URL of S3")
    ca_bundle: str | None = _setting(None, "file of CA certificates; None: AWS_CA_BUNDLE")
    targets: Mapping[str, Mapping[str, Any]] = _setting(
        MappingProxyType({}),
        "named endpoints with their usual options: {name: {'endpoint': …, option: value}}",
    )

    timeout: float = _setting(70.0, "seconds to wait for an answer (containers have 60)")
    connect_timeout: float = _setting(5.0, "seconds to wait for a connection")
    retries: int = _setting(0, "how often a request that may have run is sent again")
    ready_timeout: float = _setting(
        360.0, "seconds to wait for a model that is not ready or has no capacity; 0: don't wait"
    )

    warn_bytes: int = _setting(6_291_456, "a real-time body above this gets a warning (older limit: 6 MB)")
    max_bytes: int = _setting(25 * MB, "a real-time body above this is refused unless --no-limit (25 MB)")
    inline_bytes: int = _setting(128_000, "an asynchronous body up to this goes with the call, else by S3")
    max_async_bytes: int = _setting(
        1_000 * MB, "an asynchronous body above this is refused unless --no-limit (1 GB)"
    )
    max_requests: int = _setting(2_000, "more requests at once than this are refused unless they are allowed")
    max_decoded_bytes: int = _setting(GiB, "what is decoded never takes more memory than this")
    json_check_bytes: int = _setting(
        MB, "a literal JSON body up to this size is checked whole before sending"
    )

    max_rows: int = _setting(20, "rows of a table that are shown")
    max_columns: int = _setting(20, "columns of a table that are shown")
    max_text: int = _setting(256 * 1024, "bytes of text and of markup that are shown")
    max_image_bytes: int = _setting(MB, "an image up to this size is embedded as it came")
    max_image_pixels: int = _setting(4 * MB, "an image up to this many pixels is embedded as it came")
    html: bool = _setting(True, "show answers as HTML too; False: text only")

    first_events: int = _setting(10_000, "events of a stream that are kept from its beginning")
    last_events: int = _setting(1_000, "events of a stream that are kept from its end")

    history_size: int = _setting(100, "how many calls the history keeps")
    history_bytes: int = _setting(8 * MB, "bodies up to this in all are kept in the history, then digests")
    journal: bool = _setting(
        True, "keep a file of asynchronous requests (no bodies), to find their answers after a restart"
    )
    traceback: bool = _setting(False, "show the whole Python traceback of errors")

    def connection(self, **changes: Any) -> Connection:
        """Where these settings send calls, and how; *changes* come first."""
        given = {f.name: getattr(self, f.name) for f in fields(Connection) if hasattr(self, f.name)}
        return Connection(**{**given, **{k: v for k, v in changes.items() if v is not None}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where calls go and how: what clients are cached by.  Holds no credentials."""

    profile: str | None = None
    role_arn: str | None = field(default=None, repr=False)
    region: str | None = None
    endpoint_url: str | None = None
    sagemaker_endpoint_url: str | None = None
    s3_endpoint_url: str | None = None
    ca_bundle: str | None = None
    timeout: float = 70.0
    connect_timeout: float = 5.0
    retries: int = 0
    local_token: str | None = field(default=None, repr=False)
    """Set for sm_magic's own local endpoint: the dummy access key that it knows its callers by."""
