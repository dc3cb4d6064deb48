"""Which URLs are on this machine, and which may be used."""

import pytest

from sm_magic.addresses import check, is_default, is_loopback, shown
from sm_magic.errors import UsageError

LOOPBACK = [
    "http://127.0.0.1:8080",
    "http://127.8.9.1",
    "http://localhost:8080/x",
    "http://LOCALHOST",
    "http://[::1]:8080",
    "https://127.0.0.1",
]
ELSEWHERE = [
    "http://10.0.0.1",
    "http://example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://0.0.0.0:8080",
    "http://[::ffff:10.0.0.1]/",
]


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_loopback(url):
    """127.0.0.0/8, ::1 and localhost stay on this machine, also without TLS."""
    assert is_loopback(url)
    check(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_plain_http_off_this_machine_is_refused(url):
    """Whatever looks like loopback and is not must not get the data unencrypted."""
    assert not is_loopback(url)
    with pytest.raises(UsageError, match="unencrypted"):
        check(url)


@pytest.mark.parametrize(
    "url", ["iris", "http://", "ftp://example.com", "https://", "http://[::1", "example.com:80"]
)
def test_what_is_no_url_is_refused(url):
    """With the form that would work."""
    with pytest.raises(UsageError, match="--endpoint-url https://HOST"):
        check(url)


def test_https_is_fine_anywhere():
    """None is the service's own."""
    check("https://vpce-1.runtime.sagemaker.eu-west-1.vpce.amazonaws.com")
    check(None)


def test_the_services_own_url_goes_without_saying():
    """A private one is told."""
    assert is_default("https://runtime.sagemaker.eu-west-1.amazonaws.com")
    assert is_default("https://runtime.sagemaker.cn-north-1.amazonaws.com.cn")
    assert not is_default("https://vpce-1.runtime.sagemaker.eu-west-1.vpce.amazonaws.com")
    assert not is_default("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@example.com",
        "http://me:secret@127.0.0.1:8080",
        "http://me:secret@example.com",
        "ftp://me:secret@example.com",
        "me:secret@example.com",
        "https://me:se/secret@example.com",
        "https://secret@me@example.com",
        "http://127.0.0.1:secret@example.com/",
        "https:/me:secret@example.com",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(url):
    """URLs are shown on every card; credentials never are.  Whatever else is wrong with it."""
    with pytest.raises(UsageError, match="password in the URL") as caught:
        check(url)

    assert "secret" not in str(caught.value)
    assert "example.com" in str(caught.value) or "127.0.0.1:8080" in str(caught.value)
    assert "secret" not in shown(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.com", "https://example.com"),
        ("https://me:pw@example.com:8443/a/b?token=t#f", "https://example.com:8443/a/b"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("iris", "iris"),
    ],
)
def test_a_url_is_shown_by_scheme_host_port_and_path(url, told):
    """A user, a query and a fragment may hold what opens a door."""
    assert shown(url) == told


def test_the_way_out_is_the_callers():
    """The hint names the option that the address came by."""
    with pytest.raises(UsageError, match=r"--container mine=https://10\.0\.0\.1"):
        check("http://10.0.0.1:8080", option="--container mine=")
