"""A picture: as it came when it is small enough, downscaled for display when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..settings import Settings
from .base import Answer, Shown, View
from .embedded import KEEP, Embedded, embed, image_type, img, is_image, loaded
from .markup import Markup, tag
from .quantities import size

if TYPE_CHECKING:
    from PIL.Image import Image


def claims(answer: Answer) -> bool:
    """Whether the value is a PIL image, or bytes that are one."""
    value = answer.value
    return is_image(value) or (isinstance(value, bytes) and image_type(value) is not None)


def show(answer: Answer, settings: Settings) -> Shown:
    """The picture, its type, size and mode."""
    value: Any = answer.value
    body = value if isinstance(value, bytes) else answer.payload.body
    kind = image_type(body)
    if kind is None and not is_image(value):
        raise ValueError("there is no image in this answer")
    try:
        picture = embed(value if kind is None else body, settings)
    except ValueError as exc:
        words = f"This {kind or 'image'} can't be shown: {exc}. {KEEP}"
        return Shown(html=tag("p", words), text=words)
    length = "" if kind is None else size(len(body))
    parts = (kind or "image", picture.pixels, picture.mode, length, picture.note)
    about = " · ".join(part for part in parts if part)
    return Shown(html=_figure(picture, about), text=f"{about}\n{KEEP}")


def images(answer: Answer, settings: Settings) -> list[Image]:
    """The picture; none where its bytes can't be read."""
    value: Any = answer.value
    if is_image(value):
        return [value]
    try:
        return [loaded(value, settings.max_decoded_bytes)]
    except ValueError:
        return []


def _figure(picture: Embedded, about: str) -> Markup:
    name = picture.media_type.removeprefix("image/").upper()
    shown = img(picture, f"{name} image of {picture.pixels}")
    return tag("figure", shown, tag("figcaption", about), class_="sm-magic-figure")


VIEW = View(name="image", rank=10, claims=claims, show=show, images=images)
