"""The picture that was sent."""

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views.sent_picture import canvas, picture_sent


def _bytes(kind, size=(20, 10)):
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return file.getvalue()


def _json(text):
    return Payload(body=text.encode(), content_type="application/json")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_the_body_itself_or_base64_in_it(kind):
    """Whatever the label says: containers take pictures under many."""
    body = _bytes(kind)
    text = b64encode(body).decode()

    assert picture_sent(Payload(body=body, content_type="application/octet-stream")) == body
    assert picture_sent(_json(f'{{"inputs": "{text}"}}')) == body
    assert picture_sent(_json(f'{{"image": "data:image/{kind.lower()};base64,{text}", "more": [1]}}')) == body


@pytest.mark.parametrize(
    "payload",
    [
        None,
        Payload(body=b"", content_type="image/png"),
        Payload(body=b"1,2", content_type="text/csv"),
        _json('{"instances": [[1, 2]]}'),
        _json(f'{{"inputs": "{b64encode(b"no picture" * 20).decode()}"}}'),
        _json(f'["{b64encode(_bytes("PNG")).decode()}", "{b64encode(_bytes("GIF")).decode()}"]'),
        _json(f'{{"text": "iVBORw0KGgo{"A" * 40}"}}'),
    ],
)
def test_none_or_several(payload):
    """Of several nobody knows which an answer is about."""
    assert picture_sent(payload) is None


def test_as_large_as_it_is_or_for_display():
    """A large one is scaled down, a small one up by whole steps."""
    small, large = _bytes("PNG"), _bytes("JPEG", (4_000, 2_000))

    assert canvas(small, Settings()).image.size == (500, 250)
    assert canvas(large, Settings()).image.size == (1_024, 512)
    assert canvas(large, Settings()).size == (4_000, 2_000)
    assert canvas(small, Settings(), scaled=False).image.size == (20, 10)
    assert canvas(large, Settings(), scaled=False).image.size == (4_000, 2_000)
    assert canvas(large, Settings()).photo
