"""What boto3 is told: a session of a Connection, how its clients are set up, and what of the environment counts.

What boto3 leaves open is settled here: proxies (loopback goes past them), attempts and times (botocore sends again by
itself after a timeout).
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from .. import __version__
from ..settings import Connection

__all__ = ["config", "environment", "new"]

_POOL = 16  # connections kept open: what a batch of that concurrency needs
_READS = 3  # times that S3 is asked for an object, and STS for a role
_LOG_TIMEOUT = 5.0  # seconds to read a page of a log, where its caller has them
_SIDE_TIMEOUT = 1.0  # seconds to connect and to read, for calls that may fail: two seconds in all


def new(connection: Connection) -> Any:
    """A session of the connection's profile, or of none: the local endpoint needs none."""
    import boto3
    import botocore.session

    # An AWS_PROFILE that is not there must not keep anyone from the local endpoint.
    alone = {"profile": (None, None, None, None)} if connection.local_token else None
    core = botocore.session.Session(session_vars=alone)
    # Older boto3 asks the global STS in us-east-1, which private networks don't reach.
    core.set_config_variable("sts_regional_endpoints", "regional")
    profile = None if connection.local_token else connection.profile
    session = boto3.Session(botocore_session=core, profile_name=profile)
    core.register_component("data_loader", _loader(tuple(core.get_component("data_loader").search_paths)))
    return session


def config(connection: Connection, service: str, *, loopback: bool, side: bool) -> Any:
    """What a client of *service* is set up with; *side*: it asks beside a call, and may fail."""
    from botocore.config import Config

    attempts = 1 if side else 1 + connection.retries
    if service != "sagemaker-runtime" and not side:  # to read, or to assume a role, again costs nothing
        attempts = max(attempts, _READS)
    # {} is no proxy; None would be those of the environment.  FIPS and dual stack exclude a URL of one's own.
    past = {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False} if loopback else {}
    return Config(
        connect_timeout=_SIDE_TIMEOUT if side else connection.connect_timeout,
        read_timeout=(_LOG_TIMEOUT if service == "logs" else _SIDE_TIMEOUT) if side else connection.timeout,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=_POOL,
        user_agent_extra=f"sm_magic/{__version__}",
        **past,
    )


def environment() -> int:
    """A fingerprint of what boto3 would read; not the values, which may be secret.

    PERF: asked several times a call; only the values that count are decoded.
    """
    names = [name for name in os.environ if name.startswith("AWS_") or name[-6:].lower() == "_proxy"]
    return hash(tuple([(name, os.environ.get(name)) for name in names]))


@lru_cache(maxsize=4)
def _loader(paths: tuple[str, ...]) -> Any:
    """What reads botocore's descriptions of services in these folders, and keeps them.

    PERF: each session would read them again, a tenth of a second for every further connection.
    """
    from botocore.loaders import Loader

    return Loader(extra_search_paths=list(paths), include_default_search_paths=False)
