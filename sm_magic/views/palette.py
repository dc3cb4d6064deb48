"""Colours that are told apart by all eyes, and what is drawn in them on a picture."""

from __future__ import annotations

from functools import cache
from typing import Final

from .embedded import saved, sourced
from .markup import Markup, tag

Colour = tuple[int, int, int]
"""Red, green, blue, from 0 to 255."""

# Okabe and Ito, "Color Universal Design" (2008), but black; then those of Tol's "muted" (2021) that differ from them.
COLOURS: Final[tuple[tuple[str, Colour], ...]] = (
    ("orange", (230, 159, 0)),
    ("sky blue", (86, 180, 233)),
    ("bluish green", (0, 158, 115)),
    ("yellow", (240, 228, 66)),
    ("blue", (0, 114, 178)),
    ("vermilion", (213, 94, 0)),
    ("reddish purple", (204, 121, 167)),
    ("wine", (136, 34, 85)),
    ("teal", (68, 170, 153)),
    ("olive", (153, 153, 51)),
    ("indigo", (51, 34, 136)),
    ("sand", (221, 204, 119)),
)


def colour(number: int) -> Colour:
    """The colour of the class of that number, counted from 0; after the last the first comes again."""
    return COLOURS[number % len(COLOURS)][1]


def ink(paper: Colour) -> Colour:
    """Black or white, whichever is read better on *paper*.  Source: WCAG 2.2, relative luminance, by its weights."""
    red, green, blue = (channel / 255 for channel in paper)
    return (
        (0, 0, 0) if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 > 0.18 else (255, 255, 255)
    )


@cache
def swatch(number: int) -> Markup:
    """A square of that colour, as a picture: an untrusted notebook drops every other way to show one."""
    from PIL import Image

    name, of = COLOURS[number % len(COLOURS)]
    body = saved(Image.new("RGB", (1, 1), of), "PNG")
    return sourced(tag("img", alt=name, width=12), "image/png", body)
