"""Boxes: the picture that was sent with what was found in it, and where each thing stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .detections import Detection, Detections, read
from .embedded import Embedded, embed, img, saved
from .grid import Grid, grid_shown
from .markup import join, tag
from .palette import colour, ink
from .printable import one_line
from .quantities import part_of
from .sent_picture import Canvas, canvas, picture_sent
from .tables import Table, find
from .tree import beside

if TYPE_CHECKING:
    from PIL.Image import Image

_DRAWN: Final = 100  # boxes
_SURE: Final = (
    0.25  # A box of a lower score is not drawn, unless all are: detectors answer hundreds of those.
)
_FEW: Final = 5  # So many of the best are drawn if none is sure.
_NAME: Final = 24  # characters of a label on the picture
_NAMES: Final = ("label", "score", "x0", "y0", "x1", "y1")


def claims(answer: Answer) -> bool:
    """Whether the value holds boxes and a picture was sent; without one, if no table shows them as well."""
    found = answer.once(read) if isinstance(answer.value, dict | list) else None
    if found is None:
        return False
    if picture_sent(answer.sent) is not None:
        return True
    return bool(found.found) and not isinstance(answer.value, list)


def show(answer: Answer, settings: Settings) -> Shown:
    """The picture with the best boxes; a row for each box, in pixels; below, what else the answer held."""
    found = answer.once(read)
    if found is None:
        raise ValueError("there are no boxes in this answer")
    picture = _canvas(answer, found, settings)
    parts = [] if picture is None else [_figure(picture, found, settings)]
    parts.append(_table(found, picture, settings))
    if found.rest:
        parts.append(beside(found.rest, room(settings) // 3))
    return Shown(html=join(*(p.html for p in parts)), text="\n\n".join(p.text for p in parts))


def table(answer: Answer) -> Table | None:
    """Label, score, x0, y0, x1, y1 of each box, in pixels of the picture that was sent if there was one."""
    import pandas as pd

    found = answer.once(read)
    if found is None:
        return None
    picture = _canvas(answer, found, Settings())
    rows = [(one.label, one.score, *one.box) for one in _boxes(found, picture)]
    return find(pd.DataFrame(rows, columns=list(_NAMES)))


def images(answer: Answer, settings: Settings) -> list[Image]:
    """The picture that was sent with the boxes on it, as large as it was."""
    found = answer.once(read)
    picture = None if found is None else _canvas(answer, found, settings, scaled=False)
    if found is None or picture is None:
        return []
    draw(picture, found)
    return [picture.image]


def draw(picture: Canvas, found: Detections) -> int:
    """Draw the best boxes upon *picture*; how many they are.

    Each is numbered as its row in the table, and coloured by its label; a line is light within dark, to be seen on
    any ground.
    """
    from PIL import ImageDraw

    placed = replace(found, size=found.size or picture.size).within(picture.image.size)
    best = placed[: _drawn(placed)]
    numbers = {label: i for i, label in enumerate(dict.fromkeys(one.label for one in best))}
    pen = ImageDraw.Draw(picture.image)
    width = max(2, round(max(picture.image.size) / 320))
    font = _font(max(12, round(max(picture.image.size) / 48)))
    placed_boxes = [(one, _clipped(one, picture.image.size), colour(numbers[one.label])) for one in best]
    for _, (left, top, right, bottom), fill in reversed(placed_boxes):
        pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline=(0, 0, 0), width=width + 2)
        pen.rectangle((left, top, right, bottom), outline=fill, width=width)
    for number, (one, (left, top, _, _), fill) in reversed(list(enumerate(placed_boxes, 1))):
        words = _words(number, one)
        _, _, wide, high = pen.textbbox((0, 0), words, font=font)
        above = top - high - 4
        x, y = min(left, max(0, picture.image.width - wide - 6)), above if above >= 0 else top
        pen.rectangle((x - 1, y, x + wide + 5, y + high + 4), fill=fill, outline=(0, 0, 0))
        pen.text((x + 2, y + 1), words, fill=ink(fill), font=font)
    return len(best)


def _canvas(answer: Answer, found: Detections, settings: Settings, **how: bool) -> Canvas | None:
    body = picture_sent(answer.sent)
    if body is None:
        return None
    try:
        return canvas(body, settings, of_size=() if found.size is None else (found.size,), **how)
    except ValueError:
        return None  # What was sent is no picture that can be read; the boxes are a table all the same.


def _drawn(found: Sequence[Detection]) -> int:
    """How many of the boxes, best first, are drawn."""
    sure = sum(one.score is None or one.score >= _SURE for one in found)
    return min(sure or _FEW, _DRAWN, len(found))


def _boxes(found: Detections, picture: Canvas | None) -> Sequence[Detection]:
    return found.within(None if picture is None else picture.size)


def _clipped(one: Detection, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The corners within a picture of that size, in order."""
    width, height = size
    xs = sorted(min(max(round(x), 0), width - 1) for x in (one.box[0], one.box[2]))
    ys = sorted(min(max(round(y), 0), height - 1) for y in (one.box[1], one.box[3]))
    return xs[0], ys[0], xs[1], ys[1]


def _words(number: int, one: Detection) -> str:
    """``#1: cat 0.97``; the number alone stands for a label that the font has no letters for."""
    label = one_line(one.label, _NAME)
    parts = [label if label.isascii() else "", "" if one.score is None else f"{one.score:.2f}"]
    said = " ".join(part for part in parts if part)
    return f"#{number}: {said}" if said else f"#{number}"


def _font(size: int) -> Any:
    """Pillow's own font, in that many pixels; before Pillow 10.1 it has one size."""
    from PIL import ImageFont

    try:
        return ImageFont.load_default(size)
    except (TypeError, OSError):
        return ImageFont.load_default()


def _figure(picture: Canvas, found: Detections, settings: Settings) -> Shown:
    count = draw(picture, found)
    best = "the best " if count < len(found.found) else ""
    boxes = part_of(count, len(found.found), "box", "boxes")
    said = f"{best}{boxes} on the picture that was sent · {picture.size[0]} × {picture.size[1]} pixels"
    shown = _embedded(picture, settings)
    labels = dict.fromkeys(one.label for one in found.found[:count])
    alt = f"The picture that was sent, with boxes: {one_line(', '.join(labels), 200) or 'none'}"
    html = tag("figure", img(shown, alt), tag("figcaption", said), class_="sm-magic-figure")
    return Shown(html=html, text=f"{said}\nAs a PIL image: .image")


def _embedded(picture: Canvas, settings: Settings) -> Embedded:
    body = saved(picture.image, "JPEG" if picture.photo else "PNG")
    return embed(body, settings)


def _table(found: Detections, picture: Canvas | None, settings: Settings) -> Shown:
    boxes = _boxes(found, picture)
    shares = found.shares and picture is None and found.size is None
    rows = [
        [
            one.label,
            None if one.score is None else round(one.score, 4),
            *(side if shares else round(side, 1) for side in one.box),
        ]
        for one in boxes[: settings.max_rows]
    ]
    under = "boxes, in shares of the picture" if shares else "boxes, in pixels"
    grid = Grid(
        names=_NAMES,
        rows=rows,
        labels=range(1, len(rows) + 1),
        height=len(boxes),
        width=len(_NAMES),
        under=under,
    )
    return grid_shown(grid, room(settings) // 3)


VIEW = View(name="boxes", rank=8, claims=claims, show=show, table=table, images=images)
