"""The options: one table for parsing, help, completion, documents and tests.

The members of the API come from `members.INPUTS`, a row each; the others are ours.
"""

from __future__ import annotations

from ..members import INPUTS, Member
from .grammar import Kind, Option
from .tables_async import LIST, QUEUE
from .tables_catalog import BELOW, INSPECT, READ

# The leaves' own tables, which %load_ext must not import; a test holds them together.
VIEWS = ("auto", "table", "json", "image", "text", "markdown", "html", "raw")
LANGUAGES = ("python", "cli", "curl", "javascript", "iam")
ORIENTS = (
    "records", "split", "values", "columns", "index", "instances", "features", "inputs", "dataframe_split",
    "dataframe_records", "v2",
)  # fmt: skip

_SHORT = {"content_type": "-t", "accept": "-a"}
_KINDS: dict[str, Kind] = {
    "content_type": "media_type",
    "accept": "media_type",
    "request_ttl_seconds": "count",
    "invocation_timeout_seconds": "count",
}
_METAVARS = {
    "content_type": "TYPE",
    "accept": "TYPE",
    "custom_attributes": "TEXT",
    "enable_explanations": "JMESPATH",
    "input_location": "S3URI",
    "s3_output_path_extension": "FOLDER",
    "request_ttl_seconds": "SECONDS",
    "invocation_timeout_seconds": "SECONDS",
}


def _group(member: Member) -> str:
    if member.name == "input_location":
        return "Body"
    return "Request" if member.invoke is not None else "Asynchronous"


MEMBERS: tuple[Option, ...] = tuple(
    Option(
        name=member.option,
        short=_SHORT.get(member.name),
        dest=member.name,
        metavar=_METAVARS.get(member.name, "ID" if member.name.endswith("_id") else "NAME"),
        kind=_KINDS.get(member.name, "text"),
        help=member.help,
        group=_group(member),
    )
    for member in INPUTS
    if member.option is not None
)

_BODY: tuple[Option, ...] = (
    Option(
        name="--file",
        dest="file",
        metavar="PATH",
        group="Body",
        help="send this file, or s3://BUCKET/KEY, as its suffix says",
    ),
    Option(
        name="--form",
        dest="form",
        metavar="NAME=VALUE",
        kind="form",
        repeatable=True,
        group="Body",
        help="send a form with this field; NAME=@PATH: a file, NAME=${expr}: a value; may be repeated",
    ),
    Option(
        name="--python",
        dest="python",
        group="Body",
        help="the cell is Python: send its last expression's value",
    ),
    Option(name="--expand", dest="expand", group="Body", help="fill ${expr} in the cell from the notebook"),
    Option(
        name="--header",
        negation="--no-header",
        dest="header",
        group="Body",
        help="send a table's column names as its first CSV row, or not (the default)",
    ),
    Option(
        name="--columns",
        dest="columns",
        metavar="A,B|@NAME",
        kind="columns",
        group="Body",
        help="send these columns of a table, in this order; @NAME: those of a list or DataFrame",
    ),
    Option(
        name="--drop",
        dest="drop",
        metavar="COLUMN",
        repeatable=True,
        group="Body",
        help="leave out this column; may be repeated",
    ),
    Option(
        name="--orient",
        dest="orient",
        metavar="LAYOUT",
        choices=ORIENTS,
        group="Body",
        help="how a table or array is laid out in JSON; v2: KServe's named tensors",
    ),
    Option(name="--raw", dest="raw", group="Body", help="send the cell as it is, unchecked"),
    Option(name="--no-limit", dest="no_limit", group="Body", help="send a body above the limit of size"),
)

_ANSWER: tuple[Option, ...] = (
    Option(
        name="--out",
        short="-o",
        dest="out",
        metavar="NAME",
        kind="name",
        group="Answer",
        help="keep the decoded value in this variable; it is still shown",
    ),
    Option(
        name="--out-frame",
        dest="out_frame",
        metavar="NAME",
        kind="name",
        group="Answer",
        help="keep the predictions in this variable, as a DataFrame",
    ),
    Option(
        name="--query",
        dest="query",
        metavar="JMESPATH",
        group="Answer",
        help="the part of a JSON answer that is the value",
    ),
    Option(
        name="--deserializer",
        dest="deserializer",
        metavar="EXPR",
        kind="object",
        group="Answer",
        help="read the answer with this object's deserialize(), as the SageMaker SDK's have; its ACCEPT is sent",
    ),
    Option(
        name="--view",
        dest="view",
        metavar="VIEW",
        choices=VIEWS,
        group="Answer",
        help="how the answer is shown",
    ),
    Option(
        name="--save",
        dest="save",
        metavar="PATH",
        group="Answer",
        help="write the answer's body to this file",
    ),
    Option(name="--quiet", short="-q", dest="quiet", group="Answer", help="show nothing"),
    BELOW,
)

