"""The options of asynchronous calls: what ``--async`` brings with it, and %sm_jobs'."""

from __future__ import annotations

from .grammar import Option

QUEUE: tuple[Option, ...] = (
    Option(
        name="--async",
        negation="--no-async",
        dest="async",
        group="Asynchronous",
        help="queue the request (InvokeEndpointAsync): a Job at once; or answer in real time (the default)",
    ),
    Option(
        name="--wait",
        dest="wait",
        metavar="SECONDS",
        kind="seconds",
        optional_value=True,
        group="Asynchronous",
        help="wait for the answer and show it; without a number as long as the model may take, and 10 minutes",
    ),
    Option(
        name="--upload-to",
        dest="upload_to",
        metavar="S3URI",
        group="Asynchronous",
        help="a folder of S3 for the body; without it a small one goes with the call",
    ),
    Option(
        name="--upload-kms-key",
        dest="upload_kms_key",
        metavar="KEY",
        group="Asynchronous",
        help="the KMS key that encrypts an uploaded body",
    ),
    Option(
        name="--delete-input",
        dest="delete_input",
        group="Asynchronous",
        help="delete an uploaded body once there is an answer or a failure",
    ),
)

LIST: tuple[Option, ...] = (
    Option(
        name="--wait",
        dest="wait",
        metavar="SECONDS",
        kind="seconds",
        optional_value=True,
        help="wait for all, or for the one that is attached; without a number as long as the models may take",
    ),
    Option(
        name="--cancel", dest="cancel", metavar="ID", help="stop waiting for this one; the request goes on"
    ),
    Option(
        name="--attach",
        dest="attach",
        metavar="S3URI",
        help="pick up the request whose answer is, or will be, at this place; or a listed one, by its id",
    ),
    Option(
        name="--failure", dest="failure", metavar="S3URI", help="with --attach: where its failure would be"
    ),
)
