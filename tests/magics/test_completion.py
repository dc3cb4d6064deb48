"""Tab: what is offered on a line of ours, and that nothing is changed anywhere else."""

from __future__ import annotations

import threading
import time
from functools import partial

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter

from sm_magic import mediatypes
from sm_magic.client import Client
from sm_magic.deployments import Component
from sm_magic.errors import AccessDeniedException
from sm_magic.magics.manual import MAGICS
from sm_magic.magics.patience import Patience
from sm_magic.magics.tables import ORIENTS, VIEWS
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

from .conftest import ENDPOINTS


class Deployed(FunctionCatalog):
    """A control plane that counts its calls, waits for the test, or refuses."""

    def __init__(self) -> None:
        super().__init__(ENDPOINTS, components=(Component(name="summariser", endpoint="iris-classifier"),))
        self.calls: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.error: Exception | None = None

    def _ask(self, what: str) -> None:
        self.calls.append(what)
        self.open.wait(20)
        if self.error is not None:
            raise self.error

    def endpoints(self):
        self._ask("endpoints")
        return super().endpoints()

    def endpoint(self, name):
        self._ask(f"endpoint {name}")
        return super().endpoint(name)

    def components(self, endpoint=None):
        self._ask(f"components {endpoint}")
        return super().components(endpoint)


@pytest.fixture
def deployed(notebook):
    """The notebook's control plane."""
    catalog = Deployed()
    runtime = FunctionRuntime(notebook.handle)
    notebook.door.place = partial(Client, runtime=runtime, catalog=catalog)
    notebook.door.completion.patience = Patience(20)  # a machine under load is slow too
    yield catalog
    catalog.open.set()


