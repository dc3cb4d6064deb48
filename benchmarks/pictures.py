"""Image answers.

From the bytes of an answer to `.value`, HTML and text.  The other way is what a notebook does that displays a PIL
image: decode, encode as PNG, base64.
"""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np
from measure import Row, faster

from sm_magic import decode
from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, show


def rows() -> list[Row]:
    """What is small enough goes out as it came; what is larger is made smaller, JPEGs while they are decoded."""
    png, jpeg = picture("PNG", 600, 500), picture("JPEG", 1_600, 1_200)
    large = picture("JPEG", 4_000, 3_000)
    assert len(png.body) < 1_000_000
    assert len(jpeg.body) < 1_000_000 < len(large.body)
    return [
        faster(f"PNG, {len(png.body) // 1_000} kB", lambda: shown(png), lambda: displayed(png), 20),
        faster(f"JPEG, {len(jpeg.body) // 1_000} kB", lambda: shown(jpeg), lambda: displayed(jpeg), 20),
        faster(f"JPEG, {len(large.body) // 1_000} kB", lambda: shown(large), lambda: displayed(large), 10),
    ]


def picture(kind: str, width: int, height: int) -> Payload:
    """A photograph, as far as encoders can tell: soft forms, and the noise of a sensor."""
    from PIL import Image

    rng = np.random.default_rng(7)
    forms = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((width, height))
    noise = rng.normal(0, 4, (height, width, 3))
    pixels = (np.asarray(forms) + noise).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=95)
    return Payload(body=file.getvalue(), content_type=f"image/{kind.lower()}")


def shown(payload: Payload) -> int:
    """Ours: the value, then the markup."""
    made = show(Answer(value=decode(payload), payload=payload), Settings())
    assert "base64" in made.html
    return len(made.html)


def displayed(payload: Payload) -> int:
    """IPython's way with a PIL image."""
    from PIL import Image

    image = Image.open(io.BytesIO(payload.body))
    image.load()
    file = io.BytesIO()
    image.save(file, "PNG")
    return len(b64encode(file.getvalue()))
