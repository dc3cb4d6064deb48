"""text -> text without account ids and credentials.

An account id is shown as its last four digits wherever sm_magic writes it: cards, errors, logs, reprs,
history.  Only twelve digits that stand where AWS puts an account id are touched: a model's own numbers stay.
"""

import re

_ACCOUNT = re.compile(
    r"""
    (?P<before>
        \barn:aws[\w-]*:[\w-]*:[\w-]*:            # arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x
      | \baccount(?:[\s_-]?id)?["']?[\s:=#(]+["']?  # "in account 123456789012 for more", {"Account": "123456789012"}
      | \bsagemaker-[a-z]{2}(?:-[a-z]{1,12}){1,4}-\d-      # the default bucket: sagemaker-eu-west-1-123456789012
    )
    \d{8}(?P<last>\d{4})(?!\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REGISTRY = re.compile(r"(?<!\d)\d{8}(?P<last>\d{4})(?=\.dkr\.ecr\.)")
_ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b")
_SECRET = re.compile(
    r"(?P<name>(?:secret_?access_?key|session_?token|x-amz-security-token|x-amz-signature|authorization)"
    r"[\"']?\s*[:=]\s*[\"']?)[^\s\"',}&]+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Replace account ids by ``…9012`` and credentials by ``…`` in *text*."""
    text = _ACCOUNT.sub(lambda m: f"{m['before']}…{m['last']}", text)
    text = _REGISTRY.sub(lambda m: f"…{m['last']}", text)
    text = _ACCESS_KEY.sub("…", text)
    return _SECRET.sub(lambda m: f"{m['name']}…", text)


def placeholders(text: str) -> str:
    """Replace account ids by ``<account>`` and credentials by ``<secret>`` in *text*: for code that others fill in."""
    text = _ACCOUNT.sub(lambda m: f"{m['before']}<account>", text)
    text = _REGISTRY.sub("<account>", text)
    text = _ACCESS_KEY.sub("<secret>", text)
    return _SECRET.sub(lambda m: f"{m['name']}<secret>", text)