@pytest.fixture
def tab(notebook, deployed, folder):
    """What Tab makes of a cell, at the `⇥` in it or at its end: the cells that it could become."""
    notebook.names.update(
        df=pd.DataFrame({"a": [1], "b": [2], "age": [3]}),
        data={"a": 1},
        text="hi",
        _hidden=1,
        name="iris-classifier",
        wait=time.sleep,
    )

    def press(cell: str) -> list[str]:
        before, _, after = cell.partition("⇥")
        with provisionalcompleter():
            found = list(notebook.shell.Completer.completions(before + after, len(before)))
        return [before[: each.start] + each.text + after for each in found]

    return press


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%sm_invoke iris-⇥", ["%sm_invoke iris-classifier"]),
        ("%%sm_invoke iris-⇥", ["%%sm_invoke iris-classifier"]),
        ("\n%%sm_invoke ⇥\n{}", ["\n%%sm_invoke echo\n{}", "\n%%sm_invoke iris-classifier\n{}"]),
        ('%sm_invoke "ech⇥', ['%sm_invoke "echo']),
        ("x = %sm_invoke ech⇥", ["x = %sm_invoke echo"]),
        ("a = 1\nx['k'] = %sm_invoke ech⇥\nb = 2", ["a = 1\nx['k'] = %sm_invoke echo\nb = 2"]),
        ("for i in range(3):\n    r, = %sm_invoke ech⇥", ["for i in range(3):\n    r, = %sm_invoke echo"]),
        ("%sm_invoke echo --content-ty⇥", ["%sm_invoke echo --content-type"]),
        ("%sm_invoke echo df -t js⇥", ["%sm_invoke echo df -t json", "%sm_invoke echo df -t jsonl"]),
        (
            "%sm_invoke echo df --content-type=application/j⇥ -q",
            [f"%sm_invoke echo df --content-type=application/{kind} -q" for kind in ("json", "jsonlines")],
        ),
        ("%sm_invoke echo d⇥", ["%sm_invoke echo df", "%sm_invoke echo data"]),
        ("%sm_invoke -q echo d⇥", ["%sm_invoke -q echo df", "%sm_invoke -q echo data"]),
        (
            "%sm_invoke iris-classifier df --target-variant ⇥",
            [f"%sm_invoke iris-classifier df --target-variant {name}" for name in ("champion", "rival")],
        ),
        (
            "%sm_invoke ${name} df --target-variant=ri⇥",
            ["%sm_invoke ${name} df --target-variant=rival"],
        ),
        (
            "%sm_invoke iris-classifier df --inference-component-name s⇥",
            ["%sm_invoke iris-classifier df --inference-component-name summariser"],
        ),
        (
            "%%sm_invoke iris-classifier \\\n  --target-variant \\\n  ch⇥",
            ["%%sm_invoke iris-classifier \\\n  --target-variant \\\n  champion"],
        ),
        ("%sm_invoke echo df --view ma⇥", ["%sm_invoke echo df --view markdown"]),
        ("%sm_invoke echo df --session-id N⇥", ["%sm_invoke echo df --session-id NEW_SESSION"]),
        ("%sm_invoke echo df --columns @d⇥", [f"%sm_invoke echo df --columns @{name}" for name in ("df", "data")]),
        ("%sm_invoke echo df --columns b,a⇥", [f"%sm_invoke echo df --columns b,{name}" for name in ("a", "age")]),
        ("%sm_invoke echo df --drop=b⇥", ["%sm_invoke echo df --drop=b"]),
        ("%sm_endpoints iris⇥", ["%sm_endpoints iris-classifier"]),
        ("%sm_panel e⇥", ["%sm_panel echo"]),
        ("%sm_logs iris-classifier --variant r⇥", ["%sm_logs iris-classifier --variant rival"]),
        ("%sm_connect --check ec⇥", ["%sm_connect --check echo"]),
        ("%sm_invoke echo df --code c⇥", [f"%sm_invoke echo df --code {name}" for name in ("cli", "curl")]),
        ("%sm_connect l⇥", ["%sm_connect local"]),
        ("%sm_connect --region eu-central-⇥", [f"%sm_connect --region eu-central-{number}" for number in "12"]),
        ("%sm_target sh⇥", ["%sm_target show"]),
        ("%sm_target add x iris-⇥", ["%sm_target add x iris-classifier"]),
    ],
)  # fmt: skip
def test_tab_completes(tab, cell, becomes):
    """What is offered replaces what is typed of it, and nothing else of the cell."""
    assert tab(cell) == becomes


def test_every_option_of_every_magic_is_offered(tab):
    """The grammars say what there is: a new option or magic is completed without more."""
    for magic, grammar in MAGICS.items():
        names = {name for option in grammar.options for name in (option.name, option.negation) if name}
        if grammar.actions:
            continue  # by action, below
        assert {each.split()[-1] for each in tab(f"%{magic} --⇥")} == names


def test_an_option_is_offered_once_unless_it_may_come_again(tab):
    """Given before or behind the cursor, by its long or short name or its negation."""
    offered = {
        each.split()[1] for each in tab("%sm_invoke --⇥ -t csv --stream --no-header --drop a --view=raw")
    }

    assert offered.isdisjoint(
        {"--content-type", "--stream", "--no-stream", "--header", "--no-header", "--view"}
    )
    assert {"--drop", "--accept", "--form"} <= offered


def test_options_of_an_action_are_those_it_takes(tab):
    """%sm_target show has few."""
    assert [each.split()[-1] for each in tab("%sm_target show --")] == ["--project", "--traceback", "--help"]
    assert "%sm_target add x echo --content-type" in tab("%sm_target add x echo --con")


def test_choices_types_and_views_are_those_of_the_tables(tab):
    """Short names of content types, layouts and views."""
    for option, values in (("-t", mediatypes.BY_SHORT), ("--orient", ORIENTS), ("--view", VIEWS)):
        assert [each.split()[-1] for each in tab(f"%sm_invoke echo df {option} ")] == list(values)


