"""The arrays of a sparse value: none that points elsewhere gets to scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic.codecs import sparse_checks

COO = {"data": np.ones(2), "row": np.array([0, 1]), "col": np.array([2, 0]), "shape": np.array([2, 3])}
DIA = {"data": np.ones((2, 3)), "offsets": np.array([0, -1]), "shape": np.array([3, 3])}
BSR = {
    "data": np.ones((1, 2, 3)),
    "indices": np.array([1]),
    "indptr": np.array([0, 0, 1]),
    "shape": np.array([4, 6]),
}


@pytest.mark.parametrize(
    ("form", "arrays"),
    [
        ("coo", COO),
        ("coo", {"data": np.ones(1), "coords": np.array([[1]]), "shape": np.array([2])}),
        ("dia", DIA),
        ("bsr", BSR),
    ],
)
def test_what_fits_is_taken(form, arrays):
    """As save_npz has it; copies, not the answer's own bytes."""
    made, shape = sparse_checks.parts(form, arrays)
    assert shape == tuple(arrays["shape"])
    assert made[0].tolist() == arrays["data"].tolist()
    assert made[0].flags.writeable
    assert not np.shares_memory(made[0], arrays["data"])


@pytest.mark.parametrize(
    ("form", "arrays"),
    [
        ("coo", COO | {"row": np.array([0, 2])}),
        ("coo", COO | {"row": np.array([0])}),
        ("coo", COO | {"shape": np.array([2, 3, 4])}),
        ("coo", COO | {"shape": np.array([2.0, 3.0])}),
        ("coo", COO | {"col": np.array([-1, 0])}),
        ("dia", DIA | {"offsets": np.array([-(2**63), 0])}),
        ("dia", DIA | {"offsets": np.array([0])}),
        ("dia", DIA | {"data": np.ones(3)}),
        ("bsr", BSR | {"data": np.ones((1, 0, 3))}),
        ("bsr", BSR | {"data": np.ones((1, 3, 3))}),
        ("bsr", BSR | {"indices": np.array([2])}),
        ("bsr", BSR | {"indptr": np.array([0, 1])}),
    ],
)
def test_what_does_not_fit_is_refused(form, arrays):
    """In number, in place, in kind."""
    with pytest.raises(ValueError, match=r"\w"):
        sparse_checks.parts(form, arrays)


SMALL = hnp.arrays(
    st.sampled_from(["i4", "i8", "u8", "f8"]),
    hnp.array_shapes(max_dims=2, max_side=4),
    elements={"min_value": 0, "max_value": 4},
)


@given(
    st.sampled_from(["csr", "csc", "coo", "dia", "bsr"]),
    st.fixed_dictionaries(
        dict.fromkeys(("data", "indices", "indptr", "offsets", "row", "col", "shape"), SMALL)
    ),
)
def test_what_is_taken_scipy_can_work_with(form, arrays):
    """Any arrays: refused, or a value that says the same in every form."""
    sparse = pytest.importorskip("scipy.sparse")
    try:
        parts, shape = sparse_checks.parts(form, arrays)
    except ValueError:
        return
    value = getattr(sparse, f"{form}_array")(parts, shape=shape)
    if value.ndim == 2:
        np.testing.assert_array_equal(value.tocsr().toarray(), value.tocsc().toarray())
