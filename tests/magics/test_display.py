"""Each call's card is shown exactly once, wherever the magic stands."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import timeit
from contextlib import redirect_stderr, suppress

import pytest

from sm_magic.magics.status import Status
from sm_magic.progress import Progress

CARD, LAST = "display_data", "execute_result"

# What is typed, cell by cell → how the card is shown in each: as a display, as the cell's last value, not at all.
CASES = {
    "last line": [("%sm_invoke echo 'mark'", [CARD])],
    "not last": [("%sm_invoke echo 'mark'\nx = 1", [CARD])],
    "before another value": [("%sm_invoke echo 'mark'\n1", [CARD])],
    "cell magic": [("%%sm_invoke echo -t text\nmark", [CARD])],
    "in a loop": [("for _ in range(3):\n    %sm_invoke echo 'mark'", [CARD] * 3)],
    "in a function called last": [("def f():\n    r = %sm_invoke echo 'mark'\n    return r\nf()", [CARD])],
    "in a function, not returned": [("def f():\n    %sm_invoke echo 'mark'\nf()", [CARD])],
    "assigned": [("x = %sm_invoke echo 'mark'", [CARD])],
    "assigned and named last": [("x = %sm_invoke echo 'mark'\nx", [CARD])],
    "assigned, named in the next": [("x = %sm_invoke echo 'mark'", [CARD]), ("x", [LAST])],
    "-o": [("%sm_invoke echo 'mark' -o out", [CARD])],
    "-o and the value last": [("%sm_invoke echo 'mark' -o out\nNone", [CARD])],
    "a semicolon at the end": [("%sm_invoke echo 'mark';", [CARD])],
    "an assignment and a semicolon": [("x = %sm_invoke echo 'mark'\nx;", [CARD])],
    "-q last": [("%sm_invoke echo 'mark' -q", [])],
    "-q kept, shown in the same cell": [("r = %sm_invoke echo 'mark' -q\ndisplay(r)", [CARD])],
    "-q kept, shown in the next": [("r = %sm_invoke echo 'mark' -q", []), ("r", [LAST])],
    "-q kept, last of the same": [("r = %sm_invoke echo 'mark' -q\nr", [])],
    "shown, and shown again on request": [("r = %sm_invoke echo 'mark'\ndisplay(r)\nr", [CARD, CARD])],
    "shown by another object's display": [
        (
            "class Box:\n    def _ipython_display_(self): display(r)\nr = %sm_invoke echo 'mark' -q\nBox()",
            [CARD],
        )
    ],
    "Client().invoke last": [("place().invoke('mark', endpoint='echo')", [LAST])],
    "Client().invoke not last": [("r = place().invoke('mark', endpoint='echo')\n1", [])],
    "Client().invoke after a magic": [
        ("%sm_invoke echo 'mark'\nplace().invoke('mark', endpoint='echo')", [CARD, LAST])
    ],
    "awaited": [("async def f():\n    r = %sm_invoke echo 'mark'\n    return r\nawait f()", [CARD])],
    "%%time": [("%%time\n%sm_invoke echo 'mark'", [CARD])],
    "%%capture": [("%%capture held\n%sm_invoke echo 'mark'", []), ("held.outputs[0]", [LAST])],
    "all expressions shown": [
        ("get_ipython().ast_node_interactivity = 'all'", []),
        ("r = %sm_invoke echo 'mark'\nr\nr", [CARD]),
        ("get_ipython().ast_node_interactivity = 'last_expr'", []),
    ],
    "--dry-run": [("%sm_invoke echo 'mark' --dry-run", [CARD])],
    "an error before sending": [("%sm_invoke echo 'mark' --nope", [])],
}


def cards(outputs) -> list[str]:
    """How the card appeared, output by output; a display may have shown that the call took a while before."""
    return [LAST if output.kind == LAST else CARD for output in outputs if "mark" in output.text]


@pytest.mark.server
@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_card_is_shown_once(kernel, cells):
    """In a real kernel, each cell shows the card as often as it called, and a kept Result when it is named."""
    for cell, expected in cells:
        assert expected == cards(kernel.shown(cell)), cell


@pytest.mark.server
def test_a_result_made_between_cells_shows_itself(kernel):
    """What a button's callback has made and kept is an ordinary Result in the next cell."""
    kernel.run("%sm_invoke echo 'mark' -q")
    kernel.run(
        "from asyncio import get_running_loop\n"
        "def click():\n    global r\n    r = place().invoke('mark', endpoint='echo')\n"
        "get_running_loop().call_soon(click)"
    )

    assert cards(kernel.shown("r")) == [LAST]


@pytest.mark.server
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%sm_invoke echo 'mark'", [CARD]),
        ("x = %sm_invoke echo 'mark'\nx", [CARD]),
        ("%sm_invoke echo 'mark' -q", []),
        ("r = %sm_invoke echo 'mark' -q\ndisplay(r)", [CARD]),
    ],
)
def test_without_history_the_rule_is_the_same(kernel, cell, expected):
    """store_history=False, as VS Code and Lab's consoles use it, does not count cells."""
    assert expected == cards(kernel.shown(cell, store_history=False))


@pytest.mark.server
def test_a_card_has_html_and_text_and_nothing_else(kernel):
    """Beside html no other type is sent, so that no frontend prefers another; a trait leaves the html out."""
    kernel.run("%config SageMakerMagics.html = False")
    (plain,) = kernel.shown("%sm_invoke echo 'mark'")
    kernel.run("%config SageMakerMagics.html = True")
    (both,) = kernel.shown("%sm_invoke echo 'mark'")

    assert plain.html == ""
    assert "mark" in both.html
    assert "mark" in both.text


