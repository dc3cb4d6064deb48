"""Segmentations: the picture that was sent under the colours of what was found in it."""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sm_magic.messages import Payload
from sm_magic.views import Answer, find_images, find_table, views


def _bytes(image, kind="PNG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _classes(size=(120, 80)):
    """Class 0, a rectangle of class 15 and one of class 3."""
    image = Image.new("L", size)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 59, 39), fill=15)
    pen.rectangle((60, 40, 89, 79), fill=3)
    return image


def _mask(box):
    image = Image.new("L", (120, 80))
    ImageDraw.Draw(image).rectangle(box, fill=255)
    return b64encode(_bytes(image)).decode()


SCENE = Image.new("RGB", (120, 80), (100, 100, 100))
SENT = Payload(body=_bytes(SCENE), content_type="image/png")
HUGGING_FACE = [
    {"label": "tower", "score": 0.99, "mask": _mask((0, 0, 59, 39))},
    {"label": "tree", "score": 0.87, "mask": _mask((60, 0, 119, 79))},
]
SCORES = np.stack([(np.asarray(_classes()) == k).astype("f4") for k in range(21)])[None]
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 120), dtype="uint8"))
SHOWN_AS = [
    ("a mask of the picture that was sent", _classes(), None, "mask", SENT),
    ("a mask of another size", _classes((60, 40)), None, "image", SENT),
    ("a mask, and no picture was sent", _classes(), None, "image"),
    ("a picture as large as the one that was sent", NOISE, None, "image", SENT),
    ("a picture in colours as large as the one that was sent", SCENE, None, "image", SENT),
    ("a mask as bytes", _bytes(_classes()), None, "mask", SENT),
    ("an array of classes", np.asarray(_classes(), dtype="int64"), None, "mask", SENT),
    ("an array of classes of another size", np.zeros((80, 119), dtype="int64"), None, "table", SENT),
    ("RecordIO segmentation, scores of classes", SCORES, None, "mask", SENT),
    ("JumpStart's rows of classes", {"predictions": np.asarray(_classes()).tolist()}, None, "mask", SENT),
    ("image segmentation, Hugging Face", HUGGING_FACE, None, "mask", SENT),
    ("image segmentation, no picture was sent", HUGGING_FACE, None, "mask"),
    ("masks that are no pictures", [{"label": "a", "score": 0.5, "mask": "none"}], None, "table", SENT),
]  # fmt: skip


def _embedded(made, page):
    image = page(made.html).all("img")[0]
    return Image.open(BytesIO(b64decode(image["src"].partition(",")[2]))).convert("RGB")


def _without_pictures(made, page):
    html = made.html
    for image in page(made.html).all("img"):
        html = html.replace(image["src"], "data:")
    return html


def test_the_picture_the_colours_and_their_legend(shown, golden, page):
    """The largest first; what was not found is named too; the colours by name for who can't see them."""
    made = shown(_classes(), sent=SENT)
    names = [image["alt"] for image in page(made.html).all("img")]

    assert names[0] == "3 classes in the picture that was sent · 120 × 80 pixels: 0, 15, 3"
    assert names[1:] == ["sky blue", "orange"]
    golden("mask", text=made.text, html=_without_pictures(made, page))


def test_pixels_are_tinted_and_seen_through(shown, page):
    """Half of the colour, half of the picture; within a line; the ground as it was."""
    picture = _embedded(shown(_classes(), sent=SENT), page)
    scale = picture.width // 120

    assert scale == 4
    assert picture.getpixel((30 * scale, 20 * scale)) == (93, 140, 166)  # sky blue on grey
    assert picture.getpixel((60 * scale - 1, 20 * scale)) == (86, 180, 233)
    assert picture.getpixel((75 * scale, 60 * scale)) == (165, 129, 50)  # orange on grey
    assert picture.getpixel((110 * scale, 10 * scale)) == (100, 100, 100)


