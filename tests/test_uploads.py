"""Where a body goes: with the call, or to the first place in S3 that there is."""

from datetime import UTC, datetime

import pytest

from sm_magic import uploads
from sm_magic.errors import ConnectError, UsageError
from sm_magic.messages import Endpoint, Payload, Request, Where
from sm_magic.s3 import S3Folder
from sm_magic.settings import Settings
from sm_magic.transports import model
from sm_magic.transports.function import FunctionCatalog, FunctionStore

REQUEST = Request(
    endpoint="iris",
    operation="InvokeEndpointAsync",
    payload=Payload(body=b"1,2\n" * 50_000, content_type="text/csv"),
)
ACCOUNT, DEFAULT = "123456789012", "sagemaker-eu-west-1-123456789012"
WHERE = Where(region="eu-west-1")
ASYNC = Endpoint(name="iris", status="InService", asynchronous=True, output_path="s3://mine/async/out")


def to(upload_to=None, *, settings=None, endpoints=(ASYNC,), account=ACCOUNT, buckets=(DEFAULT,), **more):
    """Where the body goes."""
    request = Request(**{**{n: getattr(REQUEST, n) for n in ("endpoint", "operation", "payload")}, **more})
    return uploads.destination(
        request,
        upload_to,
        settings or Settings(),
        WHERE,
        catalog=FunctionCatalog(endpoints, account),
        store=FunctionStore({}, buckets=buckets),
    )


def test_the_first_place_that_there_is_is_taken():
    """The user's, the target's, beside the endpoint's answers, the default bucket."""
    settings = Settings(targets={"mine": {"endpoint": "iris", "upload_to": "s3://targets/in"}})
    assert to("s3://users/a", settings=settings, target="mine").folder == S3Folder("users", "a/")
    assert to(settings=settings, target="mine").folder == S3Folder("targets", "in/")
    assert to(settings=settings).folder == S3Folder("mine", "async/")
    assert to(endpoints=()).folder == S3Folder(DEFAULT)


def test_what_no_user_named_must_be_the_callers_own():
    """Anyone can make a bucket of a name that can be guessed."""
    assert to("s3://users/a").owner is None
    assert to().owner == to(endpoints=()).owner == ACCOUNT


@pytest.mark.parametrize("missing", [{"buckets": ()}, {"account": None}])
def test_no_bucket_is_made(missing):
    """Where there is no place, the error says how to name one."""
    with pytest.raises(UsageError, match=r"A body of 200,000 bytes goes by way of S3(.|\n)*upload_to="):
        to(endpoints=(), **missing)


def test_a_denied_side_call_costs_nothing():
    """The next place is tried."""

    class Denied(FunctionCatalog):
        def endpoint(self, name):
            raise ConnectError("denied")

    found = uploads.destination(
        REQUEST,
        None,
        Settings(),
        WHERE,
        catalog=Denied(account=ACCOUNT),
        store=FunctionStore({}, buckets=[DEFAULT]),
    )
    assert found.folder == S3Folder(DEFAULT)
    with pytest.raises(UsageError, match="no place"):
        uploads.destination(REQUEST, None, Settings(), WHERE, catalog=None, store=FunctionStore({}))


def test_a_small_body_goes_with_the_call_where_botocore_can():
    """Up to 128,000 bytes; not if the user named a place for it."""
    can = model.has("InvokeEndpointAsync", "Body")

    def small(size):
        return Request(endpoint="e", payload=Payload(body=bytes(size), content_type="text/csv"))

    assert uploads.goes_inline(small(128_000), Settings(), None) is can
    assert not uploads.goes_inline(small(128_001), Settings(), None)
    assert not uploads.goes_inline(small(1), Settings(), "s3://users/a")


def test_a_key_tells_people_what_it_is():
    """Endpoint, date, kind of file; no two are the same."""
    now = datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC)
    key = uploads.key(REQUEST, now)
    assert key.startswith("sm-magic/iris/2026-11-21/100007-") and key.endswith(".csv")
    assert key != uploads.key(REQUEST, now)
    other = Request(endpoint="e", payload=Payload(body=b"", content_type="application/x-unheard-of"))
    assert "." not in uploads.key(other, now)