SLOW = """\
import time
from sm_magic.errors import ThrottlingException
def slow(request):
    time.sleep(1.2)
    if b"fail" in request.body:
        raise ThrottlingException("Rate exceeded")
    return Response(payload=request.payload)
get_ipython().magics_manager.registry["SageMakerMagics"].place = partial(Client, runtime=FunctionRuntime(slow))
"""


@pytest.mark.server
def test_a_slow_call_says_so_where_the_card_will_be(kernel):
    """After a while one line appears, counts, and becomes the card; -q shows nothing of it."""
    kernel.run(SLOW)

    first, *updates, last = kernel.run("%sm_invoke echo 'mark'")
    quiet = kernel.run("%sm_invoke echo 'mark' -q")

    assert first.kind == CARD
    assert re.fullmatch(r"Invoking echo … \d s", first.text)
    assert first.text in first.html
    assert {"update_display_data"} == {each.kind for each in (*updates, last)}
    assert len(updates) <= 3
    assert "mark" in last.text
    assert quiet == []


@pytest.mark.server
def test_without_html_nothing_has_html(kernel):
    """The trait holds for the line of a slow call and for reports too."""
    kernel.run(SLOW)
    kernel.run("%config SageMakerMagics.html = False")
    outputs = [
        *kernel.run("%sm_invoke echo 'mark'"),
        *kernel.run("%sm_connect"),
        *kernel.run("%sm_target list"),
    ]
    kernel.run("%config SageMakerMagics.html = True")

    assert len(outputs) >= 4
    assert {output.html for output in outputs} == {""}


@pytest.mark.server
def test_a_slow_call_that_fails_leaves_no_line_that_counts(kernel):
    """The line says that it failed; the error stands below."""
    kernel.run(SLOW)

    *lines, error = kernel.run("%sm_invoke echo 'fail'")

    assert re.fullmatch(r"Invoking echo … failed after 1\.\d s", lines[-1].text)
    assert error.kind == "error"
    assert "Rate exceeded" in error.text


def test_a_quick_call_costs_no_thread_and_shows_nothing(notebook):
    """The status line of a quick call is a lock and a note: less than a tenth of a millisecond."""
    with Status(notebook.shell, "warm up"):
        pass

    def call() -> None:
        with Status(notebook.shell, "Invoking echo"):
            pass

    assert min(timeit.repeat(call, number=50, repeat=10)) / 50 < 100e-6


def test_a_status_line_in_a_pipe_is_silent(notebook, capsys):
    """Where a line could not be replaced there is none."""
    with Status(notebook.shell, "Invoking echo") as status:
        status.progress(Progress(what="echo is not ready", elapsed=1.0))
        status.tick()

    assert tuple(capsys.readouterr()) == ("", "")


def drained(terminal: int) -> str:
    """All that was written to a terminal whose other side is closed."""
    parts = []
    with suppress(OSError):  # Linux's end of a terminal
        while part := os.read(terminal, 10_000):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()


def test_a_status_line_in_a_terminal_replaces_itself(notebook):
    """It is written over, and wiped before the card or the error."""
    main, side = pty.openpty()
    with os.fdopen(side, "w") as terminal, redirect_stderr(terminal):
        with Status(notebook.shell, "Invoking echo") as status:
            status.progress(Progress(what="echo is not ready", elapsed=1.0))
            status.tick()
            status.tick()
        status.answer(lambda: {"text/plain": "the card"})
        status.tick()
        with pytest.raises(ValueError, match="no"), Status(notebook.shell, "Invoking echo") as status:
            status.tick()
            raise ValueError("no")
    written = drained(main)

    lines = [re.sub(r"\d+ s", "N s", line) for line in written.split("\r\x1b[K")]
    changes = [line for line, before in zip(lines, [None, *lines], strict=False) if line != before]
    assert changes == ["", "echo is not ready … N s", "", "Invoking echo … N s", ""]


TERMINAL = """\
%load_ext sm_magic
from functools import partial; from sm_magic import Client; from sm_magic.messages import Response
from sm_magic.transports.function import FunctionRuntime
place = partial(Client, runtime=FunctionRuntime(lambda request: Response(payload=request.payload)))
get_ipython().magics_manager.registry["SageMakerMagics"].place = place
print("case 1")
%sm_invoke echo 'mark'
print("case 2")
x = %sm_invoke echo 'mark'
print("case 3")
x
print("case 4")
r = %sm_invoke echo 'mark' -q
print("case 5")
%sm_invoke echo 'mark' -q
print("case 6")
display(r)
print("case 7")
%sm_invoke echo mark
print("end")
"""


def test_terminal_ipython(folder, python):
    """In a terminal the card is text; `Out[n]:` of a card that was shown has the one line that a repr is."""
    done = subprocess.run(
        [
            python,
            "-m",
            "IPython",
            "--simple-prompt",
            "--no-banner",
            "--no-confirm-exit",
            "--HistoryManager.enabled=False",
        ],
        input=TERMINAL,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "IPYTHONDIR": str(folder), "NO_COLOR": "1"},
    )
    parts = done.stdout.split("case ")
    last, assigned, named, quiet, silenced, displayed, failed = parts[-7:]

    assert last.count("sent → received") == 1, done.stdout
    assert last.count("<Result echo") == 1
    assert "Out[" in last
    assert (assigned.count("sent → received"), assigned.count("Out[")) == (1, 0)
    assert (named.count("sent → received"), named.count("Out[")) == (1, 1)
    assert (quiet.count("mark"), quiet.count("Out[")) == (0, 0)
    assert (silenced.count("sent → received"), silenced.count("<Result echo")) == (0, 1)
    assert displayed.count("sent → received") == 1
    assert "UsageError: There is no variable `mark`." in failed
    assert "Traceback" not in failed