_STREAM = Option(
    name="--stream",
    negation="--no-stream",
    dest="stream",
    help="show the answer as it comes (InvokeEndpointWithResponseStream), or whole (the default)",
)
_BACKGROUND = Option(
    name="--background",
    dest="background",
    help="go on with the next cell: a Pending at once, whose card becomes the answer",
)
_DRY_RUN = Option(
    name="--dry-run", dest="dry_run", help="show the request and send nothing; needs no credentials"
)
_CODE = Option(
    name="--code",
    dest="code",
    metavar="LANGUAGE",
    choices=LANGUAGES,
    help="show the call in this language, or the least policy that allows it, and send nothing",
)
_WAITING: tuple[Option, ...] = (
    Option(
        name="--timeout",
        dest="timeout",
        metavar="SECONDS",
        kind="seconds",
        help="wait this long for the answer",
    ),
    Option(
        name="--retries",
        dest="retries",
        metavar="N",
        kind="count",
        help="send again up to N times what may already have run",
    ),
)
_PLACE: tuple[Option, ...] = (
    Option(name="--profile", dest="profile", metavar="NAME", help="the AWS profile"),
    Option(name="--region", dest="region", metavar="REGION", help="the AWS region"),
    Option(
        name="--role-arn",
        dest="role_arn",
        metavar="ARN",
        help="assume this role first (AssumeRole of STS), and call as it",
    ),
    Option(name="--endpoint-url", dest="endpoint_url", metavar="URL", help="the URL of SageMaker Runtime"),
)
_COMMON: tuple[Option, ...] = (
    Option(name="--traceback", dest="traceback", help="show the whole traceback of an error"),
    Option(name="--help", short="-h", dest="help", help="show this"),
)

INVOKE: tuple[Option, ...] = (
    *MEMBERS, *_BODY, *QUEUE, *_ANSWER, _STREAM, _BACKGROUND, _DRY_RUN, _CODE, *_WAITING, *_PLACE, *_COMMON,
)  # fmt: skip
ASYNCHRONOUS: frozenset[str] = frozenset(
    {"wait", "upload_to", "upload_kms_key", "delete_input"}
    | {member.name for member in INPUTS if member.option and member.invoke is None}
)
"""Dests of the options that mean nothing without ``--async``."""

JOBS: tuple[Option, ...] = (*LIST, *(o for o in _ANSWER if o.dest in ("out", "view", "quiet")), *_COMMON)

PANEL: tuple[Option, ...] = _COMMON
ENDPOINTS: tuple[Option, ...] = (*INSPECT, *_PLACE, *_COMMON)
LOGS: tuple[Option, ...] = (*READ, *_PLACE, *_COMMON)

HISTORY: tuple[Option, ...] = (
    Option(name="--insert", dest="insert", help="put the cell that makes the same request below this one"),
    Option(name="--bodies", dest="bodies", help="show what was sent and what was received too"),
    Option(
        name="--save",
        dest="save",
        metavar="PATH",
        help="write what was sent to this file; with --insert the cell sends it from there",
    ),
    Option(name="--clear", dest="clear", help="forget all calls"),
    *_COMMON,
)

CONNECT: tuple[Option, ...] = (
    Option(name="--new", dest="new", help="with local: start another endpoint server, even if one runs"),
    Option(
        name="--check",
        dest="check",
        metavar="ENDPOINT",
        help="say ✓ or ✗ of each feature and permission for this endpoint; nothing is invoked",
    ),
    *_PLACE,
    Option(name="--s3-endpoint-url", dest="s3_endpoint_url", metavar="URL", help="the URL of S3"),
    Option(
        name="--sagemaker-endpoint-url",
        dest="sagemaker_endpoint_url",
        metavar="URL",
        help="the URL of SageMaker's control plane",
    ),
    Option(name="--ca-bundle", dest="ca_bundle", metavar="PATH", help="a file of CA certificates"),
    Option(
        name="--trust-project",
        dest="trust_project",
        help="take URLs, roles and profiles from the project's pyproject.toml too",
    ),
    *_COMMON,
)

# What one call alone can mean is no part of a target: ids, bodies, names of variables, files.
_PER_CALL = frozenset(
    {
        "inference_id", "session_id", "prefix_aware_id", "file", "form", "python", "expand", "raw", "no_limit", "out",
        "out_frame", "save", "quiet", "dry_run", "code", "deserializer", "input_location", "filename", "wait",
        "background",
    }
)  # fmt: skip
TARGET: tuple[Option, ...] = (
    *(option for option in INVOKE if option.dest not in _PER_CALL and option not in _COMMON),
    Option(
        name="--project",
        dest="project",
        help="keep it in the project's pyproject.toml, not in the user's file",
    ),
    *_COMMON,
)
