"""The values that travel: what they show, and what they don't."""

from datetime import UTC, datetime

from sm_magic.messages import Endpoint, Payload, Request, Ticket

BUCKET = "s3://sagemaker-eu-west-1-123456789012"
CSV = Payload(body=b"1,2\n", content_type="text/csv")


def test_a_body_that_lies_in_s3_does_not_travel():
    """Its type does, with the call."""
    request = Request(endpoint="e", payload=CSV, input_location=f"{BUCKET}/in.csv")
    assert (request.body, request.content_type) == (None, "text/csv")
    assert Request(endpoint="e", payload=CSV).body == b"1,2\n"


def test_no_account_stands_in_a_repr():
    """S3's default buckets have it in their names; attributes are in full."""
    request = Request(endpoint="e", input_location=f"{BUCKET}/in.csv")
    ticket = Ticket(
        output_location=f"{BUCKET}/out",
        failure_location=f"{BUCKET}/failed",
        inference_id="i-1",
        submitted=datetime(2026, 11, 21, tzinfo=UTC),
    )
    endpoint = Endpoint(name="e", status="InService", output_path=f"{BUCKET}/out")
    for shown in map(repr, (request, ticket, endpoint)):
        assert "123456789012" not in shown
    assert "i-1" in repr(ticket) and "…9012/out" in repr(ticket)
    assert ticket.output_location == f"{BUCKET}/out"


def test_a_ticket_without_a_failure_location_says_so():
    """Failures of such an endpoint leave no trace."""
    assert "failures nowhere" in repr(Ticket(output_location="s3://b/out"))
