"""Pictures by matplotlib: a PNG that reads on both grounds, or None, never an error and nothing left behind."""

import math
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from sm_magic.settings import Settings
from sm_magic.views.plot import Panel, heat, panels, picture

ONE = Panel(title="a", times=range(1, 4), line=[1.0, 2.0, 3.0], bands=[([0.0, 1.0, 1.0], [2.0, 3.0, 5.0])])


@pytest.fixture
def matplotlib():
    """The library, where it is installed."""
    return pytest.importorskip("matplotlib")


def _opened(png):
    return Image.open(BytesIO(png))


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_picture_is_as_wide_as_any_and_transparent(count):
    """Two pixels for each of 640; one panel and six; the ground of the notebook shines through."""
    image = _opened(panels([ONE] * count, Settings()))

    assert image.width == 1_280
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0


@pytest.mark.usefixtures("matplotlib")
def test_its_colours_stand_out_from_black_and_from_white():
    """No opaque pixel is nearer to white or to #111 than 3 : 1 (WCAG 2.2, 1.4.11)."""
    image = _opened(panels([ONE], Settings()))
    opaque = {colour[:3] for _, colour in image.getcolors(1 << 24) if colour[3] == 255}

    def luminance(colour):
        parts = [c / 255 for c in colour]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert opaque
    assert all(1.05 / (luminance(c) + 0.05) > 3 and (luminance(c) + 0.05) / 0.0556 > 3 for c in opaque)


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(
    "panel",
    [
        Panel(title="$\\frac{a}{", times=range(1), line=[1.0]),
        Panel(title="\\undefined $x^{", times=range(2), line=[math.nan, math.inf]),
        Panel(title="\x00", times=range(2), line=[math.nan] * 2),
        Panel(title="", times=range(2), line=[1e308, -1e308]),
        Panel(title="", past=(range(-5, 0), [0.0] * 5), times=range(1), line=[1.0]),
        Panel(title="", times=range(100_000), line=[1.0, 2.0] * 50_000),
    ],
)
def test_what_a_model_says_breaks_no_picture(panel):
    """TeX in a name, missing and infinite numbers, very many: a picture or None."""
    made = panels([panel], Settings())

    assert made is None or _opened(made).width == 1_280


@pytest.mark.usefixtures("matplotlib")
def test_a_heat_map_of_what_is_missing():
    """Fifty by fifty, some of them NaN."""
    assert _opened(heat([[math.nan] + [0.5] * 49] * 50, Settings())).width == 1_280


THREADS = """
import gc, sys, threading
from matplotlib.figure import Figure
from sm_magic.settings import Settings
from sm_magic.views.plot import Panel, panels
one = Panel(title="a", times=range(1, 4), line=[1.0, 2.0, 3.0], bands=[([0.0, 1.0, 1.0], [2.0, 3.0, 5.0])])
made = []
threads = [threading.Thread(target=lambda: made.append(panels([one], Settings()))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
kept = [thing for thing in gc.get_objects() if type(thing) is Figure]
print(len(made), len(set(made)), made[0][:4] == b"\\x89PNG", len(kept), "matplotlib.pyplot" in sys.modules)
"""


@pytest.mark.usefixtures("matplotlib")
def test_pictures_are_drawn_from_many_threads():
    """Each gets its own, and none is kept: asked of a process that has drawn nothing else."""
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["4", "1", "True", "0", "False"]


@pytest.mark.usefixtures("matplotlib")
def test_the_users_style_is_left_alone_and_does_no_harm(matplotlib):
    """A dark style of the user's changes neither our ground nor itself."""
    with matplotlib.rc_context({"axes.facecolor": "red", "figure.facecolor": "red", "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        image = _opened(panels([ONE], Settings()))

        assert dict(matplotlib.rcParams) == before
        assert image.getpixel((640, 8))[3] == 0


@pytest.mark.parametrize("settings", [Settings(html=False), Settings(max_image_bytes=10)])
def test_nothing_is_drawn_that_is_not_shown(settings):
    """Text alone asked for; a picture above what may be embedded."""
    assert panels([ONE], settings) is None


def test_a_picture_says_what_it_shows(page):
    """Its alternative text is escaped, its width is in CSS pixels."""
    (image,) = page(picture(b"\x89PNG", 'Chart: "<b>"')).all("img")

    assert image["alt"] == 'Chart: "<b>"'
    assert image["width"] == "640"
