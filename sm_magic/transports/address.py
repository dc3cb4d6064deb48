"""URLs of endpoints: which are on this machine, and which may be used at all."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from ..errors import UsageError

__all__ = ["check", "is_default", "is_loopback"]

_AWS_OWN = re.compile(r"runtime(-fips)?\.sagemaker\.[a-z0-9-]+\.[a-z0-9.-]+")


def is_loopback(url: str | None) -> bool:
    """Whether *url* stays on this machine: 127.0.0.0/8, ::1, localhost."""
    host = _host(url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_default(url: str) -> bool:
    """Whether *url* is the service's own public one, which nobody needs to be told."""
    return bool(_AWS_OWN.fullmatch(_host(url)))


def check(url: str | None) -> None:
    """Raise UsageError if calls must not go to *url*; None is the service's own.

    A body and its answer are the user's data, and the signature proves only who sent it: over plain http both
    can be read and changed on the way.  Loopback has no way.
    """
    if url is None:
        return
    scheme, host = _scheme(url), _host(url)
    if scheme not in ("http", "https") or not host:
        raise UsageError(
            f"{url} is no URL of an endpoint.", hint="--endpoint-url https://HOST, or http://127.0.0.1:PORT."
        )
    if "@" in urlsplit(url).netloc and (scheme == "https" or is_loopback(url)):
        raise UsageError(
            "A user or password in the URL would be shown wherever the URL is.",
            hint=f"{scheme}://{host}: credentials come from boto3's own chain, --profile NAME.",
        )
    if scheme == "http" and not is_loopback(url):
        raise UsageError(
            f"{url} would send your data unencrypted; plain http is for 127.0.0.1 and localhost only.",
            hint=f"--endpoint-url https://{host}, or a tunnel: ssh -L 8080:{host}:80 …",
        )


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:  # "http://[::1": an address that is never closed
        return ""
