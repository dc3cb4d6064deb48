"""S3's XML: answers, errors, and the one document that callers send."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .wire import Answer, Refusal

Content = str | int | Sequence[tuple[str, "Content"]]
"""Of an element: its text, or the elements in it, each with its name."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The words of the server's other services -> S3's own code and message.
_S3_WORDS = {
    "MissingAuthenticationTokenException": ("AccessDenied", "Access Denied"),
    "UnrecognizedClientException": (
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "InternalFailure": ("InternalError", None),
}


def document(name: str, content: Content) -> bytes:
    """An answer's body."""
    return (_HEAD + _element(name, content, _NAMESPACE)).encode()


def error(_: Mapping[str, str], refusal: Refusal) -> Answer:
    """An error as S3 has it; what is in `refusal.extra` are elements of it."""
    code, message = _S3_WORDS.get(refusal.code, (refusal.code, None))
    content = [
        ("Code", code),
        ("Message", message or refusal.message),
        *((name, str(value)) for name, value in refusal.extra.items()),
        ("RequestId", uuid.uuid4().hex[:16].upper()),
        ("HostId", "local"),
    ]
    body = _HEAD + _element("Error", content)
    return refusal.status, {"Content-Type": "application/xml"}, body.encode()


def parts(body: bytes) -> list[tuple[int, str]]:
    """Number and ETag of each part in a CompleteMultipartUpload."""
    malformed = Refusal(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
    if b"<!" in body:  # no document type: nothing expands
        raise malformed
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - see above
        found = [
            (int(part.findtext("{*}PartNumber", "")), part.findtext("{*}ETag", ""))
            for part in root.iterfind("{*}Part")
        ]
    except (ElementTree.ParseError, ValueError) as reason:
        raise malformed from reason
    if not found:
        raise malformed
    return found


def _element(name: str, content: Content, attributes: str = "") -> str:
    if isinstance(content, str | int):
        inner = escape(_NO_XML.sub("\ufffd", str(content)))
    else:
        inner = "".join(_element(*each) for each in content)
    return f"<{name}{attributes}>{inner}</{name}>"
