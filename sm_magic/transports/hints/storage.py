"""Rows for what S3 says.  Its REST errors: S3 API Reference, "Error responses"."""

from __future__ import annotations

from .row import Case, Hint


def _of_s3(case: Case) -> bool:
    return case.uri is not None


def _written(case: Case) -> bool:
    return case.uri is not None and case.writing


ROWS: tuple[Hint, ...] = (
    Hint(
        name="no-credentials-for-s3",
        code="NoCredentialsError|PartialCredentialsError",
        when=_of_s3,
        say="S3 is read with your own credentials: {login} or aws configure makes some, "
        "%env AWS_PROFILE=NAME uses a profile's.",
    ),
    Hint(
        name="no-such-key",
        code="NoSuchKey",
        when=_of_s3,
        say="`aws s3 ls s3://{bucket}/{folder}` lists what is there.",
    ),
    Hint(
        name="no-such-bucket",
        code="NoSuchBucket",
        when=_of_s3,
        say="`aws s3 ls` lists the account's buckets; %sm_connect --profile NAME reads with another one.",
    ),
    Hint(
        name="written-key-denied",
        code="AccessDenied",
        words=r"\bkms\b",
        when=_written,
        say="The object is encrypted: allow kms:GenerateDataKey and kms:Decrypt on its KMS key.",
    ),
    Hint(
        name="object-write-denied",
        code="AccessDenied|AllAccessDisabled",
        when=_written,
        say="Allow s3:PutObject on arn:aws:s3:::{bucket}/{folder}*, if the bucket is yours; "
        "upload_to='s3://BUCKET/FOLDER' names another place.",
    ),
    Hint(
        name="object-key-denied",
        code="AccessDenied",
        words=r"\bkms\b",
        when=_of_s3,
        say="The object is encrypted: allow kms:Decrypt on its KMS key.",
    ),
    Hint(
        name="object-denied",
        code="AccessDenied|AllAccessDisabled",
        when=_of_s3,
        say="Allow s3:GetObject on arn:aws:s3:::{bucket}/{key}.  A key that is not there is denied too, "
        "unless s3:ListBucket is allowed on arn:aws:s3:::{bucket}.",
    ),
    Hint(
        name="bucket-elsewhere",
        code="PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|301",
        when=_of_s3,
        say="%sm_connect --region REGION asks in the bucket's own region.",
    ),
    Hint(
        name="object-archived",
        code="InvalidObjectState",
        when=_of_s3,
        say="It is archived (Glacier): restore it first, `aws s3api restore-object`.",
    ),
    Hint(
        name="object-again",
        code="SlowDown|ServiceUnavailable|InternalError|RequestTimeout|ReadTimeoutError|ConnectionClosedError"
        "|IncompleteReadError|ResponseStreamingError",
        when=_of_s3,
        say="Run the cell again: nothing was sent to the endpoint yet.",
    ),
)