def test_variables_come_with_what_can_be_sent_first(tab):
    """Tables, then what else can be sent, then functions that may make such; IPython's own names are none."""
    assert [each.split()[-1] for each in tab("%sm_invoke echo ")] == ["df", "data", "name", "text", "wait"]


def test_what_an_expression_goes_on_with_is_ipythons(tab):
    """Attributes are not ours to know."""
    assert "%sm_invoke echo df.head" in tab("%sm_invoke echo df.hea")


def test_targets_come_before_endpoints(notebook, tab):
    """A target is a name for ENDPOINT; its endpoint's variants are offered."""
    notebook.run("%sm_target add irises iris-classifier")

    assert tab("%sm_invoke iri") == ["%sm_invoke irises", "%sm_invoke iris-classifier"]
    assert tab("%sm_target remove ") == ["%sm_target remove irises"]
    assert tab("%sm_invoke irises df --target-variant c") == [
        "%sm_invoke irises df --target-variant champion"
    ]


def test_files_follow_file_and_save(tab, folder):
    """Folders go on; a name with a blank goes in quotes, hidden files only when asked for."""
    for name in ("rows.csv", "my rows.csv", ".hidden"):
        (folder / name).write_text("")
    (folder / "results").mkdir()
    (folder / "results" / "one.json").write_text("")

    assert tab("%sm_invoke echo --file r") == [
        "%sm_invoke echo --file results/",
        "%sm_invoke echo --file rows.csv",
    ]
    assert tab("%sm_invoke echo --file=results/") == ["%sm_invoke echo --file=results/one.json"]
    assert tab("%sm_invoke echo --file my") == ['%sm_invoke echo --file "my rows.csv"']
    assert tab('%sm_invoke echo --file "my r') == ['%sm_invoke echo --file "my rows.csv"']
    assert tab("%sm_invoke echo df --save .h") == ["%sm_invoke echo df --save .hidden"]


def test_profiles_are_those_of_the_users_files(tab, tmp_path, monkeypatch):
    """As botocore reads them."""
    files = tmp_path / "config"
    files.write_text("[default]\nregion = eu-west-1\n[profile prod]\n[profile dev]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(files))

    assert tab("%sm_connect --profile p") == ["%sm_connect --profile prod"]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "%sm_connect --profile ",
            "%sm_connect --profile=i",
            "%sm_connect --check nosuch",
            "%sm_logs i⇥ -q",
        ),
        *("%sm_invoke echo df --target-variant i", "%sm_invoke echo df --view z"),
    ],
)
@pytest.mark.parametrize("jedi", [True, False])
def test_where_only_a_name_of_ours_can_stand_nothing_else_is_offered(
    notebook, tab, deployed, tmp_path, monkeypatch, cell, jedi
):
    """Where there is none, `if`, `in` and `%alias` are none either."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    notebook.shell.Completer.use_jedi = jedi
    deployed._endpoints.clear()

    assert tab(cell) == []


def test_calls_of_the_history_have_numbers(notebook, tab):
    """%sm_history N, the last first."""
    from sm_magic.records import history

    history.clear()
    notebook.run("%sm_invoke echo data -q")
    notebook.run("%sm_invoke echo data -q")

    assert [each.split()[-1] for each in tab("%sm_history ")] == [
        str(history[1].number),
        str(history[0].number),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "%%sm_invoke echo\n--content-ty",
        "%%sm_invoke echo\n%sm_invoke --content-ty",
        "%%writefile x\n%sm_invoke echo --content-ty",
        "%timeit --content-ty",
        "%sm_unknown --content-ty",
        "sm_invoke echo --content-ty",
        "# %sm_invoke echo --content-ty",
        "s = '%sm_invoke --content-ty",
        "%sm_invoke echo # --content-ty",
        "%sm_invoke echo -- --content-ty",
        "%sm_invoke echo df --custom-attributes --content-ty=js",
    ],
)
def test_nothing_is_offered_elsewhere(notebook, tab, deployed, cell):
    """Not in the body of a cell, not in other magics, comments and strings: there IPython's own stay."""
    notebook.shell.Completer.use_jedi = False  # what it offers takes long
    with_ours = tab(cell)
    notebook.run("%unload_ext sm_magic")
    without = tab(cell)
    notebook.run("%load_ext sm_magic")

    assert with_ours == without
    assert deployed.calls == []


