"""edges: a picture -> the picture of its edges, of the same size.  Sobel's filter, a real one."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, pictures


def model(_: str) -> Model:
    """The filter; there is one variant."""
    return _filter


def _filter(call: Call) -> Reply:
    edges = sobel(pictures.read(call.body, call.content_type))
    return answers.answer(
        call.accept,
        {"image/png": lambda: _bytes(edges, "PNG"), "image/jpeg": lambda: _bytes(edges, "JPEG")},
    )


def sobel(picture: Image.Image) -> Image.Image:
    """The gradient's length at each pixel, the strongest edge white, in grey."""
    grey = np.pad(np.asarray(picture.convert("L"), dtype=np.float32), 1, mode="edge")
    smooth_down = grey[:-2] + 2 * grey[1:-1] + grey[2:]
    smooth_right = grey[:, :-2] + 2 * grey[:, 1:-1] + grey[:, 2:]
    length = np.hypot(smooth_down[:, 2:] - smooth_down[:, :-2], smooth_right[2:] - smooth_right[:-2])
    strongest = float(length.max()) or 1.0
    return Image.fromarray((length * (255 / strongest)).astype(np.uint8))


def _bytes(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()
