"""Boxes: drawn upon the picture that was sent, and a row for each."""

from base64 import b64decode, b64encode
from io import BytesIO

import pytest
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import find_images, find_table

HUGGING_FACE = [
    {"label": "cat", "score": 0.98, "box": {"xmin": 20, "ymin": 30, "xmax": 120, "ymax": 90}},
    {"label": "dog", "score": 0.61, "box": {"xmin": 150, "ymin": 10, "xmax": 190, "ymax": 60}},
]
SSD = {"prediction": [[3, 0.9, 0.1, 0.25, 0.5, 0.75], [7, 0.1, 0.0, 0.0, 0.25, 0.25]]}
ANNOTATIONS = {
    "annotations": [{"class_id": 3, "score": 0.9, "left": 10, "top": 20, "width": 40, "height": 50}],
    "image_size": [{"width": 200, "height": 100, "depth": 3}],
}


def _bytes(image, kind="PNG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _sent(image, kind="PNG", content_type="application/x-image", **options):
    return Payload(body=_bytes(image, kind, **options), content_type=content_type)


GREY = _sent(Image.new("RGB", (200, 100), (128, 128, 128)))
SHOWN_AS = [
    ("boxes, Hugging Face, and a picture was sent", HUGGING_FACE, None, "boxes", GREY),
    ("boxes, Hugging Face, and none was sent", HUGGING_FACE, None, "table"),
    ("boxes, MXNet SSD", SSD, None, "boxes", GREY),
    ("boxes, MXNet SSD, no picture was sent", SSD, None, "boxes"),
    ("boxes, MXNet annotations", ANNOTATIONS, None, "boxes", GREY),
    ("no boxes in the picture that was sent", {"prediction": []}, None, "boxes", GREY),
    ("an empty prediction", {"prediction": []}, None, "json"),
    ("classes of the picture that was sent", {"prediction": [0.1, 0.9]}, None, "probabilities", GREY),
]


def _embedded(made, page):
    (image,) = page(made.html).all("img")
    return Image.open(BytesIO(b64decode(image["src"].partition(",")[2]))).convert("RGB")


def test_the_picture_and_its_boxes(shown, golden, page):
    """The picture with the boxes, then a table of them in pixels; the same as text."""
    made = shown(HUGGING_FACE, sent=GREY)
    (image,) = page(made.html).all("img")

    assert image["alt"] == "The picture that was sent, with boxes: cat, dog"
    golden("boxes", text=made.text, html=made.html.replace(image["src"], "data:"))


def test_without_a_picture_there_is_a_table_alone(shown, golden, page):
    """In pixels if the answer tells of which picture, else in shares of it."""
    made = shown(SSD)

    assert page(made.html).all("img") == []
    assert shown(ANNOTATIONS).text.startswith("boxes, in pixels: 1 row × 6 columns")
    golden("boxes-table", text=made.text, html=made.html)


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_lines_are_seen_on_any_ground(shown, page, ground):
    """Where a box is, light and dark stand side by side, whatever the picture; elsewhere it is as it was."""
    sent = _sent(Image.new("RGB", (600, 300), (ground,) * 3))
    answer = [{"label": "cat", "score": 0.9, "box": {"xmin": 100, "ymin": 100, "xmax": 300, "ymax": 200}}]
    picture = _embedded(shown(answer, sent=sent), page)
    across = [picture.getpixel((x, 150)) for x in range(94, 108)]

    assert (0, 0, 0) in across
    assert (230, 159, 0) in across
    assert picture.getpixel((500, 250)) == (ground,) * 3
    assert picture.getpixel((200, 150)) == (ground,) * 3


def test_boxes_nobody_is_sure_of_are_counted_not_drawn(shown):
    """Detectors answer hundreds; the best are drawn, the table has all."""
    rows = [[i % 5, 0.9 - i / 200, 0.1, 0.1, 0.5, 0.5] for i in range(150)]
    few = shown({"prediction": [[0, 0.9, 0, 0, 1, 1], *([1, 0.1, 0, 0, 1, 1] for _ in range(9))]}, sent=GREY)
    unsure = shown({"prediction": [[1, 0.1, 0, 0, 1, 1] for _ in range(9)]}, sent=GREY)

    assert shown({"prediction": rows}, sent=GREY).text.startswith("the best 100 of 150 boxes on the picture")
    assert few.text.startswith("the best 1 of 10 boxes")
    assert unsure.text.startswith("the best 5 of 9 boxes")
    assert "20 of 150 rows" in shown({"prediction": rows}, sent=GREY).text


def test_the_tidy_table(answer):
    """A row for each box, in pixels of the picture that was sent; shares where nobody knows them."""
    frame = find_table(answer(SSD, sent=GREY))

    assert frame.columns.tolist() == ["label", "score", "x0", "y0", "x1", "y1"]
    assert frame.iloc[0].tolist() == ["3", 0.9, 20, 25, 100, 75]
    assert find_table(answer(SSD)).iloc[0].tolist() == ["3", 0.9, 0.1, 0.25, 0.5, 0.75]
    assert find_table(answer({"prediction": []}, sent=GREY)).shape == (0, 6)


def test_the_picture_with_boxes_is_a_pil_image(answer):
    """As large as the one that was sent."""
    (image,) = find_images(answer(HUGGING_FACE, sent=GREY))

    assert image.size == (200, 100)
    assert image.getpixel((20, 60)) == (230, 159, 0)
    assert find_images(answer(SSD)) == []


@pytest.mark.parametrize(
    "template", ['{"inputs": "%s"}', '{"instances": [{"b64": "%s"}]}', '["data:image/png;base64,%s"]']
)
def test_a_picture_that_was_sent_as_base64(shown, page, template):
    """As Hugging Face's and TensorFlow Serving's containers take it."""
    body = (template % b64encode(GREY.body).decode()).encode()
    made = shown(HUGGING_FACE, sent=Payload(body=body, content_type="application/json"))

    assert _embedded(made, page).size[0] >= 200


def test_a_large_photograph_is_scaled_down_before_it_is_drawn_on(shown, page):
    """To 1,024 pixels; boxes scale with it, and the table has the photograph's own pixels."""
    sent = _sent(Image.new("RGB", (3_000, 1_500), "white"), "JPEG")
    answer = [{"label": "cat", "score": 0.9, "box": {"xmin": 1500, "ymin": 750, "xmax": 2400, "ymax": 1200}}]
    made = shown(answer, sent=sent)

    assert _embedded(made, page).size == (1_024, 512)
    assert "3000 × 1500 pixels" in made.text
    assert "1500.0  750.0  2400.0  1200.0" in made.text


def test_a_photograph_is_turned_as_it_was_held(shown, page, answer):
    """By EXIF, as detectors' readers do; but not where the answer tells the size of the pixels as they are stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    sent = _sent(Image.new("RGB", (800, 600)), "JPEG", exif=exif)

    assert _embedded(shown(HUGGING_FACE, sent=sent), page).size == (600, 800)
    assert find_table(answer(SSD, sent=sent)).iloc[0].tolist() == ["3", 0.9, 60, 200, 300, 600]
    stored = {**ANNOTATIONS, "image_size": {"width": 800, "height": 600}}
    assert _embedded(shown(stored, sent=sent), page).size == (800, 600)


def test_a_tiny_picture_is_enlarged(shown, page):
    """By whole steps, that the words fit."""
    assert _embedded(shown(SSD, sent=_sent(Image.new("L", (40, 32), 200))), page).size == (480, 384)


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n....", _bytes(Image.new("RGB", (40, 40)))[:-30]])
def test_a_picture_that_can_not_be_read_leaves_the_table(shown, body):
    """What was sent may be broken; the answer is there."""
    text = shown(SSD, sent=Payload(body=body, content_type="image/png")).text

    assert text.startswith("boxes, in shares of the picture")


def test_corners_may_lie_anywhere(shown, page):
    """Outside, in the wrong order, on one point: drawn as far as they are in the picture."""
    rows = [[0, 0.9, -5, -5, 5, 5], [1, 0.8, 0.9, 0.9, 0.1, 0.1], [2, 0.7, 0.5, 0.5, 0.5, 0.5]]

    assert "3 boxes" in shown({"prediction": rows}, sent=GREY).text


def test_more_than_a_card_holds(shown):
    """Labels as long as models like: the card keeps its size."""
    answer = [{**HUGGING_FACE[0], "label": "<x>" * 9_000} for _ in range(300)]
    made = shown(answer, sent=GREY, settings=Settings(max_rows=300))

    assert len(made.text) < 256 * 1024
    assert len(made.html) - len(made.html.partition("base64,")[2].partition('"')[0]) < 256 * 1024