def test_a_value_that_is_not_known_is_not_guessed(tab, deployed):
    """A text for the model, a variable that does not exist yet."""
    for cell in ("%sm_invoke echo df --custom-attributes q", "%sm_invoke echo df -o q", "%sm_invoke ${name"):
        assert [each for each in tab(cell) if "classifier" in each or "--" in each.split()[-1]] == []


def test_tab_runs_nothing(notebook, tab, deployed):
    """An expression in the line is known when the line is run; a name alone is looked up."""
    ran = []
    notebook.names["choose"] = lambda: ran.append(1) or "iris-classifier"

    tab("%sm_invoke ${choose()} df --target-variant ri")
    tab("%sm_invoke --region ${choose()} iris-cl")

    assert (ran, deployed.calls) == ([], [])


def test_tab_without_jedi(notebook, tab):
    """Whoever has turned it off has the same of ours."""
    notebook.shell.Completer.use_jedi = False

    assert tab("%sm_invoke iris-") == ["%sm_invoke iris-classifier"]
    assert tab("%%sm_invoke echo\ndf.hea") == ["%%sm_invoke echo\ndf.head"]


def test_endpoints_are_asked_once_a_minute(tab, deployed):
    """However often Tab is pressed."""
    for _ in range(3):
        tab("%sm_invoke ec")
        tab("%sm_invoke echo data --target-variant ")

    assert deployed.calls == ["endpoints", "endpoint echo"]


def test_another_connection_is_another_list(notebook, tab, deployed):
    """What is offered belongs to where the line leads."""
    tab("%sm_invoke ec")
    other = Deployed()
    notebook.door.place = partial(Client, runtime=FunctionRuntime(notebook.handle), catalog=other)
    tab("%sm_invoke ec")

    assert (deployed.calls, other.calls) == (["endpoints"], ["endpoints"])


def test_an_error_of_the_control_plane_offers_nothing(tab, deployed, capsys):
    """It is swallowed: neither a traceback nor a word."""
    deployed.error = AccessDeniedException("not authorized to perform: sagemaker:ListEndpoints")
    assert "%sm_invoke iris-classifier" not in tab("%sm_invoke iris-")
    deployed.error = RuntimeError("boom")
    assert "%sm_invoke echo data --target-variant=rival" not in tab(
        "%sm_invoke echo data --target-variant=ri"
    )

    assert capsys.readouterr().err == ""


def test_a_control_plane_that_hangs_holds_nobody_up(notebook, tab, deployed):
    """Tab waits 0.7 s at most, and not again; what comes later is there the next time."""
    notebook.door.completion.patience = None  # as it is
    deployed.open.clear()
    started = time.monotonic()
    tab("%sm_invoke iris-")
    tab("%sm_invoke iris-")
    took = time.monotonic() - started

    deployed.open.set()
    end = time.monotonic() + 10
    while (found := tab("%sm_invoke iris-")) != ["%sm_invoke iris-classifier"] and time.monotonic() < end:
        time.sleep(0.01)

    assert took < 3
    assert found == ["%sm_invoke iris-classifier"]
    assert deployed.calls == ["endpoints"]


