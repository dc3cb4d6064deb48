"""``%sm_panel``: the form, in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from IPython.display import display

from ..errors import UsageError
from .display import in_notebook
from .options import help_text, parse
from .target import choose

if TYPE_CHECKING:
    from .extension import SageMakerMagics

__all__ = ["panel"]

_display: Any = display


def panel(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> None:
    """Run the magic."""
    settings = door.settings()
    parsed = parse("sm_panel", line, names, known=settings.targets)
    if parsed.help:
        print(help_text("sm_panel"))
        return
    if not in_notebook(door.shell):
        raise UsageError(
            "The panel is for notebooks, and this is a terminal.",
            hint="`%sm_invoke ENDPOINT INPUT` sends the same request.",
        )
    if find_spec("ipywidgets") is None:
        raise UsageError(
            "The panel needs ipywidgets.", hint="%pip install ipywidgets, then restart the kernel."
        )
    from ..panel import Panel
    from ..panel.presets import CONNECTION

    endpoint = parsed.arguments.get("ENDPOINT", "")
    if endpoint in settings.targets:
        options = choose(door, endpoint, settings).options
        connection = {name: options[name] for name in CONNECTION if name in options and door.place is None}
        door.panel = Panel(door.client(settings, **connection), door.shell.user_ns)
        door.panel.load_preset(endpoint, connected=True)
    else:
        door.panel = Panel(door.client(settings), door.shell.user_ns, endpoint)
    _display(door.panel)
