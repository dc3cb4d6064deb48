"""The magics: thin doors over `sm_magic.Client`.  IPython is imported here alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]


def load(shell: InteractiveShell) -> None:
    """Give *shell* the magics; a second time, fresh ones."""
    from .extension import SageMakerMagics

    unload(shell)
    shell.register_magics(SageMakerMagics)
    door = shell.magics_manager.registry["SageMakerMagics"]
    door.marks.register()
    door.completion.register()


def unload(shell: InteractiveShell) -> None:
    """Take the magics from *shell*, and leave nothing behind."""
    manager = shell.magics_manager
    door = manager.registry.pop("SageMakerMagics", None)
    if door is None:
        return
    door.marks.unregister()
    door.completion.unregister()
    for magics in manager.magics.values():
        for name in [name for name, magic in magics.items() if getattr(magic, "__self__", None) is door]:
            del magics[name]
    if door in shell.configurables:
        shell.configurables.remove(door)
