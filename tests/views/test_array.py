"""Arrays that are no tables."""

import numpy as np


def test_a_batch(shown, golden):
    """Shape, type, size, extent, and the first slice."""
    made = shown(
        np.arange(24, dtype="float32").reshape(2, 3, 4) / 8, content_type="application/x-npy", body=b"-"
    )

    golden("array", text=made.text, html=made.html)


def test_a_large_slice_is_cut(shown):
    """20 × 20 of it."""
    text = shown(np.zeros((1, 3, 224, 224), dtype="uint8")).text

    assert "array, 1 × 3 × 224 × 224 · uint8 · 151 kB · minimum 0, maximum 0" in text
    assert "slice [0, 0, :, :]: 20 of 224 rows × 20 of 224 columns" in text


def test_odd_arrays(shown):
    """No dimensions, no elements, NaN, complex numbers and text: said, not raised."""
    assert "value 3.5" in shown(np.array(3.5)).text
    assert shown(np.zeros((0, 3, 4))).text == "array, 0 × 3 × 4 · float64 · 0 bytes"
    assert "minimum NaN" in shown(np.full((2, 2, 2), np.nan)).text
    assert "1+2j" in shown(np.full((1, 1, 1), 1 + 2j)).text.replace("(", "").replace(")", "")
    assert "abc" in shown(np.full((1, 1, 1), "abc")).text
