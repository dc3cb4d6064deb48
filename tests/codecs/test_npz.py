"""application/x-npz: numpy and scipy are the judges, both ways; no pickle, no bomb."""

from __future__ import annotations

import io
import pickle
import zipfile
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

TYPE = "application/x-npz"
DENSE = np.array([[0, 1.5, 0], [0, 0, 0], [2, 0, 3]])
ARRAYS = {"x": np.arange(6, dtype="i2").reshape(2, 3), "label é": np.array(["a", "b"])}
EXAMPLES = [(ARRAYS, TYPE, ARRAYS), ({}, TYPE, {}), ({"one": 1.5}, TYPE, {"one": np.array(1.5)})]
KINDS = [f"{form}_{suffix}" for form in ("csr", "csc", "coo", "bsr", "dia") for suffix in ("matrix", "array")]
if find_spec("scipy"):
    from scipy import sparse

    EXAMPLES += [(value, TYPE, value) for kind in KINDS for value in [getattr(sparse, kind)(DENSE)]]
    EXAMPLES += [(sparse.lil_matrix(DENSE), TYPE, sparse.csr_matrix(DENSE))]


def received(body: bytes, **options):
    """The value that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=TYPE), **options)


def saved(pack=np.savez, **arrays) -> bytes:
    """What numpy itself writes."""
    file = io.BytesIO()
    pack(file, **arrays)
    return file.getvalue()


@given(st.dictionaries(st.text("abc_é1", min_size=1), hnp.arrays(hnp.scalar_dtypes(), (2, 3)), max_size=3))
def test_numpy_reads_what_we_write_and_we_what_numpy_writes(arrays):
    """Packed or not, every bit."""
    with np.load(io.BytesIO(codecs.encode(arrays, "npz").body)) as back:
        found = [dict(back)]
    found += [received(saved(pack, **arrays)) for pack in (np.savez, np.savez_compressed)]
    for each in found:
        assert set(each) == set(arrays)
        for name, array in arrays.items():
            assert (each[name].dtype, each[name].tobytes()) == (array.dtype, array.tobytes())


@pytest.mark.parametrize("kind", KINDS)
def test_scipy_reads_what_we_write_and_we_what_scipy_writes(kind):
    """Each format, as matrix and as array; a sparse value needs no -t."""
    sparse = pytest.importorskip("scipy.sparse")
    value = getattr(sparse, kind)(DENSE)
    payload = codecs.encode(value)
    assert payload.content_type == TYPE
    assert (payload.facts.rows, payload.facts.columns) == (3, 3)
    file = io.BytesIO()
    sparse.save_npz(file, value)
    assert payload.body == file.getvalue()
    for found in (sparse.load_npz(io.BytesIO(payload.body)), received(payload.body)):
        assert type(found) is type(value)
        np.testing.assert_array_equal(found.toarray(), DENSE)


def test_one_dimension_too():
    """A sparse vector."""
    sparse = pytest.importorskip("scipy.sparse")
    for kind in (sparse.coo_array, sparse.csr_array):
        vector = kind(np.array([0, 1, 0]))
        assert received(codecs.encode(vector).body).toarray().tolist() == [0, 1, 0]


def test_an_old_archive_is_read():
    """Before scipy 1.0 the format was kept as text."""
    sparse = pytest.importorskip("scipy.sparse")
    csr = sparse.csr_matrix(DENSE)
    parts = {
        "data": csr.data,
        "indices": csr.indices,
        "indptr": csr.indptr,
        "shape": csr.shape,
        "format": "csr",
    }
    np.testing.assert_array_equal(received(saved(**parts)).toarray(), DENSE)


@pytest.mark.parametrize(
    "changed",
    [
        {"indices": np.array([0, 1, 2**31 - 1], "i4")},
        {"indices": np.array([0, -1, 2], "i4")},
        {"indptr": np.array([0, 1, 1, 9], "i4")},
        {"indptr": np.array([0, 3, 1, 3], "i4")},
        {"shape": np.array([3, 1])},
        {"shape": np.array([-3, 3])},
        {"shape": np.array([4, 3])},
        {"indptr": np.array([0, 0, 0, -5], "i4")},
        {"indptr": np.array([0.0, 1, 1, 3])},
        {"indices": np.array([0, 1, 2, 0], "i4")},
        {"shape": np.array(3)},
        {"data": np.array([[1.0]])},
    ],
    ids=repr,
)
def test_indices_that_point_elsewhere_are_refused(changed):
    """scipy's C code would read there."""
    sparse = pytest.importorskip("scipy.sparse")
    csr = sparse.csr_matrix(DENSE)
    parts = {
        "data": csr.data,
        "indices": csr.indices,
        "indptr": csr.indptr,
        "shape": csr.shape,
        "format": b"csr",
    }
    with pytest.raises(CodecError, match="no csr matrix"):
        received(saved(**(parts | changed)))


