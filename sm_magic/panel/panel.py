"""The panel: a form, the call that it makes, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.display import display, update_display

from ..errors import Cancelled, UsageError
from ..records import history
from ..result import Result
from ..views.quantities import seconds
from . import drawn, equivalent, presets, texts
from .course import Course
from .draft import Draft, draft
from .form import Form
from .offers import Offers
from .previewing import Preview
from .variables import is_free

if TYPE_CHECKING:
    from ..client import Client
    from ..messages import Request

__all__ = ["Panel"]

_display: Any = display
_update: Any = update_display


class Panel:
    """A form over *client*'s endpoints and the variables of *namespace*.

    Shown as a cell's last value.  A method is what the button of its name does, and raises what went wrong; the
    buttons show it in the panel.  Calls go on in the background: the kernel is free.
    """

    def __init__(
        self, client: Client, namespace: MutableMapping[str, Any], endpoint: str | None = None
    ) -> None:
        self.client, self.namespace = client, namespace
        self.form = Form()
        self.result: Result | None = None
        """The last answer, or what came of it."""
        self.error: BaseException | None = None
        """What became of the last call instead."""
        self.busy = False
        """Whether a call goes on."""
        self._course: Course | None = None
        self._offers = Offers(self.form, client, namespace)
        self._lock = RLock()
        self._preview = Preview(client, self._draft, partial(setattr, self.form.preview, "value"))
        self._output: str | None = None
        self._filling = False  # by a preset, whose endpoint is one, whatever targets are called
        self.form.endpoint.value = endpoint or ""
        self.form.show_copyable("")
        self.form.show_source()
        self.refresh()
        self._wire()
        self.preview()

    # --- what the buttons do ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """List variables, presets, earlier calls and endpoints anew."""
        self._offers.all()

    def request(self) -> Request:
        """The request that `send` would send: encoded and checked."""
        return self._prepared(self._draft())

    def send(self) -> None:
        """Encode and send in the background what the form says now.  Raises UsageError for what is missing."""
        if self.busy:
            raise UsageError("A call goes on.", hint="`Stop` ends it.")
        wanted = self._draft()
        with self._lock:
            self.result = self.error = None
            self.form.answer.value = ""
            self._set_busy(True)
            self._say(f"Sending to {wanted.endpoint} …")
            self._course = Course(
                self.client,
                lambda: self._prepared(wanted),
                say=self._say,
                draw=self._draw,
                ended=self._end_of(object()),
            )

    def stop(self) -> None:
        """Give up what goes on.  A queued request goes on, unwatched; an endpoint may still be computing."""
        if self._course is not None and self.busy:
            self._course.stop()

    def insert_cell(self) -> str:
        """Show the cell that does the same, and the line that inserts it; the cell."""
        wanted = self._draft()
        request = self._prepared(wanted)
        cell, notes = equivalent.as_cell(wanted, request, self.client, self.namespace)
        record = history.note(request, cell, self.client.settings)
        self.form.show_copyable(cell, f"%sm_history {record.number} --insert")
        self._offers.earlier()
        self._say(" ".join(["To be copied into a cell.", *notes]))
        return cell

    def copy_code(self) -> str:
        """Show the same call in Python, by boto3; the code."""
        code, notes = equivalent.as_code(self.request(), self.client)
        self.form.show_copyable(code)
        self._say(" ".join(["To be copied.", *notes]))
        return code

    def keep(self, name: str | None = None) -> None:
        """Keep the answer's value in the notebook's variable *name*; None: the form's."""
        name = (name or self.form.name.value).strip()
        if not is_free(name):
            raise UsageError(f"`{name}` can't be a variable's name.")
        self.namespace[name] = self._answer().value
        self._say(f"The variable {name} has the answer's value.")
        self._offers.variables()

    def save(self, path: str | None = None) -> None:
        """Write the answer's bytes to *path*; None: the form's."""
        written = self._answer().save((path or self.form.name.value).strip())
        self._say(f"Written to {written}")

    def load_preset(self, name: str, *, connected: bool = False) -> None:
        """Fill the form in with a target's options.  connected: the client goes where the target says."""
        options = self._offers.targets.get(name)
        if options is None:
            raise UsageError(f"There is no preset `{name}`.", hint="`Refresh lists`, then choose one.")
        elsewhere = sorted(presets.CONNECTION & {key.replace("-", "_") for key in options})
        if elsewhere and not connected:
            raise UsageError(
                f"The preset `{name}` sets {' and '.join(elsewhere)}, and this panel's calls go elsewhere.",
                hint=f"`%sm_panel {name}` shows one for it.",
            )
        self._filling = True
        try:
            left = [key for key in presets.fill(self.form, options) if key not in presets.CONNECTION]
        finally:
            self._filling = False
        self._say(f"Not in this form, and left out: {', '.join(left)}" if left else f"{name} is filled in.")

    def keep_preset(self, name: str | None = None, *, project: bool | None = None) -> None:
        """Keep the form, its input left out, as a target."""
        form = self.form
        name = (name or form.preset_name.value).strip()
        path = presets.keep(form, name, project=form.preset_home.value if project is None else project)
        self._offers.presets(self._offers.targets)
        self._say(f"Kept in {path}: `%sm_invoke {name} …` takes it too.")

    def show_earlier(self, number: int) -> None:
        """Show the answer of the history's call *number* again."""
        record = next((each for each in history if each.number == number), None)
        if record is None or record.result is None:
            why = "the history has it no more" if record is None else record.error or "its bytes had to go"
            raise UsageError(f"There is no answer of call {number}: {why}")
        self._draw(record.result._repr_mimebundle_())
        self._say(f"Call {number}, {record.when.astimezone():%H:%M:%S}")

    # --- the call -----------------------------------------------------------------------------------------------

    def _draft(self) -> Draft:
        return draft(self.form, self.namespace, self.client.settings)

    def _prepared(self, wanted: Draft) -> Request:
        return self.client.prepare(endpoint=wanted.endpoint, **wanted.options)

    def _answer(self) -> Result:
        if self.result is None:
            raise UsageError("There is no answer yet.", hint="`Send` gets one.")
        return self.result

    def _end_of(self, turn: object) -> Callable[[Result | None, BaseException | None], None]:
        """What ends this call, and no later one: of a stopped call more may be told when it has left."""
        self._call = turn

        def ended(result: Result | None, error: BaseException | None) -> None:
            with self._lock:
                if self._call is turn:
                    self._end(result, error)

        return ended

    def _end(self, result: Result | None, error: BaseException | None) -> None:
        came = getattr(error, "result", None)
        self.result, self.error = result or (came if isinstance(came, Result) else None), error
        if result is not None:
            self._draw(result._repr_mimebundle_())
            self._say(f"Answered in {seconds(result.latency)}")
        elif error is not None:
            self._show(error)
        self._set_busy(False)
        self._offers.earlier()
        if self.result is not None and self._output is not None:
            _update(
                drawn.copy(self.result._repr_mimebundle_(), datetime.now()), display_id=self._output, raw=True
            )

    # --- what is drawn ------------------------------------------------------------------------------------------

    def _set_busy(self, busy: bool) -> None:
        form, self.busy = self.form, busy
        form.send.disabled, form.stop.disabled = busy, not busy
        form.keep.disabled = form.save.disabled = busy or self.result is None

    def _say(self, text: str) -> None:
        self.form.status.value = drawn.line(text)

    def _draw(self, bundle: Mapping[str, str]) -> None:
        self.form.answer.value = drawn.markup(bundle)

    def _show(self, error: BaseException) -> None:
        self.form.answer.value = drawn.error(error, self.client.settings)
        self._say(str(error) if isinstance(error, Cancelled) else "It did not work: the reason stands below.")

    def _ipython_display_(self) -> None:
        """The form, and below it the output that a saved notebook keeps."""
        self._output = uuid4().hex
        _display(self.form.box)
        _display(drawn.copy(None, None), display_id=self._output, raw=True)

    # --- wires --------------------------------------------------------------------------------------------------

    def _wire(self) -> None:
        form = self.form
        buttons: dict[Any, Callable[[], Any]] = {
            form.send: self.send,
            form.stop: self.stop,
            form.refresh: self.refresh,
            form.insert: self.insert_cell,
            form.code: self.copy_code,
            form.keep: self.keep,
            form.save: self.save,
            form.keep_preset: self.keep_preset,
        }
        for button, action in buttons.items():
            button.on_click(partial(self._guarded, action))
        self._on(form.source, lambda _: form.show_source())
        self._on(form.endpoint, self._named)
        self._on(form.presets, lambda name: self.load_preset(name) if name else None)
        self._on(form.history, lambda number: self.show_earlier(number) if number else None)
        for box in form.previewed:
            self._on(box, lambda _: self.preview())

    def _named(self, name: str) -> None:
        """An endpoint, or a target's name, which means its endpoint and options, as on a magic's line."""
        if not self._filling and name.strip() in self._offers.targets:
            self.load_preset(name.strip())
        else:
            self._offers.variants()

    def _on(self, box: Any, action: Callable[[Any], Any]) -> None:
        box.observe(lambda change: self._guarded(lambda: action(change.new)), "value")

    def _guarded(self, action: Callable[[], Any], _: object = None) -> None:
        """Do it; what goes wrong is shown: nobody sees what a callback raises."""
        try:
            action()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
            self.error = error
            self._show(error)

    def preview(self) -> None:
        """Say what would be sent, and how large it is; in the background, since it has to be made for that."""
        form = self.form
        wanted = form.content_type.value.strip() or texts.FORMATS[form.format.value]
        wrong = texts.problem(form.text.value, wanted, self.client.settings)
        form.problem.value = drawn.line(wrong) if wrong else ""
        self._preview.ask()
