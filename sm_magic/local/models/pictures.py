"""Bytes -> picture, as image containers read them; and how they refuse."""

from __future__ import annotations

import io

from PIL import Image

from ..fleet import ContainerError

CONTENT_TYPES = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "image/bmp",
    "image/tiff",
    "application/x-image",
)
_MOST_PIXELS = 50_000_000


def read(body: bytes, content_type: str) -> Image.Image:
    """The first frame of the picture in *body*, loaded.

    Raises ContainerError: 415 for another content type, 413 for too many pixels, 400 for what is no picture.
    """
    if content_type not in CONTENT_TYPES:
        text = f"Content type {content_type or 'None'} is not supported by this framework. Supported: "
        raise ContainerError(415, text + ", ".join(CONTENT_TYPES))
    try:
        picture = Image.open(io.BytesIO(body))
        width, height = picture.size
        if width * height > _MOST_PIXELS:
            raise ContainerError(413, f"The image has {width} × {height} pixels, more than {_MOST_PIXELS:,}.")
        picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ContainerError(400, f"cannot identify image file: {error}") from error
    return picture
