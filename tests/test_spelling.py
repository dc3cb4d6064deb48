"""A misspelt name is answered by the one that was meant."""

from sm_magic.spelling import did_you_mean, near


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    """The name comes back as it is written where it is known."""
    assert near("IRSI", ["Iris", "digits"]) == ["Iris"]
    assert set(near("model", ["model-1", "model-2", "other"], most=2)) == {"model-1", "model-2"}
    assert did_you_mean("digit", ["iris", "digits"]) == "did you mean `digits`?"


def test_nothing_near_is_nothing() -> None:
    """A bad guess would be worse than none."""
    assert did_you_mean("xyzzy", ["iris"]) is None
    assert near("iris", []) == []