def test_a_sparse_value_is_its_own():
    """It can be changed in place, whatever its byte order was."""
    sparse = pytest.importorskip("scipy.sparse")
    csr = sparse.csr_array(DENSE)
    body = saved(
        data=csr.data.astype(">f8"), indices=csr.indices, indptr=csr.indptr, shape=csr.shape, format=b"csr"
    )
    found = received(body)
    found.data *= 2
    np.testing.assert_array_equal(found.toarray(), 2 * DENSE)


def test_rows_that_only_the_shape_tells_are_bounded():
    """Whoever looks at some of them makes a CSR, with eight bytes for each."""
    sparse = pytest.importorskip("scipy.sparse")
    for kind in (sparse.coo_array, sparse.csc_array, sparse.dia_array):
        with pytest.raises(CodecError, match="sparse as it is, would take about 8000"):
            received(codecs.encode(kind(sparse.coo_array(([1.0], ([0], [0])), shape=(10**12, 1)))).body)


class Bomb:
    """Ends the test run when it is unpickled."""

    def __reduce__(self):
        return (exit, (1,))


def test_python_objects_are_never_pickled_nor_unpickled():
    """Neither in a dict nor in a sparse array."""
    objects = np.array([Bomb()], dtype=object)
    with pytest.raises(CodecError, match=r"'x': .*pickle"):
        codecs.encode({"x": objects}, "npz")
    with pytest.raises(CodecError, match="unpickling runs code"):
        received(saved(x=objects))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", pickle.dumps(Bomb()))
    with pytest.raises(CodecError, match="does not start as one"):
        received(file.getvalue())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1: DENSE}, "have names; int is none"),
        ({"x": [[1], [1, 2]]}, "'x': |become an array"),
        ({"x": np.ma.array([1, 2], mask=[0, 1])}, "mask"),
        (DENSE, "can as application/x-npy|can't be sent as application/x-npz"),
    ],
    ids=repr,
)
def test_what_is_no_dict_of_arrays_is_an_error(value, words):
    """It says which array."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(value, "npz")


def test_a_sparse_array_of_objects_is_refused():
    """npz would pickle it."""
    sparse = pytest.importorskip("scipy.sparse")
    try:
        value = sparse.coo_matrix((np.array([1], object), ([0], [0])), shape=(1, 1))
    except ValueError:
        return  # this scipy makes none
    with pytest.raises(CodecError, match="pickle"):
        codecs.encode(value)


def test_the_limit_holds_for_all_arrays_together():
    """Before they are written."""
    with pytest.raises(CodecError, match=r"the limit is 1\.0 MB"):
        codecs.encode({name: np.zeros(100_000) for name in "ab"}, "npz", max_bytes=1_000_000)


def archive(packing=zipfile.ZIP_DEFLATED, size=50_000_000, count=1, told=None) -> bytes:
    """Zeros, packed; *told*: the size that the archive claims."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as made:
        for number in range(count):
            made.writestr(f"{number}.npy", saved_zeros(size))
    body = file.getvalue()
    if told is not None:
        true = len(saved_zeros(size)).to_bytes(4, "little")
        assert body.count(true) == 2
        body = body.replace(true, told.to_bytes(4, "little"))
    return body


def saved_zeros(size: int) -> bytes:
    """An npy of so many zeros."""
    return codecs.encode(np.zeros(size, "u1"), "npy").body


def test_more_than_the_limit_is_told_from_the_directory():
    """One member, or many of them together; or the directory itself."""
    for body in (archive(), archive(size=1_000_000, count=20)):
        with pytest.raises(CodecError, match=r"the limit is 10\.0 MB"):
            received(body, max_bytes=10_000_000)
    with pytest.raises(CodecError, match=r"the limit is 10\.0 MB"):
        received(b"PK\x01\x02" * 100_000, max_bytes=10_000_000)


def test_an_archive_that_lies_about_its_sizes_is_refused():
    """Nothing is unpacked beyond what it tells."""
    with pytest.raises(CodecError, match="CRC"):
        received(archive(told=10), max_bytes=10_000)
    with pytest.raises(CodecError, match="the limit is"):
        received(archive(told=900_000_000), max_bytes=200_000_000)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_numpy_has_not_are_refused(packing):
    """Python unpacks them without a bound."""
    with pytest.raises(CodecError, match="packed in a way"):
        received(archive(packing, size=1000))


@pytest.mark.parametrize("body", [b"", b"PK", b"\x93NUMPY"], ids=repr)
def test_what_is_no_archive_is_an_error(body):
    """Its bytes are kept."""
    with pytest.raises(CodecError):
        received(body)
