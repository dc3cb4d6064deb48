"""Rows for what model containers say.  The same fault has many wordings: each row knows those of several."""

from __future__ import annotations

import re

from .row import Case, Hint

_MODEL = "ModelError"
_CSV = "text/csv"
_NOT_A_NUMBER = re.compile(r"could not convert string to float:? *['\"b]*([^'\"\n\\]*)", re.IGNORECASE)
# scikit-learn (two generations), XGBoost (Python, C++ and AWS's container), Keras, MXNet, LightGBM.
_FEATURES = (
    r"has \d+ features?, but .{0,200} is expecting \d+|number of features|n_features"
    r"|feature_names mismatch|feature shape mismatch|feature size of|features? (is|are) supplied"
    r"|(incompatible|inconsistent|mismatched?) shape|shape (inconsistent|mismatch|incompatible)|mismatch.{0,60} shape"
    r"|expected (axis|\d+ (features|columns))"
)


# Who says how many came and how many were meant: scikit-learn, XGBoost.
_COUNTED = re.compile(
    r"has (?P<got>\d+) features?, but .{0,200} is expecting (?P<meant>\d+)"
    r"|expected:? (?P<meant2>\d+), got:? (?P<got2>\d+)",
    re.IGNORECASE,
)


def _too_few(case: Case) -> bool:
    found = _COUNTED.search(case.text)
    if found is None or not case.facts.columns:
        return False
    return int(found["got"] or found["got2"]) < int(found["meant"] or found["meant2"])


def _names_a_column(case: Case) -> bool:
    """The text that is no number is the name of a column: a header was sent."""
    found = _NOT_A_NUMBER.search(case.text)
    return found is not None and found[1].strip() in case.facts.names


def _is_csv(case: Case) -> bool:
    return case.content_type == _CSV


def _refused_accept(case: Case) -> bool:
    """The container names the type that was asked for, not the one that was sent."""
    accept = case.request.accept if case.request else None
    return bool(accept) and accept != case.content_type and str(accept).lower() in case.text.lower()


LIMITS: tuple[Hint, ...] = (
    Hint(
        name="container-timeout",
        code=_MODEL,
        words=r"invocation timed out|upstream timed out|gateway time-?out",
        say="A container has 60 s for an answer, so a longer --timeout does not help: send fewer rows (.head()).",
    ),
    Hint(
        name="no-answer",
        code=_MODEL,
        status=(0, 504),
        say="The container gave no answer in its 60 s: send fewer rows (.head()).",
    ),
    Hint(
        name="too-large",
        code=f"{_MODEL}|413|RequestEntityTooLarge.*|Validation(Error|Exception)",
        words=r"content length exceeded|entity too large|payload too large|body too large|length limit exceeded"
        r"|client error \(413\)|exceeds? the (max|limit)|max_(content|request)_(length|size)|TooLargeFrame",
        say="The body has {size}: send fewer rows (.head()) or a denser type (-t npy; JPEG for images).",
    ),
    Hint(
        name="too-large-status",
        code=f"{_MODEL}|413",
        status=(413,),
        say="The body has {size}: send fewer rows (.head()) or a denser type (-t npy; JPEG for images).",
    ),
    Hint(
        name="eula",
        code=_MODEL,
        words=r"accept_eula",
        say='Read the model\'s licence; --custom-attributes "accept_eula=true" accepts it.',
    ),
    Hint(
        name="out-of-memory",
        code=_MODEL,
        words=r"out of memory|cannot allocate memory|worker died|MemoryError|worker exited|SIGKILL",
        say="The model's process ran out of memory or died: send less at once.",
    ),
)

FEATURES: tuple[Hint, ...] = (
    Hint(
        name="feature-names",
        code=_MODEL,
        words=r"feature names (should match|seen at fit|unseen|must be)|columns are missing",
        say="Name the columns as the model was trained on them; --columns a,b,c picks and orders a table's.",
    ),
    Hint(
        name="feature-missing",
        code=_MODEL,
        words=_COUNTED.pattern,
        when=_too_few,
        say="The model was trained on more columns than were sent: send all of them, in the order of training.",
    ),
    Hint(
        name="feature-count",
        code=_MODEL,
        words=_FEATURES,
        when=lambda case: bool(case.facts.columns),
        say="{columns} columns were sent: --columns a,b,c sends those, in that order; "
        "--drop COLUMN leaves one out (the label?).",
    ),
    Hint(
        name="feature-count-of-text",
        code=_MODEL,
        words=_FEATURES,
        say="Each row needs as many values as the model was trained on, and no label; --dry-run shows what goes out.",
    ),
)

