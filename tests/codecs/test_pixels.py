"""Arrays of pixels become images, or an error that says how to make them one."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from sm_magic import codecs
from sm_magic.errors import CodecError


def sent(array, content_type="png") -> np.ndarray:
    """The pixels that Pillow reads of what was sent."""
    return np.asarray(Image.open(io.BytesIO(codecs.encode(array, content_type).body)))


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4)])
def test_bytes_are_pixels(shape):
    """H×W, H×W×3 and H×W×4 of uint8, in any memory layout."""
    array = np.arange(np.prod(shape), dtype="u1").reshape(shape)
    np.testing.assert_array_equal(sent(array), array)
    np.testing.assert_array_equal(sent(array[::-1, ::2]), array[::-1, ::2])


def test_floats_from_0_to_1_are_scaled():
    """Rounded to the nearest of 256 steps."""
    np.testing.assert_array_equal(sent(np.array([[0, 0.5, 1]], "f4")), [[0, 128, 255]])


def test_masks_and_16_bits_are_kept():
    """A bool mask is black and white; uint16 goes out as 16-bit PNG; a last axis of one is no colour."""
    np.testing.assert_array_equal(sent(np.array([[True, False]])), [[255, 0]])
    np.testing.assert_array_equal(sent(np.array([[0, 65535]], "u2")), [[0, 65535]])
    assert sent(np.zeros((2, 3, 1), "u1")).shape == (2, 3)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 32, 32)), r"transpose\(1, 2, 0\)"),
        (np.zeros((8, 32, 32, 3)), r"x\[0\]"),
        (np.zeros(10), "H×W"),
        (np.array(1.0), "a number"),
        (np.zeros((5, 5, 2)), "H×W"),
        (np.zeros((0, 5)), "no pixels"),
        (np.full((2, 2), 200.0), "from 200 to 200"),
        (np.array([[0.5, np.nan]]), "from nan"),
        (np.zeros((2, 2), "i8"), "uint8"),
        (np.array([["a"]]), "uint8"),
    ],
    ids=lambda value: str(getattr(value, "shape", value)),
)
def test_other_arrays_are_an_error_that_says_what_to_do(array, words):
    """Channels first, batches, raw intensities: the usual ones have their own hint."""
    with pytest.raises(CodecError) as caught:
        codecs.encode(array, "image/png")
    assert re.search(words, str(caught.value))
