from __future__ import annotations

import io

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

pytestmark = pytest.mark.server


def test_a_photograph_becomes_classes_of_its_colours(invoke):
    """The mask has the photograph's size and five values at most, and is the nearest colour at each pixel."""
    from sklearn.datasets import load_sample_image

    photograph = Image.fromarray(load_sample_image("flower.jpg"))
    out = io.BytesIO()
    photograph.save(out, "PNG")
    body, answer = invoke("mask", out.getvalue(), ContentType="image/png")
    mask = Image.open(io.BytesIO(body))
    classes = np.asarray(mask)

    assert answer["ContentType"] == "image/png"
    assert (mask.size, mask.mode) == (photograph.size, "L")
    assert set(np.unique(classes)) <= set(range(5))
    assert len(np.unique(classes)) > 2
    brightness = np.asarray(photograph.convert("L"))
    means = [brightness[classes == number].mean() for number in np.unique(classes)]
    assert max(means) - min(means) > 60


def test_what_is_no_photograph_is_refused(invoke):
    """As image containers refuse it."""
    with pytest.raises(ClientError, match="cannot identify image file"):
        invoke("mask", b"no picture", ContentType="image/png")
    with pytest.raises(ClientError, match="is not supported"):
        invoke("mask", b"1,2", ContentType="text/csv")
