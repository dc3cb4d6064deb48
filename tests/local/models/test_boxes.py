from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image, ImageOps

pytestmark = pytest.mark.server
SCALE, CELL = 7, 100


@pytest.fixture(scope="module")
def canvas():
    """Twelve digits that the model has never seen, on white paper of 400 × 300, and what and where they are."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    random = np.random.default_rng(3)
    paper = np.zeros((3 * CELL, 4 * CELL), dtype=np.uint8)
    placed = []
    for cell, number in enumerate(random.choice(np.arange(1500, 1797), 12, replace=False)):
        top, left = cell // 4 * CELL + random.integers(5, 35), cell % 4 * CELL + random.integers(5, 35)
        digit = np.kron(x[number].reshape(8, 8) / 16 * 255, np.ones((SCALE, SCALE)))
        paper[top : top + 8 * SCALE, left : left + 8 * SCALE] = digit
        placed.append((int(y[number]), left, top))
    return ImageOps.invert(Image.fromarray(paper)), placed


def file(picture: Image.Image, kind: str = "PNG") -> bytes:
    """*picture* as a file."""
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def test_digits_on_a_canvas_are_found_again(invoke, canvas):
    """Each is in a box of its own, most are called by their name, the surest come first."""
    picture, placed = canvas
    body, answer = invoke("boxes", file(picture), ContentType="image/png")
    rows = json.loads(body)["prediction"]

    assert answer["ContentType"] == "application/json"
    assert len(rows) == len(placed)
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    right = 0
    for digit, left, top in placed:
        x, y = (left + 4 * SCALE) / 400, (top + 4 * SCALE) / 300
        (row,) = [row for row in rows if row[2] < x < row[4] and row[3] < y < row[5]]
        right += row[0] == digit
    assert right >= 10


def test_light_ink_on_dark_paper_and_a_jpeg_are_no_different(invoke, canvas):
    """What is rare in the margin is the ink."""
    dark = file(ImageOps.invert(canvas[0]).convert("RGB"), "JPEG")
    body, _ = invoke("boxes", dark, ContentType="image/jpeg")
    assert len(json.loads(body)["prediction"]) == 12


def test_annotations_are_in_pixels(invoke, canvas):
    """As SageMaker's object detection answers ``application/json;annotation=1``."""
    body, _ = invoke(
        "boxes", file(canvas[0]), ContentType="image/png", Accept="application/json;annotation=1"
    )
    found = json.loads(body)
    assert found["image_size"] == [{"width": 400, "height": 300, "depth": 3}]
    assert {"class_id", "score", "left", "top", "width", "height"} == set(found["annotations"][0])
    assert all(20 < row["height"] < 70 for row in found["annotations"])


def test_a_blank_page_has_no_boxes(invoke):
    """Nor is a blank page an error."""
    body, _ = invoke("boxes", file(Image.new("L", (50, 40), "white")), ContentType="image/png")
    assert json.loads(body) == {"prediction": []}