@pytest.mark.parametrize(
    "value",
    [_classes(), _bytes(_classes()), np.asarray(_classes(), "i4"), np.asarray(_classes())[None], SCORES, SCORES[0],
     {"predictions": np.asarray(_classes()).tolist()}, np.asarray(_classes()).tolist()],
    ids=["image", "bytes", "array", "batch", "scores", "scores of one", "JSON", "lists"],
)  # fmt: skip
def test_a_map_in_any_form(value, answer, shown):
    """The same table, the same mask, the same words."""
    asked = answer(value, sent=SENT)
    frame = find_table(asked)
    (mask,) = find_images(asked)

    assert frame.to_dict("list") == {"label": ["0", "3", "15"], "share": [0.625, 0.125, 0.25]}
    assert np.array_equal(np.asarray(mask), np.asarray(_classes()))
    assert shown(value, sent=SENT).text == shown(_classes(), sent=SENT).text


def test_hugging_face_masks(shown, golden, page, answer):
    """Labels, scores and shares; upon grey where no picture was sent."""
    made = shown(HUGGING_FACE, sent=SENT)
    frame = find_table(answer(HUGGING_FACE))
    masks = find_images(answer(HUGGING_FACE))

    assert frame.to_dict("list") == {"label": ["tower", "tree"], "score": [0.99, 0.87], "share": [0.25, 0.5]}
    assert [np.asarray(mask).mean() / 255 for mask in masks] == [0.25, 0.5]
    assert _embedded(shown(HUGGING_FACE), page).getpixel((10, 70)) == (128, 128, 128)
    assert "no picture was sent" in shown(HUGGING_FACE).text
    golden("mask-segments", text=made.text, html=_without_pictures(made, page))


def test_classes_by_name_where_the_answer_names_them(shown):
    """JumpStart's `;verbose` lists all labels; what else it says is below."""
    value = {
        "predictions": np.asarray(_classes()).clip(0, 1).tolist(),
        "labels": ["background", "aeroplane"],
        "image_labels": ["aeroplane"],
    }
    text = shown(value, sent=SENT).text

    assert "background  62.5% of the pixels, not coloured" in text
    assert "aeroplane   37.5% of the pixels" in text
    assert '{"image_labels": ["aeroplane"]}' in text


@pytest.mark.parametrize("mode", ["1", "P", "I", "I;16"])
def test_one_channel_of_any_kind(shown, mode):
    """A palette's numbers are the classes, not its colours."""
    made = shown(
        _classes().convert("I").convert("I;16") if mode == "I;16" else _classes().convert(mode), sent=SENT
    )

    assert "in the picture that was sent" in made.text


def test_a_mask_of_a_turned_photograph(shown, page):
    """It may be of the photograph as it was held, or as its pixels are stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    sent = Payload(body=_bytes(SCENE, "JPEG", exif=exif), content_type="image/jpeg")
    stored = _embedded(shown(_classes(), sent=sent), page)
    held = _embedded(shown(_classes((80, 120)), sent=sent), page)

    assert stored.width > stored.height
    assert held.height > held.width


def test_other_answers_are_not_decoded_to_be_asked():
    """A photograph whose pixels are broken is passed by: its header tells that it is no mask."""
    noise = np.random.default_rng(0).integers(0, 256, (80, 120, 3), dtype="uint8")
    broken = _bytes(Image.fromarray(noise), "PNG")[:-9_000]
    asked = Answer(value=broken, payload=Payload(body=broken, content_type="image/png"), sent=SENT)

    assert not views()["mask"].claims(asked)
    assert views()["image"].claims(asked)


@pytest.mark.parametrize(
    "value",
    [
        [{"label": "a", "mask": b64encode(b"\x89PNG\r\n\x1a\n....").decode()}],
        np.full((80, 120), -1),
        [[0] * 120, [0]] + [[0] * 120] * 78,
        {"predictions": [[0] * 120] * 79 + [["a"] * 120]},
    ],
    ids=["broken", "negative", "ragged", "words"],
)
def test_what_is_no_mask_is_shown_all_the_same(shown, value):
    """By another view, or as it came with the reason; never an error."""
    assert shown(value, sent=SENT).text


def test_many_masks_are_counted(shown, answer):
    """A hundred are read; the legend has as many rows as a table."""
    text = shown(HUGGING_FACE * 60, sent=SENT).text

    assert text.startswith("20 of 120 masks")
    assert len(find_images(answer(HUGGING_FACE * 60))) == 100
