"""Pictures found inside an answer."""

from base64 import b64decode, b64encode, encodebytes
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_images, show, views
from sm_magic.views.json_images import find_pictures, has_pictures


def _bytes(image, kind="PNG"):
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


RED = Image.new("RGB", (16, 12), (200, 30, 30))
PNG = b64encode(_bytes(RED)).decode()
JPEG = b64encode(_bytes(RED, "JPEG")).decode()
PIXELS = np.asarray(RED)
ONE = {
    "JumpStart": {"generated_image": PNG, "prompt": "a red card"},
    "JumpStart, pixels": {"generated_images": [PIXELS.tolist()], "prompt": "a red card"},
    "Stability": {"artifacts": [{"base64": PNG, "finishReason": "SUCCESS", "seed": 7}]},
    "OpenAI": {"created": 1, "data": [{"b64_json": PNG, "revised_prompt": "a red card"}]},
    "Bedrock": {"images": [JPEG], "error": None},
    "a data URI": {"image": f"data:image/png;base64,{PNG}"},
    "Hugging Face, a string": PNG,
    "with line breaks": {"image": encodebytes(_bytes(RED)).decode()},
    "WebP": {"image": b64encode(_bytes(RED, "WEBP")).decode()},
    "GIF": {"image": b64encode(_bytes(RED, "GIF")).decode()},
    "BMP": {"image": b64encode(_bytes(RED, "BMP")).decode()},
    "TIFF": {"image": b64encode(_bytes(RED, "TIFF")).decode()},
    "pixels": PIXELS.tolist(),
    "an array": PIXELS,
    "an array of grey ones": PIXELS[None, :, :, :1],
    "a tensor by name": {"output": PIXELS[None]},
}
NONE = {
    "floats": (PIXELS / 255).tolist(),
    "an array of floats": PIXELS[None].astype("f4"),
    "numbers above 255": (PIXELS.astype(int) * 2).tolist(),
    "numbers below 0": (PIXELS.astype(int) - 250).tolist(),
    "rows of three": [[1, 2, 3]] * 20,
    "few pixels": PIXELS[:4].tolist(),
    "ragged": [*PIXELS.tolist(), [[1, 2, 3]]],
    "two letters": {"text": "Qk0gaXMgbm90IGEgcGljdHVyZQ=="},
    "a word that begins so": {"id": "/9j/"},
    "text": "iVBORw0K is how base64 of a PNG begins",
    "a URL": {"image": "data:text/html;base64,PHNjcmlwdD4="},
}
SHOWN_AS = [
    *((f"a picture: {what}", value, None, "pictures") for what, value in ONE.items()),
    ("a batch of pictures as bytes", np.zeros((3, 8, 8, 3), "u1"), 3, "pictures"),
    ("a batch of pictures as floats", np.zeros((3, 8, 8, 3), "f4"), 3, "array"),
    ("an array of bytes, three columns", np.zeros((30, 3), "u1"), 3, "table"),
]


def _pictures(made, page):
    """Their data, decoded."""
    return [b64decode(image["src"].partition(",")[2]) for image in page(made.html).all("img")]


@pytest.mark.parametrize("value", ONE.values(), ids=ONE)
def test_a_picture_wherever_it_stands(value, answer, shown, page):
    """It is shown, and it is `Result.image`."""
    (image,) = find_images(answer(value))
    (picture,) = _pictures(shown(value), page)

    assert image.size == (16, 12)
    assert Image.open(BytesIO(picture)).size == (16, 12)


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_what_only_begins_like_a_picture(value, answer):
    """It is left to other views."""
    assert not views()["pictures"].claims(answer(value))
    assert find_images(answer(value)) == []


def test_what_stood_beside_it(shown):
    """Prompt, seed and reason are told; the base64 is not."""
    text = shown(ONE["Stability"]).text

    assert '{"finishReason": "SUCCESS", "seed": 7}' in text
    assert PNG[:20] not in text
    assert '{"prompt": "a red card"}' in shown(ONE["JumpStart"]).text
    assert '{"revised_prompt": "a red card", "created": 1}' in shown(ONE["OpenAI"]).text


def test_one_picture(shown, golden, page):
    """As it came; where it stood, its type, size and mode."""
    made = shown(ONE["JumpStart"])

    assert _pictures(made, page) == [b64decode(PNG)]
    golden("pictures-one", text=made.text, html=made.html.replace(PNG, ""))


