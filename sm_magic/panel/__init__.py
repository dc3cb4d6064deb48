"""``%sm_panel``: a form over the same requests as the magic, for people who would rather click.

Panel(client, namespace)        in a notebook, as a cell's last value

Its methods are what its buttons do.
"""

from .panel import Panel

__all__ = ["Panel"]
