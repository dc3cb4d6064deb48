from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.server


def file(image: Image.Image, kind: str) -> bytes:
    """*image* as a file."""
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "content_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("BMP", "image/bmp")]
)
def test_edges_are_where_the_picture_changes(
    invoke: Callable[..., tuple[bytes, dict[str, Any]]], kind: str, content_type: str
) -> None:
    """A white square on black: its border is white, its middle and the paper black, the size the same."""
    pixels = np.zeros((60, 100, 3), dtype=np.uint8)
    pixels[20:40, 30:70] = 255
    body, answer = invoke("edges", file(Image.fromarray(pixels), kind), ContentType=content_type)
    found = np.asarray(Image.open(io.BytesIO(body)))
    assert answer["ContentType"] == "image/png"
    assert found.shape == (60, 100)
    assert found[30, 30] > 200
    assert found[20, 50] > 200
    assert max(found[30, 50], found[5, 5]) < 60


def test_a_jpeg_on_request(invoke: Callable[..., tuple[bytes, dict[str, Any]]]) -> None:
    """Accept chooses the answer's format; a picture without edges is black."""
    body, answer = invoke(
        "edges", file(Image.new("RGBA", (9, 7), "red"), "PNG"), ContentType="image/png", Accept="image/jpeg"
    )
    found = Image.open(io.BytesIO(body))
    assert (answer["ContentType"], found.format, found.size) == ("image/jpeg", "JPEG", (9, 7))
    assert found.getextrema() == (0, 0)