def test_pixels_tell_their_number_once(shown):
    """A list of rows of colours has no type of a file."""
    made = shown(ONE["JumpStart, pixels"])

    assert "16 × 12 pixels · RGB" in made.text
    assert made.text.count("pixels") == 1
    assert "pixels ·" not in made.text.partition("16 × 12")[0]


def test_several_pictures(shown, golden, page):
    """Eight side by side, a row for each with what was said of it, and how many there are."""
    value = {
        "artifacts": [{"base64": PNG, "finishReason": "SUCCESS", "seed": i} for i in range(12)],
        "result": "ok",
    }
    made = shown(value)

    assert _pictures(made, page) == [b64decode(PNG)] * 8
    golden("pictures", text=made.text, html=made.html.replace(PNG, ""))


def test_all_of_them_are_pil_images(answer):
    """`Result.images` has also those that are not shown; what can't be read is left out."""
    batch = np.arange(9, dtype="u1")[:, None, None, None] + np.zeros((1, 8, 8, 3), "u1")
    images = find_images(answer({"images": [PNG, PNG[:60], *batch.tolist()]}))

    assert [image.size for image in images] == [(16, 12), *[(8, 8)] * 9]
    assert [image.getpixel((0, 0))[0] for image in images[1:]] == list(range(9))


def test_a_broken_one_is_told(shown):
    """By the reason; the others are shown."""
    text = shown({"images": [PNG, PNG[:40]]}).text

    assert "can't be shown" in text
    assert "2 pictures" in text
    assert "can't be shown" in shown({"image": PNG[:40]}).text


def test_several_large_ones_share_the_room(shown, page):
    """They are downscaled, so that a notebook stays small."""
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (600, 800, 3), dtype="uint8"))
    value = {"images": [b64encode(_bytes(noise, "JPEG")).decode()] * 8}
    pictures = _pictures(shown(value), page)

    assert len(pictures) == 8
    assert sum(map(len, pictures)) <= 2_000_000
    assert max(Image.open(BytesIO(pictures[0])).size) == 512


def test_a_bomb_is_not_decoded(answer, shown):
    """A hundred million pixels in a few bytes."""
    bomb = b64encode(_bytes(Image.new("1", (20_000, 20_000)))).decode()

    assert find_images(answer({"image": bomb})) == []
    assert "can't be shown" in shown({"image": bomb}).text


def test_the_search_is_bounded(shown):
    """Deep nesting and many values are not looked through without end; what is not found is shown as JSON."""
    deep = {"image": PNG}
    for _ in range(50):
        deep = {"a": deep}

    assert not has_pictures(deep)
    found, _ = find_pictures({"images": [PNG] * 3_000})
    assert len(found) == 1_000
    assert shown({"images": [PNG] * 3_000}).text.startswith("8 of 1,000 pictures")


def test_the_answer_keeps_its_value():
    """What is found is taken out of a copy."""
    value = {"artifacts": [{"base64": PNG, "seed": 7}], "more": [PNG]}
    find_pictures(value)

    assert value == {"artifacts": [{"base64": PNG, "seed": 7}], "more": [PNG]}


LEAVES = st.none() | st.integers() | st.text(max_size=5) | st.just(PNG) | st.just(PNG[:50])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(VALUES)
def test_nothing_is_lost(value):
    """Each value is either among the pictures, or told beside them, or left."""

    def leaves(part):
        if isinstance(part, dict | list):
            inside = part.values() if isinstance(part, dict) else part
            return sorted(leaf for inner in inside for leaf in leaves(inner))
        return [] if part is None or str(part).startswith("iVBOR") else [repr(part)]

    found, rest = find_pictures(value)

    assert leaves(value) == leaves([rest, *(dict(picture.said) for picture in found)])


@given(VALUES)
def test_whatever_is_claimed_is_shown(value):
    """No answer is shown raw because a picture in it can't be."""
    answer = Answer(value=value, payload=Payload(body=b"{}", content_type="application/json"))

    if views()["pictures"].claims(answer):
        assert "Not shown" not in show(answer, Settings()).text


def test_pictures_keep_to_the_memory_that_is_allowed(answer):
    """The setting's, not its default."""
    few = Settings(max_decoded_bytes=100)
    assert find_images(answer({"images": [PNG]}), few) == []