@pytest.mark.parametrize(
    "cell",
    [
        "%sm_invoke ",
        "%sm_endpoints iris",
        "%sm_invoke iris-classifier df --target-variant ",
        "%sm_invoke iris-classifier df --inference-component-name ",
        "%sm_connect --profile ",
        "%sm_connect --region ",
    ],
)
def test_no_tab_waits_longer_than_seven_tenths_of_a_second(notebook, tab, deployed, cell):
    """In all, by a clock that waiting alone moves: JupyterLab gives a completer one second."""
    waits = []
    notebook.door.completion.patience = Patience(
        clock=lambda: sum(waits), wait=lambda done, seconds: waits.append(seconds)
    )
    deployed.open.clear()

    tab(cell)
    assert waits == [0.7]
    tab(cell)
    assert sum(waits) == 0.7


def test_unloading_leaves_no_trace(shell):
    """One matcher however often the extension is loaded, and none after."""
    before = list(shell.Completer.custom_matchers)
    counts = []
    for command in ("load_ext", "reload_ext", "reload_ext", "unload_ext"):
        shell.run_line_magic(command, "sm_magic")
        counts.append(len(shell.Completer.custom_matchers) - len(before))

    assert counts == [1, 1, 1, 0]
    assert shell.Completer.custom_matchers == before


def test_two_tabs_at_a_shells_beginning(shell, folder):
    """Without a connection, without AWS: options are there, endpoints are none, nothing fails."""
    shell.run_line_magic("load_ext", "sm_magic")
    with provisionalcompleter():
        options = list(shell.Completer.completions("%sm_invoke --str", 16))
        endpoints = list(shell.Completer.completions("%sm_invoke zzz", 14))
    shell.run_line_magic("unload_ext", "sm_magic")

    assert [each.text for each in options] == ["--stream"]
    assert endpoints == []


_SLOW = """\
import threading
from functools import partial
from sm_magic import Client
from sm_magic.messages import Endpoint, Response
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime
release = threading.Event()
class Slow(FunctionCatalog):
    def endpoints(self):
        release.wait(60)
        return super().endpoints()
runtime = FunctionRuntime(lambda request: Response(payload=request.payload))
catalog = Slow([Endpoint(name="iris-classifier", status="InService")])
get_ipython().magics_manager.registry["SageMakerMagics"].place = partial(Client, runtime=runtime, catalog=catalog)
"""


def completed(kernel, cell: str) -> tuple[list[str], int, int]:
    """The kernel's answer to complete_request at the end of *cell*."""
    sent = kernel.client.complete(cell)
    while True:
        reply = kernel.reply()
        if reply["parent_header"].get("msg_id") == sent:
            content = reply["content"]
            assert content["status"] == "ok"
            return content["matches"], content["cursor_start"], content["cursor_end"]


@pytest.mark.server
def test_a_kernel_completes(kernel):
    """The protocol's complete_request: matches, and the span that they replace."""
    kernel.run("import collections; frame = {'a': 1}")

    assert completed(kernel, "%sm_invoke echo --content-ty") == (["--content-type"], 16, 28)
    assert completed(kernel, "%%sm_invoke echo --content-type=application/jsonl") == (
        ["application/jsonlines"], 32, 49,
    )  # fmt: skip
    assert completed(kernel, "%sm_connect --profile no-such-profile")[0] == []
    assert completed(kernel, "☃ = 1\nx = %sm_invoke echo fra") == (["frame"], 26, 29)
    assert "collections" in completed(kernel, '%%sm_invoke echo\n{"a": collect')[0]


@pytest.mark.server
def test_a_kernel_whose_control_plane_hangs_completes_in_time(kernel):
    """JupyterLab gives a completer one second; other Tabs and cells are not held up either."""
    kernel.run(_SLOW)
    started = time.monotonic()
    first = completed(kernel, "%sm_invoke iris-")[0]
    took = time.monotonic() - started
    kernel.run("release.set()")

    assert "iris-classifier" not in first
    assert took < 3
    end = time.monotonic() + 10
    while (found := completed(kernel, "%sm_invoke iris-")[0]) != [
        "iris-classifier"
    ] and time.monotonic() < end:
        time.sleep(0.01)
    assert found == ["iris-classifier"]
