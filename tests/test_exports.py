"""The public names: few, documented, and there without importing anything heavy."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import sm_magic

MODULES = sorted(
    m.name for m in pkgutil.walk_packages(sm_magic.__path__, "sm_magic.") if "__main__" not in m.name
)


def test_every_public_name_is_there():
    """All of __all__ can be imported, and dir() shows it."""
    for name in sm_magic.__all__:
        assert hasattr(sm_magic, name), name
    assert set(sm_magic.__all__) <= set(dir(sm_magic))


def test_every_public_name_is_documented():
    """Each class and function that is public says what it is for."""
    for name in sm_magic.__all__:
        thing = getattr(sm_magic, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name


def test_unknown_names_are_attribute_errors():
    """A misspelt name is an AttributeError that names it, so that hasattr and copy work."""
    with pytest.raises(AttributeError, match="klient"):
        _ = sm_magic.klient


def test_import_brings_nothing_heavy():
    """`import sm_magic` alone imports none of its own modules and nothing of anyone else's."""
    code = (
        "import sys; before = set(sys.modules); import sm_magic; new = set(sys.modules) - before;"
        "print(sorted(n for n in new if n.split('.')[0] not in sys.stdlib_module_names and n != 'sm_magic'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_exported_names_exist(name):
    """Whatever a module's __all__ names, it has; and the module says what it is for."""
    if name.startswith("sm_magic.local"):
        for part in ("starlette", "uvicorn", "sklearn"):
            pytest.importorskip(part)
    module = importlib.import_module(name)
    assert [n for n in getattr(module, "__all__", ()) if not hasattr(module, n)] == []
    assert inspect.getdoc(module), name
