"""Pictures found inside an answer: base64 in JSON, nested lists and arrays of pixels; and what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .embedded import SIDE, Embedded, embed, image_type, img, loaded
from .grid import Grid, grid_shown
from .json_images import Picture, find_pictures, has_pictures
from .markup import Markup, join, tag
from .quantities import part_of, size
from .tree import beside

if TYPE_CHECKING:
    from PIL.Image import Image

_SHOWN: Final = 8  # pictures
_WIDTH: Final = 240  # pixels of one among several
_FACTS: Final = 12  # columns of what was said of them
_KEEP: Final = "As PIL images: .image, .images"


def claims(answer: Answer) -> bool:
    """Whether there are pictures in a JSON value, or the value is an array of their pixels, or base64."""
    return has_pictures(answer.value)


def show(answer: Answer, settings: Settings) -> Shown:
    """Up to eight pictures; what stood beside each; below, what else the answer held."""
    found, rest = find_pictures(answer.value)
    if not found:
        raise ValueError("there are no pictures in this answer")
    shown = _one(found[0], settings) if len(found) == 1 else _several(found, settings)
    rest = {"items": rest} if isinstance(rest, list) else rest
    left = {**(found[0].said if len(found) == 1 else {}), **(rest if isinstance(rest, dict) else {})}
    if not left:
        return shown
    more = beside(left, room(settings) // 2)
    return Shown(html=join(shown.html, more.html), text=f"{shown.text}\n\n{more.text}")


def images(answer: Answer, settings: Settings) -> list[Image]:
    """All pictures that can be read, as long as there is room for their pixels."""
    left, made = settings.max_decoded_bytes, []
    for picture in find_pictures(answer.value)[0]:
        try:
            image = (
                _image(picture.data) if not isinstance(picture.data, bytes) else loaded(picture.data, left)
            )
        except ValueError:
            continue
        made.append(image)
        left -= image.width * image.height * 4
    return made


def _one(picture: Picture, settings: Settings) -> Shown:
    kind = _kind(picture)
    try:
        shown = _embed(picture, settings)
    except ValueError as exc:
        words = f"{picture.at + ': t' if picture.at else 'T'}his {kind} can't be shown: {exc}."
        return Shown(html=tag("p", words), text=words)
    length = size(len(picture.data)) if isinstance(picture.data, bytes) else ""
    parts = (picture.at, kind if length else "", shown.pixels, shown.mode, length, shown.note)
    about = " · ".join(part for part in parts if part)
    html = tag(
        "figure", img(shown, f"Picture of {shown.pixels}"), tag("figcaption", about), class_="sm-magic-figure"
    )
    return Shown(html=html, text=f"{about}\n{_KEEP}")


def _several(found: Sequence[Picture], settings: Settings) -> Shown:
    """Small ones side by side, and a table of what is known of each."""
    first = found[:_SHOWN]
    most = 2 * settings.max_image_bytes // len(first)
    images: list[Markup] = []
    rows: list[list[object]] = []
    names = list(dict.fromkeys(name for picture in first for name in picture.said))[:_FACTS]
    for number, picture in enumerate(first, 1):
        said = [picture.said.get(name) for name in names]
        try:
            shown = _embed(picture, settings, most=most, side=SIDE // 2)
        except ValueError as exc:
            rows.append([picture.at, f"can't be shown: {exc}", None, None, *said])
            continue
        images.append(img(shown, f"Picture {number}, of {shown.pixels}", width=_WIDTH))
        rows.append([picture.at, _kind(picture), shown.width, shown.height, *said])
    caption = part_of(len(first), len(found), "picture")
    figure = tag("figure", *_spaced(images), tag("figcaption", caption), class_="sm-magic-figure")
    columns = ["at", "type", "width", "height", *names]
    grid = Grid(
        names=columns,
        rows=rows,
        labels=range(1, len(rows) + 1),
        height=len(found),
        width=len(columns),
        under="pictures",
    )
    facts = grid_shown(grid, room(settings) // 2)
    return Shown(html=join(figure, facts.html), text=f"{caption}\n{_KEEP}\n\n{facts.text}")


def _spaced(images: Sequence[Markup]) -> list[Markup]:
    return [Markup(f"{image} ") for image in images]


def _kind(picture: Picture) -> str:
    if isinstance(picture.data, bytes):
        return image_type(picture.data) or "image"
    return "pixels"


def _embed(picture: Picture, settings: Settings, **how: int) -> Embedded:
    data = picture.data
    return embed(data if isinstance(data, bytes) else _image(data), settings, **how)


def _image(pixels: Any) -> Image:
    """An H×W×1, H×W×3 or H×W×4 array of uint8 as a picture."""
    import numpy as np
    from PIL import Image

    pixels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    return Image.fromarray(np.ascontiguousarray(pixels))


VIEW = View(name="pictures", rank=12, claims=claims, show=show, images=images)