TYPES: tuple[Hint, ...] = (
    Hint(
        name="accept-refused",
        code=_MODEL,
        status=(406,),
        say="The container can't answer in that type: leave out --accept, or --accept application/json",
    ),
    Hint(
        name="accept-not-supported",
        code=_MODEL,
        words=r"not (be )?support|not an accepted|unsupported|not acceptable|accept type",
        when=_refused_accept,
        say="It can't answer in {accept}: leave out --accept, or --accept application/json",
    ),
    Hint(
        name="octet-stream",
        code=_MODEL,
        words=r"octet-stream",
        when=lambda case: case.content_type == "application/octet-stream",
        say="The bytes went out as application/octet-stream: say what they are with -t (csv, json, npy, png, …).",
        of_types=True,
    ),
    Hint(
        name="wrong-type",
        code=_MODEL,
        words=r"content.?type .{0,200}not (be )?support|unsupported (media|content).?type|not an accepted content.?type"
        r"|unsupported format|unsupportedformat|media type.{0,80}not support|content type .{0,100}is invalid",
        say="It does not take {content_type}: try {other_types}, or what its message names.",
        of_types=True,
    ),
)

TABLES: tuple[Hint, ...] = (
    Hint(
        name="header-sent",
        code=_MODEL,
        words=_NOT_A_NUMBER.pattern,
        when=_names_a_column,
        say="The header was read as a row: --no-header leaves it out.",
    ),
    Hint(
        name="text-column",
        code=_MODEL,
        words=r"could not convert|loading csv data failed|not a number|invalid literal|dtype|\bNaN\b|decod|pars",
        when=lambda case: _is_csv(case) and bool(case.facts.text_columns),
        say="The column {column} holds no numbers: --drop {column}, or encode it first.",
    ),
    Hint(
        name="unreadable-csv",
        code=_MODEL,
        words=r"could not convert string to float|loading csv data failed|please ensure data is in csv format",
        say="The type was taken, the data was not: each field of the CSV must be a number. No header, no text; "
        "--dry-run shows what goes out.",
    ),
    Hint(
        name="label-size",
        code=_MODEL,
        words=r"label_size",
        say="Send the bare type: -t csv, without ;label_size=….",
    ),
)

JSON: tuple[Hint, ...] = (
    Hint(
        name="wants-instances",
        code=_MODEL,
        words=r"\binstances\b|failed to process element|is not object|not formatted correctly",
        when=lambda case: case.content_type == "application/json",
        say='A table goes as {{"instances": […]}} with -t json --orient instances',
    ),
    Hint(
        name="wants-dataframe-split",
        code=_MODEL,
        words=r"dataframe_(split|records)",
        say="A table goes in MLflow's form with -t json --orient dataframe_split",
    ),
    Hint(
        name="wants-inputs",
        code=_MODEL,
        words=r"KeyError:? *['\"]inputs['\"]|['\"`]inputs['\"`]",
        when=lambda case: case.content_type == "application/json",
        say='It wants {{"inputs": …}}: a table goes so with -t json --orient inputs',
    ),
    Hint(
        name="unreadable-json",
        code=_MODEL,
        words=r"JSONDecodeError|Expecting value|invalid json|JSON parse error|not valid JSON|could not parse json"
        r"|Expecting property name|Extra data: line|unexpected token",
        say="It could not read the body as JSON: --dry-run shows what goes out; a text needs -t text, a table -t csv",
        of_types=True,
    ),
    Hint(
        name="no-route",
        code=_MODEL,
        status=(404, 405),
        say="The container has no such route or model: a SageMaker container answers POST /invocations.",
    ),
)

REFUSED: tuple[Hint, ...] = (
    Hint(
        name="text-column-refused",
        code=_MODEL,
        status=(415,),
        when=lambda case: _is_csv(case) and bool(case.facts.text_columns),
        say="The type is right, the data is not: the column {column} holds no numbers (--drop {column}).",
    ),
    Hint(
        name="wrong-type-status",
        code=_MODEL,
        status=(415,),
        say="It does not take {content_type}, or not this data in it: try {other_types}; --dry-run shows it.",
        of_types=True,
    ),
)

ROWS = (*LIMITS, *FEATURES, *TYPES, *TABLES, *JSON, *REFUSED)
