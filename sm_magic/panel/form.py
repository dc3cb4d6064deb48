"""The panel's widgets and how they lie; what they do is the Panel's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ipywidgets as widgets

from ..codecs import ORIENTS
from ..mediatypes import BY_SHORT
from ..members import INPUTS, Member
from .texts import FORMATS

__all__ = ["OPERATIONS", "UPLOAD_LIMIT", "Form"]

OPERATIONS: Final = {
    "Real-time": "InvokeEndpoint",
    "Stream": "InvokeEndpointWithResponseStream",
    "Asynchronous": "InvokeEndpointAsync",
}
UPLOAD_LIMIT: Final = 10_000_000
"""Bytes that a browser's upload survives: JupyterLab's websocket drops larger messages without a word."""

_WIDE: Final = "1 1 22rem"
_NARROW: Final = "1 1 13rem"
_ELSEWHERE: Final = frozenset(
    {
        "endpoint",
        "body",
        "content_type",
        "accept",
        "custom_attributes",
        "target_variant",
        "inference_component_name",
    }
)
_SHORT = tuple(BY_SHORT)


class _Box(widgets.VBox):  # type: ignore[misc]
    """A notebook that is opened again, and has lost its kernel, shows its repr."""

    def __repr__(self) -> str:
        return "The panel of sm_magic"


class Form:
    """What a person fills in.  In the order of the Tab key: from the endpoint to the answer."""

    def __init__(self) -> None:
        self.endpoint = _text(widgets.Combobox, "Endpoint", placeholder="its name", ensure_option=False)
        self.refresh = widgets.Button(
            description="Refresh lists", tooltip="Ask for endpoints and variables anew"
        )
        self.variant = _choice("Variant", [("by weight", "")])
        self.component = _choice("Component", [("none", "")])
        self.operation = _toggle("Operation", OPERATIONS)
        self.source = _toggle("Input", ("Variable", "Text", "File"))
        self.variable = _choice("Variable", [])
        self.text = _text(
            widgets.Textarea, "Text", placeholder='{"instances": [[5.1, 3.5, 1.4, 0.2]]}', rows=6
        )
        self.format = _toggle("Format", FORMATS)
        self.problem = widgets.HTML()
        self.upload = widgets.FileUpload(
            description=f"Upload (up to {UPLOAD_LIMIT // 1_000_000} MB)",
            multiple=False,
            layout=widgets.Layout(width="auto"),
        )
        self.path = _text(widgets.Text, "Path", placeholder="a file of this machine, or s3://BUCKET/KEY")
        self.content_type = _text(widgets.Combobox, "Content type", placeholder="Auto", options=_SHORT)
        self.accept = _text(widgets.Combobox, "Accept", placeholder="the model's default", options=_SHORT)
        self.preview = widgets.HTML()
        self.custom_attributes = _text(widgets.Text, "Custom attributes")
        self.members: Mapping[str, widgets.Text] = {
            member.name: _text(widgets.Text, _label(member), placeholder=member.help)
            for member in INPUTS
            if member.option is not None and member.name not in _ELSEWHERE
        }
        self.orient = _choice("Orient", [("Auto", ""), *((name, name) for name in ORIENTS)])
        self.header = widgets.Checkbox(description="CSV with the columns' names", indent=False)
        self.presets = _choice("Preset", [("none", "")])
        self.preset_name = _text(widgets.Text, "Name", placeholder="of a new preset")
        self.preset_home = _choice("Kept in", [("your file", False), ("the project's pyproject.toml", True)])
        self.keep_preset = widgets.Button(description="Keep preset")
        self.send = widgets.Button(description="Send", button_style="primary")
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.status = widgets.HTML()
        self.answer = widgets.HTML()
        self.insert = widgets.Button(description="Insert cell", tooltip="The equivalent %%sm_invoke cell")
        self.code = widgets.Button(description="Copy code", tooltip="The equivalent call of boto3")
        self.copyable = _text(widgets.Textarea, "To copy", rows=8)
        self.line = _text(widgets.Text, "Or run")
        self.name = _text(widgets.Text, "As", placeholder="a variable, or a file", value="answer")
        self.keep = widgets.Button(description="Keep as variable", disabled=True)
        self.save = widgets.Button(description="Save to file", disabled=True)
        self.history = _choice("Earlier", [("none", "")])
        self.box = self._laid_out()

    def _laid_out(self) -> _Box:
        self.variables = _row(self.variable)
        self.texts = widgets.VBox([self.format, self.text, self.problem])
        self.files = _row(self.path, self.upload)
        self.copied = widgets.VBox([self.copyable, self.line])
        more = widgets.Accordion(
            [
                widgets.VBox([_row(*self.members.values()), _row(self.orient, self.header)]),
                _row(self.presets, self.preset_name, self.preset_home, self.keep_preset),
            ],
            titles=("More options", "Presets"),
        )
        box = _Box(
            [
                widgets.HTML(_STYLE),
                _row(self.endpoint, self.refresh),
                _row(self.variant, self.component),
                self.operation,
                self.source,
                self.variables,
                self.texts,
                self.files,
                _row(self.content_type, self.accept, self.custom_attributes),
                self.preview,
                more,
                _row(self.send, self.stop, self.status),
                self.answer,
                _row(self.insert, self.code, self.name, self.keep, self.save, self.history),
                self.copied,
            ]
        )
        box.add_class("sm-magic-panel")
        return box

    @property
    def previewed(self) -> tuple[Any, ...]:
        """What decides what is sent, and how large it is."""
        return (
            *(
                self.endpoint,
                self.operation,
                self.source,
                self.variable,
                self.text,
                self.format,
                self.upload,
                self.path,
            ),
            *(self.content_type, self.orient, self.header),
        )

    def show_source(self) -> None:
        """Show the input that is chosen, and no other."""
        for name, part in (("Variable", self.variables), ("Text", self.texts), ("File", self.files)):
            part.layout.display = None if self.source.value == name else "none"

    def show_copyable(self, text: str, line: str = "") -> None:
        """Show *text* to be copied, and the *line* that does something with it; nothing for none."""
        self.copyable.value, self.line.value = text, line
        self.copied.layout.display = None if text else "none"
        self.line.layout.display = None if line else "none"

    def choose(self, box: Any, options: Sequence[tuple[str, Any]], wanted: Any) -> None:
        """Give a list its *options*, and keep *wanted* chosen where it is still there."""
        box.options = tuple(options)
        box.value = (
            wanted if wanted in [value for _, value in options] else (options[0][1] if options else None)
        )


def _label(member: Member) -> str:
    """``--target-model`` → ``Target model``."""
    return (member.option or member.name).removeprefix("--").replace("-", " ").capitalize()


# JupyterLab's own themes leave the headings a little faint, the labels of toggles above them, and cut off wide answers.
_STYLE: Final = (
    "<style>.sm-magic-panel .jupyter-widget-Collapse-header{color:var(--jp-ui-font-color0,inherit)}"
    ".sm-magic-panel .widget-toggle-buttons{display:flex;flex-flow:row nowrap;align-items:center;margin:2px}"
    ".sm-magic-panel .widget-toggle-buttons>.widget-label{text-align:right}"
    ".sm-magic-panel .widget-html-content{min-width:0;overflow-x:auto}</style>"
)
_LABELLED: Final = {"description_width": "7.5rem"}


def _text(make: Any, label: str, **options: Any) -> Any:
    long = make is widgets.Textarea
    layout = widgets.Layout(width="auto", min_width="12rem", flex=None if long else _WIDE)
    return make(description=label, style=_LABELLED, layout=layout, continuous_update=long, **options)


def _choice(label: str, options: Sequence[tuple[str, Any]]) -> widgets.Dropdown:
    layout = widgets.Layout(width="auto", flex=_NARROW, min_width="12rem")
    return widgets.Dropdown(description=label, options=options, style=_LABELLED, layout=layout)


def _toggle(label: str, options: Any) -> widgets.ToggleButtons:
    return widgets.ToggleButtons(
        description=label, options=tuple(options), style={**_LABELLED, "button_width": "auto"}
    )


def _row(*children: Any) -> widgets.Box:
    """Side by side where there is room, one below the other where there is not."""
    layout = widgets.Layout(display="flex", flex_flow="row wrap", align_items="center", width="100%")
    return widgets.Box(children, layout=layout)
