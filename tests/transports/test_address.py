"""Which URLs are on this machine, and which may be used."""

import pytest

from sm_magic.errors import UsageError
from sm_magic.transports.address import check, is_default, is_loopback

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
    "http://127.0.0.1@example.com/",
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


@pytest.mark.parametrize("url", ["https://me:secret@example.com", "http://me:secret@127.0.0.1:8080"])
def test_a_password_in_a_url_is_refused_and_not_repeated(url):
    """URLs are shown on every card; credentials never are."""
    with pytest.raises(UsageError, match="password in the URL") as caught:
        check(url)

    assert "secret" not in str(caught.value)
