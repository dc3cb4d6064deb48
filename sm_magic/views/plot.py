"""Pictures of numbers by matplotlib, where it is installed: a PNG, or None where there is to be none.

No pyplot, which keeps figures and chooses windows: a Figure of its own is drawn on an Agg canvas and forgotten.  The
ground is transparent, and the colours stand out from white and from black.  What words there are in a picture are
ours or plain ASCII, and never read as TeX; whatever a model calls its things is said beside it.
"""

from __future__ import annotations

import threading
import warnings
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from ..settings import Settings
from .markup import Markup, tag

_GREY: Final = "#7a7a7a"  # 4.3 : 1 on white and on #111, JupyterLab's grounds.
_LINE: Final = "#2b7fc4"  # Blue is told from grey by who sees no red or green.
_WIDTH: Final = 6.4  # inches, of 100 CSS pixels each
_POINTS: Final = 2_000  # A longer line would show no more.
_LOCK: Final = threading.Lock()  # matplotlib is not thread-safe: fonts and units are the process's.


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One series: its past, then the line ahead with its bands, all on one axis of steps or of times.

    bands: pairs of lower and upper lines, the widest first.
    """

    title: str
    past: tuple[Sequence[Any], Sequence[float]] = ((), ())
    times: Sequence[Any]
    line: Sequence[float]
    bands: Sequence[tuple[Sequence[float], Sequence[float]]] = field(default=())


def panels(shown: Sequence[Panel], settings: Settings) -> bytes | None:
    """The series side by side, two in a row, each with a scale of its own."""
    across = min(len(shown), 2)
    down = -(-len(shown) // 2)

    def draw(figure: Any) -> None:
        for axes, panel in zip(figure.subplots(down, across, squeeze=False).flat, shown, strict=False):
            _panel(axes, panel)
        for axes in figure.axes[len(shown) :]:
            axes.remove()

    return _drawn(draw, 0.4 + (2.4 if down == 1 else 1.9) * down, settings)


def heat(rows: Sequence[Sequence[float]], settings: Settings) -> bytes | None:
    """A square of values from -1 to 1 as colours, with their scale beside it."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        low = min(0.0, *(min(row) for row in rows))
        image = axes.imshow(rows, cmap="viridis", vmin=low, vmax=1, interpolation="nearest")
        scale = figure.colorbar(image)
        scale.outline.set_edgecolor(_GREY)
        for grey in (axes, scale.ax):
            _quiet(grey)

    return _drawn(draw, 4.6, settings)


def picture(png: bytes, alt: str) -> Markup:
    """A drawing as a figure, with what it shows as alternative text."""
    source = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
    image = tag("img", src=source, alt=alt, width=round(_WIDTH * 100), class_="sm-magic-picture")
    return tag("figure", image, class_="sm-magic-figure")


def _drawn(draw: Callable[[Any], None], height: float, settings: Settings) -> bytes | None:
    """What *draw* leaves on a figure as PNG of two pixels for each CSS pixel.

    None: nobody will look at it, matplotlib is absent or broken, the numbers or the user's style are beyond it, or
    the PNG is larger than a picture may be.
    """
    if not settings.html or not settings.max_image_bytes:
        return None
    try:
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of glyphs, of huge numbers
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure

            figure = Figure(figsize=(_WIDTH, height), dpi=200, layout="constrained")
            figure.patch.set_alpha(0)
            draw(figure)
            file = BytesIO()
            FigureCanvasAgg(figure).print_png(file)
    except Exception:  # noqa: BLE001 - there is always the other form
        return None
    return file.getvalue() if file.tell() <= settings.max_image_bytes else None


def _panel(axes: Any, panel: Panel) -> None:
    for x, y, colour, width in ((*panel.past, _GREY, 1.0), (panel.times, panel.line, _LINE, 1.6)):
        every = _every(y)
        axes.plot(x[::every], y[::every], color=colour, linewidth=width, marker="." if len(y) == 1 else "")
    for lower, upper in panel.bands:
        every = _every(lower)
        axes.fill_between(
            panel.times[::every], lower[::every], upper[::every], color=_LINE, alpha=0.3, linewidth=0
        )
    _quiet(axes)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if panel.title:
        axes.set_title(panel.title, color=_GREY, fontsize=8, loc="left", parse_math=False, usetex=False)
    if len(panel.times) and hasattr(panel.times[0], "year"):
        _dates(axes.xaxis)


def _quiet(axes: Any) -> None:
    """Grey axes on no ground, whatever the user's own style is."""
    axes.patch.set_alpha(0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_color(_GREY)
    axes.tick_params(colors=_GREY, labelsize=8)


def _dates(axis: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=6)
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator))
    axis.get_offset_text().set(color=_GREY, fontsize=8)


def _every(values: Sequence[float]) -> int:
    return max(1, -(-len(values) // _POINTS))
