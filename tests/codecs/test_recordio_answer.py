"""What a RecordIO answer becomes: an array, a table of predictions, a picture's classes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.codecs.protobuf import field, pack
from sm_magic.codecs.records import MAGIC
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

FEATURES, LABEL = 1, 2


def frame(*entries: bytes) -> bytes:
    """A Record in its frame."""
    record = b"".join(entries)
    return MAGIC + len(record).to_bytes(4, "little") + record + bytes(-len(record) % 4)


def entry(place: int, name: str, numbers, dtype: str = "f4", shape: tuple[int, ...] = ()) -> bytes:
    """A tensor under its name."""
    array = np.array(numbers, dtype)
    values = pack(array)[0] if dtype == "i4" else array.tobytes()
    tensor = field(1, values) + (field(3, bytes(shape)) if shape else b"")
    return field(place, field(1, name.encode()) + field(2, field({"f4": 2, "f8": 3, "i4": 7}[dtype], tensor)))


def received(*frames: bytes, **options):
    """The answer's value."""
    payload = Payload(body=b"".join(frames), content_type="application/x-recordio-protobuf")
    return codecs.decode(payload, **options)


def test_predictions_are_a_table():
    """Linear learner's score and label, k-means' cluster and distance: a column for each."""
    found = received(
        *(
            frame(entry(LABEL, "score", [s]), entry(LABEL, "predicted_label", [p]))
            for s, p in [(0.25, 0), (0.75, 1)]
        )
    )
    expected = pd.DataFrame(
        {"score": np.array([0.25, 0.75], "f4"), "predicted_label": np.array([0, 1], "f4")}
    )
    pd.testing.assert_frame_equal(found, expected)


def test_one_prediction_is_a_table_too():
    """Of one row."""
    assert received(frame(entry(LABEL, "score", [0.5]))).to_dict("list") == {"score": [0.5]}


def test_predictions_of_several_numbers_are_arrays_by_name():
    """A multi-class linear learner's scores; PCA's projection."""
    rows = [frame(entry(LABEL, "score", [0.1, 0.9]), entry(LABEL, "predicted_label", [1]))] * 3
    found = received(*rows)
    assert list(found) == ["score", "predicted_label"]
    assert found["score"].shape == (3, 2)
    assert found["predicted_label"].shape == (3,)


def test_classes_of_a_picture_come_in_their_shape():
    """Semantic segmentation answers `target` and `shape`."""
    target = np.arange(24, dtype="f4")
    for count, shape in ((1, (1, 2, 3, 4)), (2, (2, 1, 2, 3, 4))):
        one = frame(entry(FEATURES, "target", target), entry(FEATURES, "shape", [1, 2, 3, 4], "i4"))
        found = received(*[one] * count)
        assert found.shape == shape
        np.testing.assert_array_equal(found.reshape(count, -1)[0], target)
    odd = received(frame(entry(FEATURES, "target", target), entry(FEATURES, "shape", [5, 5], "i4")))
    assert set(odd) == {"target", "shape"}


def test_a_tensor_comes_in_the_shape_it_tells():
    """Unless its numbers are not as many."""
    assert received(frame(entry(FEATURES, "values", range(6), shape=(2, 3)))).shape == (1, 2, 3)
    assert received(frame(entry(FEATURES, "values", range(6), shape=(2, 2)))).shape == (1, 6)


def test_rows_of_different_lengths_are_a_list():
    """Seq2Seq's target, say; None where a Record lacks what others have."""
    rows = received(frame(entry(FEATURES, "values", [1, 2])), frame(entry(FEATURES, "values", [3])))
    assert [row.tolist() for row in rows] == [[1, 2], [3]]
    found = received(frame(entry(LABEL, "a", [1])), frame(entry(LABEL, "b", [2])))
    assert found["a"][1] is None
    assert found["b"][1].tolist() == [2]


def test_features_and_labels_under_other_names_stay_apart():
    """As the Record has them."""
    found = received(frame(entry(FEATURES, "in0", [1, 2]), entry(LABEL, "score", [3])))
    assert {key: list(value) for key, value in found.items()} == {"features": ["in0"], "label": ["score"]}


def test_texts_are_bytes():
    """A Value may hold bytes."""
    texts = field(9, field(1, b"one") + field(1, b"two") + field(2, b"text/plain"))
    assert received(frame(field(FEATURES, field(1, b"words") + field(2, texts)))) == {
        "words": [[b"one", b"two"]]
    }


def test_alike_and_unlike_rows_are_read_the_same():
    """The fast way and the slow one."""
    rows = [frame(entry(FEATURES, "values", [i, -i], "f8"), entry(LABEL, "values", [i])) for i in range(50)]
    x, labels = received(*rows)
    extra = frame(entry(FEATURES, "values", [50, -50], "f8"), entry(LABEL, "values", [50]), field(3, b"uid"))
    slow_x, slow_labels = received(*rows, extra)
    np.testing.assert_array_equal(slow_x[:50], x)
    np.testing.assert_array_equal(slow_labels[:50], labels)
    assert x.dtype == slow_x.dtype == "f8"
    assert labels.tolist() == list(range(50))
    assert slow_x[50].tolist() == [50, -50]


def test_an_array_is_its_own():
    """It can be written to."""
    assert received(frame(entry(FEATURES, "values", [1, 2])) * 2).flags.writeable


def test_sparse_rows_need_keys_for_each_value():
    """As wide as they say, or as the last key."""
    pytest.importorskip("scipy")
    tensor = field(1, np.array([1, 2], "f4").tobytes()) + field(2, b"\1\4")
    row = frame(field(1, field(1, b"values") + field(2, field(2, tensor))))
    found = received(row, row)
    assert found.shape == (2, 5)
    assert found.toarray().tolist() == [[0, 1, 0, 0, 2]] * 2
    with pytest.raises(CodecError, match="differ in number"):
        received(frame(field(1, field(1, b"values") + field(2, field(2, tensor + field(2, b"\5"))))))
