"""A segmentation: the picture that was sent under the colours of what was found in it, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .embedded import embed, img, opened, saved
from .markup import Markup, join, tag
from .palette import colour, swatch
from .printable import columns, one_line, pad
from .quantities import part_of
from .segments import Segment, Segments, Size, has_masks, map_in, masks_in, may_be_map
from .sent_picture import Canvas, canvas, is_sideways, picture_sent
from .tables import Table, find
from .tree import beside

if TYPE_CHECKING:
    from PIL.Image import Image

_TINT: Final = 0.5  # how much of a pixel is its class's colour
_NAME: Final = 48
_KEEP: Final = "The masks as PIL images: .images"
_GREY: Final = (128, 128, 128)  # of the ground, where no picture was sent


def claims(answer: Answer) -> bool:
    """Whether the value is a map of the classes in the picture that was sent, or a list of masks."""
    return has_masks(answer.value) or (may_be_map(answer.value) and read(answer, Settings()) is not None)


def show(answer: Answer, settings: Settings) -> Shown:
    """The picture with each class in its colour, and each one's share of the pixels."""
    found = read(answer, settings)
    if found is None:
        raise ValueError("there is no mask of the picture that was sent in this answer")
    picture = _canvas(answer, found, settings)
    drawn = tint(picture.image, found.found)
    shown = embed(saved(drawn, "JPEG" if picture.photo else "PNG"), settings)
    order = sorted(found.found, key=lambda one: -one.share)
    best = order[: settings.max_rows]
    caption = _caption(len(best), found, answer)
    alt = f"{caption}: {one_line(', '.join(one.label for one in best), 200)}"
    figure = tag("figure", img(shown, alt), class_="sm-magic-figure")
    html = join(figure, _legend_html(best, caption))
    text = f"{_legend_text(best, caption)}\n{_KEEP}"
    if found.rest:
        more = beside(found.rest, room(settings) // 3)
        html, text = join(html, more.html), f"{text}\n\n{more.text}"
    return Shown(html=html, text=text)


def table(answer: Answer) -> Table | None:
    """Label, score if there is one, and share of the pixels, a row for each region."""
    import pandas as pd

    found = read(answer, Settings())
    if found is None:
        return None
    frame = pd.DataFrame(
        [(one.label, one.score, one.share) for one in found.found], columns=["label", "score", "share"]
    )
    return find(frame if any(one.score is not None for one in found.found) else frame.drop(columns="score"))


def images(answer: Answer, settings: Settings) -> list[Image]:
    """The masks themselves."""
    found = read(answer, settings)
    return [] if found is None else list(found.masks)


def read(answer: Answer, settings: Settings) -> Segments | None:
    """The regions in an answer; None if it holds none, or is no map of the picture that was sent."""
    if has_masks(answer.value):
        return masks_in(answer.value, settings.max_decoded_bytes)
    if not may_be_map(answer.value):
        return None
    sizes = _sizes(picture_sent(answer.sent))
    try:
        return map_in(answer.value, sizes, settings.max_decoded_bytes) if sizes else None
    except (ValueError, TypeError, OverflowError):
        return None  # ragged rows


def tint(image: Image, found: Sequence[Segment]) -> Image:
    """*image* under translucent colours, each region within a line of its own colour."""
    import numpy as np
    from PIL.Image import fromarray

    pixels = np.array(image)
    for one in found:
        if one.number is None:
            continue
        inside, of = one.layer(image.size), np.array(colour(one.number), np.float32)
        pixels[inside] = pixels[inside] * (1 - _TINT) + of * _TINT
        core = inside.copy()
        core[1:] &= inside[:-1]
        core[:-1] &= inside[1:]
        core[:, 1:] &= inside[:, :-1]
        core[:, :-1] &= inside[:, 1:]
        line = inside & ~core
        if 3 * line.sum() < inside.sum():  # the lines around specks would leave nothing to look through
            pixels[line] = of
    return fromarray(pixels)


def _sizes(body: bytes | None) -> list[Size]:
    """The sizes of the picture that was sent: as it is stored, and upright."""
    if body is None:
        return []
    try:
        picture = opened(body)
        return [picture.size, picture.size[::-1]] if is_sideways(picture) else [picture.size]
    except ValueError:
        return []


def _canvas(answer: Answer, found: Segments, settings: Settings) -> Canvas:
    """What is drawn upon: the picture that was sent, or grey."""
    from PIL import Image

    body = picture_sent(answer.sent)
    try:
        if body is not None:
            return canvas(body, settings, of_size=(found.size,))
    except ValueError:
        pass  # The masks are shown all the same.
    scale = min(1.0, 1024 / max(found.size))
    size = (max(1, round(found.size[0] * scale)), max(1, round(found.size[1] * scale)))
    return Canvas(Image.new("RGB", size, _GREY), found.size, photo=False)


def _caption(shown: int, found: Segments, answer: Answer) -> str:
    where = "in the picture that was sent" if picture_sent(answer.sent) else "found, no picture was sent"
    width, height = found.size
    nouns = ("mask", "masks") if has_masks(answer.value) else ("class", "classes")
    return f"{part_of(shown, found.count, *nouns)} {where} · {width} × {height} pixels"


def _score(one: Segment) -> str:
    return "" if one.score is None else f"score {one.score:.4g}"


def _share(one: Segment) -> str:
    return f"{one.share:.1%} of the pixels" + (", not coloured" if one.number is None else "")


def _legend_html(best: Sequence[Segment], caption: str) -> Markup:
    rows = (
        tag(
            "tr",
            tag("td", "" if one.number is None else swatch(one.number)),
            tag("th", one_line(one.label, _NAME), scope="row"),
            *([] if one.score is None else [tag("td", _score(one))]),
            tag("td", _share(one)),
        )
        for one in best
    )
    return tag("table", tag("caption", caption), tag("tbody", *rows), class_="sm-magic-table sm-magic-facts")


def _legend_text(best: Sequence[Segment], caption: str) -> str:
    labels = [one_line(one.label, _NAME) for one in best]
    scores = [_score(one) for one in best]
    widths = [max(map(columns, texts), default=0) for texts in (labels, scores)]
    lines = [
        "  ".join(part for part in (pad(label, widths[0]), pad(score, widths[1]), _share(one)) if part)
        for label, score, one in zip(labels, scores, best, strict=True)
    ]
    return "\n".join([caption, *lines])


VIEW = View(name="mask", rank=6, claims=claims, show=show, table=table, images=images)
