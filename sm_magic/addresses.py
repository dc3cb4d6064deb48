"""URLs that data is sent to: which are on this machine, which may be used at all, what of them is shown."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import UsageError

__all__ = ["check", "is_default", "is_loopback", "is_url", "shown"]

_AWS_OWN = re.compile(
    r"runtime(-fips)?\.sagemaker\.[a-z0-9-]+\.[a-z0-9.-]+"
    r"|s3(-fips)?(\.dualstack)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?"
)


def is_url(url: str) -> bool:
    """Whether *url* is one of HTTP, with a host."""
    return _scheme(url) in ("http", "https") and bool(_host(url))


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


def check(url: str | None, *, option: str = "--endpoint-url ") -> None:
    """Raise UsageError if data must not go to *url*; None is the service's own.  *option* is what it was given by.

    A body and its answer are the user's data, and the signature proves only who sent it: over plain http both
    can be read and changed on the way.  Loopback has no way.
    """
    if url is None:
        return
    safe = shown(url)
    if "@" in url:
        raise UsageError(
            "A user or password in the URL would be shown wherever the URL is.",
            hint=f"Leave it out: {option}{safe}",
        )
    if not is_url(url):
        raise UsageError(
            f"{safe} is no URL of an endpoint.", hint=f"{option}https://HOST, or http://127.0.0.1:PORT"
        )
    if _scheme(url) == "http" and not is_loopback(url):
        raise UsageError(
            f"{safe} would send your data unencrypted; plain http is for 127.0.0.1 and localhost only.",
            hint=f"{option}https://{_host(url)}, or a tunnel: ssh -L 8080:{_host(url)}:80 …",
        )


def shown(url: str) -> str:
    """*url* by its scheme, host, port and path: a user, a password, a query may open a door."""
    scheme, mark, rest = url.partition("://")
    after = re.split("[?#]", (rest if mark else url).rpartition("@")[2])[0]
    return f"{scheme}://{after}" if mark else after


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:  # "http://[::1": an address that is never closed
        return ""
