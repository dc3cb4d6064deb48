"""The layers of ARCHITECTURE.md, held by import-linter's contracts in pyproject.toml."""

import pytest


def test_imports_go_downward_only(capsys):
    """Every contract is kept; a broken one is printed with the import that breaks it."""
    cli = pytest.importorskip("importlinter.cli")
    failed = cli.lint_imports()
    assert not failed, capsys.readouterr().out
