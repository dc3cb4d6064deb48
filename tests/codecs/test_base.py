"""How Python types are known without being imported, and codecs without guessing."""

from __future__ import annotations

import dataclasses
import sys
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.codecs import Registry
from sm_magic.codecs.base import Codec, is_a, kind, optional, size, type_names


class MyFrame(pd.DataFrame):
    """As geopandas and others make one."""


@dataclasses.dataclass
class Thing:
    x: int = 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (pd.DataFrame(), "pandas.DataFrame"),
        (MyFrame(), "pandas.DataFrame"),
        (np.float64(1), "numpy.generic"),
        (np.float64(1), "builtins.float"),
        (True, "builtins.int"),
        (pd.NaT, "pandas.NaTType"),
        (pd.Timestamp(0), "datetime.datetime"),
        (Thing(), "dataclass"),
        (MappingProxyType({}), "Mapping"),
        (range(3), "Sequence"),
        (pd.Series(dtype=float), "__array__"),
        (object(), "builtins.object"),
    ],
)
def test_types_are_known_by_name(value, name):
    """Along the MRO by package and class name, then by what a value can do."""
    assert is_a(value, name)


def test_the_most_specific_name_comes_first():
    """A subclass is asked for before its base, the base before an ability."""
    names = list(type_names(np.float64(1)))
    assert names.index("numpy.float64") < names.index("numpy.generic") < names.index("builtins.float")
    assert names[-1] == "builtins.object"


def test_a_subclass_is_sent_like_its_base():
    """Somebody else's DataFrame is a DataFrame."""
    assert codecs.encode(MyFrame({"a": [1]})).body == b"1\n"


def test_two_claimants_are_an_error():
    """Of a media type, of a Python type's default, and of a type within one codec."""
    one, two = Codec("a/b"), Codec("a/b")
    with pytest.raises(TypeError, match="claimed twice"):
        Registry.of([one, two])
    three, four = Codec("a/c"), Codec("a/d")
    for codec in (three, four):
        codec.encodes("builtins.complex", default=True)(lambda value, asked: asked.payload(b""))
    with pytest.raises(TypeError, match="two defaults"):
        Registry.of([three, four])
    with pytest.raises(TypeError, match="two encoders"):
        three.encodes("builtins.complex")(lambda value, asked: asked.payload(b""))


def test_a_package_that_cannot_be_imported_is_absent(tmp_path):
    """For whatever reason: a pyarrow built for numpy 2 raises more than ImportError."""
    (tmp_path / "broken_by_abi.py").write_text("raise AttributeError('_ARRAY_API not found')")
    sys.path.insert(0, str(tmp_path))
    try:
        assert optional("broken_by_abi") is None
    finally:
        sys.path.remove(str(tmp_path))
    assert optional("not_a_package_at_all") is None
    assert optional("json") is not None


def test_names_and_sizes_for_people():
    """As they write them."""
    assert (kind([]), kind(pd.DataFrame()), kind(np.zeros(1))) == (
        "list",
        "pandas.DataFrame",
        "numpy.ndarray",
    )
    assert [size(n) for n in (12, 1_500, 25e6, 3.2e9)] == ["12 bytes", "1.5 kB", "25.0 MB", "3.2 GB"]
