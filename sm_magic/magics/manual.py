"""What each magic is for, what it takes, and examples: the source of help, docstrings, documents and tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .grammar import Grammar, Option, Positional
from .tables import CONNECT, ENDPOINTS, HISTORY, INVOKE, JOBS, LOGS, PANEL, TARGET

_ENDPOINT = Positional(name="ENDPOINT", help="the endpoint's name, a target, or an endpoint ARN")

MAGICS: Mapping[str, Grammar] = MappingProxyType(
    {
        "sm_invoke": Grammar(
            magic="sm_invoke",
            doc="Send a value, a file or the cell to an endpoint, and show the answer.",
            usage=(
                "%sm_invoke ENDPOINT INPUT [options]",
                "%sm_invoke ENDPOINT --file PATH [options]",
                "%sm_invoke ENDPOINT --form NAME=VALUE … [options]",
                "%sm_invoke ENDPOINT --input-location S3URI --async [options]",
                "%%sm_invoke ENDPOINT [options]",
            ),
            positionals=(
                _ENDPOINT,
                Positional(
                    name="INPUT",
                    required=False,
                    verbatim=True,
                    help="a Python expression, one token, whose value is sent; %%sm_invoke sends the cell",
                ),
            ),
            options=INVOKE,
            examples=(
                ("%sm_invoke iris df", "a DataFrame, as CSV"),
                ("%sm_invoke iris df[cols].head(3) -o predictions", "…and keep the decoded answer"),
                ('%sm_invoke digits --file "my digit.png"', "a file"),
                ("%sm_invoke speech --form file=@a.wav --form lang=en", "a form with a file"),
                ("%sm_invoke ${name} (df.x > 3) -t json", "an endpoint named by a variable"),
                (
                    '%%sm_invoke echo\n{"inputs": "Once upon a time"}',
                    "the cell: JSON unless -t says otherwise",
                ),
                (
                    '%%sm_invoke story --stream\n{"inputs": "Once upon a time", "stream": true}',
                    "the answer as it comes",
                ),
                ("%sm_invoke iris df --code curl", "the same call, to paste"),
                ("%sm_invoke big-model df --async -o job", "queued: a Job at once"),
                ("%sm_invoke big-model df --async --wait=600 -o answer", "…or its answer, waited for"),
            ),
        ),
        "sm_jobs": Grammar(
            magic="sm_jobs",
            doc="List asynchronous requests, wait for their answers, pick one up.",
            usage=("%sm_jobs [--wait]", "%sm_jobs --cancel ID", "%sm_jobs --attach S3URI [options]"),
            positionals=(),
            options=JOBS,
            examples=(
                ("%sm_jobs", "this kernel's, and those of the journal"),
                ("%sm_jobs --wait=600", "…once all have ended, or after ten minutes"),
                ("%sm_jobs --attach s3://bucket/1.out --wait -o answer", "the answer of any request"),
            ),
        ),
        "sm_endpoints": Grammar(
            magic="sm_endpoints",
            doc="Show what is deployed, or one endpoint in detail.",
            usage=("%sm_endpoints [PATTERN]", "%sm_endpoints NAME", "%sm_endpoints NAME --wait"),
            positionals=(
                Positional(
                    name="NAME",
                    required=False,
                    help="one endpoint's name, a target, an ARN; or a pattern with * for several",
                ),
            ),
            options=ENDPOINTS,
            examples=(
                ("%sm_endpoints", "all of this account and region"),
                ("%sm_endpoints iris*", "…whose names begin so"),
                ("%sm_endpoints my-llm", "variants, images, traffic, components"),
                ("%sm_endpoints my-llm --wait", "follow its deployment"),
            ),
        ),
        "sm_logs": Grammar(
            magic="sm_logs",
            doc="Show the last lines that an endpoint's containers wrote.",
            usage=("%sm_logs ENDPOINT [options]",),
            positionals=(_ENDPOINT,),
            options=LOGS,
            examples=(
                ("%sm_logs my-llm", "of the last hour"),
                (
                    '%sm_logs my-llm --minutes 240 --grep "CUDA out of memory"',
                    "…of four hours, with these words",
                ),
                ("%sm_logs my-llm --variant blue -o log", "one variant's, kept in a variable"),
            ),
        ),
        "sm_panel": Grammar(
            magic="sm_panel",
            doc="Show a form that sends requests: endpoint, input, options, and the answer.",
            usage=("%sm_panel [ENDPOINT]",),
            positionals=(
                Positional(
                    name="ENDPOINT", required=False, help="the endpoint that it begins with, or a target"
                ),
            ),
            options=PANEL,
            examples=(("%sm_panel", "choose in the form"), ("%sm_panel iris", "…with this endpoint")),
        ),
        "sm_history": Grammar(
            magic="sm_history",
            doc="List what was sent and answered, newest first; make a call again.",
            usage=(
                "%sm_history",
                "%sm_history NUMBER [--bodies] [--save PATH]",
                "%sm_history NUMBER --insert [--save PATH]",
                "%sm_history --clear",
            ),
            positionals=(
                Positional(name="NUMBER", required=False, help="one call in detail, by its number"),
            ),
            options=HISTORY,
            examples=(
                ("%sm_history", "all calls of this session that are kept"),
                ("%sm_history 3 --bodies", "the third, and what it sent and got"),
                ("%sm_history 3 --insert", "its cell, ready to run"),
                ("%sm_history 3 --insert --save body.png", "…its body in a file"),
            ),
        ),
        "sm_connect": Grammar(
            magic="sm_connect",
            doc="Set where calls go; alone, say where they go.",
            usage=(
                "%sm_connect",
                "%sm_connect local [--new]",
                "%sm_connect [aws] [options]",
                "%sm_connect --check ENDPOINT",
            ),
            positionals=(
                Positional(
                    name="PLACE",
                    required=False,
                    choices=("local", "aws"),
                    help="local: an endpoint server on this machine, with real models; aws: back from there",
                ),
            ),
            options=CONNECT,
            examples=(
                ("%sm_connect local", "join the local endpoint server, or start it"),
                ("%sm_connect --profile prod --region eu-west-1", "AWS, with this profile and region"),
                ("%sm_connect --role-arn ${name}", "as the role whose ARN is in the variable"),
                ("%sm_connect --check my-endpoint", "what works with it, and what is missing"),
            ),
        ),
        "sm_target": Grammar(
            magic="sm_target",
            doc="Keep a name for an endpoint and its usual options.",
            usage=(
                "%sm_target add NAME ENDPOINT [options]",
                "%sm_target list",
                "%sm_target show NAME",
                "%sm_target remove NAME",
            ),
            positionals=(
                Positional(
                    name="ACTION",
                    required=False,
                    choices=("add", "list", "show", "remove"),
                    help="what to do; list if nothing is said",
                ),
                Positional(name="NAME", required=False, help="the target's name"),
                Positional(name="ENDPOINT", required=False, help="the endpoint's name or ARN"),
            ),
            actions=MappingProxyType(
                {"add": ("NAME", "ENDPOINT"), "list": (), "show": ("NAME",), "remove": ("NAME",)}
            ),
            for_all=frozenset({"project", "traceback", "help"}),
            options=TARGET,
            examples=(
                ("%sm_target add churn xgb-churn-2026-11 -t csv --columns @X_train", "a target"),
                ("%sm_invoke churn df", "…and its use"),
                ("%sm_target add llm my-llm --stream", "a target that streams"),
            ),
        ),
    }
)


def help_text(magic: str | Grammar) -> str:
    """What ``--help`` prints and ``%sm_invoke?`` shows: usage, options, examples."""
    grammar = MAGICS[magic] if isinstance(magic, str) else magic
    blocks = [grammar.doc, "Usage:\n" + "\n".join(f"  {line}" for line in grammar.usage)]
    if grammar.positionals:
        blocks.append(_rows(((place.name, place.help) for place in grammar.positionals), _WORD_WIDTH))
    for group in dict.fromkeys(option.group for option in grammar.options):
        rows = ((_written(option), _said(option)) for option in grammar.options if option.group == group)
        blocks.append(f"{group}:\n{_rows(rows, _OPTION_WIDTH)}")
    width = max(len(typed.split("\n")[0]) for typed, _ in grammar.examples)
    blocks.append("Examples:\n" + "\n".join(_example(*example, width) for example in grammar.examples))
    return "\n\n".join(blocks) + "\n"


_WORD_WIDTH, _OPTION_WIDTH, _WIDTH = 10, 34, 88


def _written(option: Option) -> str:
    names = ", ".join(name for name in (option.short, option.name, option.negation) if name)
    if option.optional_value:
        return f"{names}[={option.metavar}]"
    return f"{names} {option.metavar}" if option.metavar else names


def _said(option: Option) -> str:
    return f"{option.help}: {', '.join(option.choices)}" if option.choices else option.help


def _rows(rows: Iterable[tuple[str, str]], width: int) -> str:
    """Two columns, the second wrapped."""
    import textwrap

    lines: list[str] = []
    for left, right in rows:
        wrapped = textwrap.wrap(right, _WIDTH - width - 2, break_on_hyphens=False)
        first = f"  {left:<{width}}" if len(left) < width else f"  {left}\n{'':{width + 2}}"
        lines.append(first + f"\n{'':{width + 2}}".join(wrapped))
    return "\n".join(lines)


def _example(typed: str, said: str, width: int) -> str:
    first, *more = typed.split("\n")
    return "\n".join([f"  {first:<{width}}  # {said}", *(f"  {line}" for line in more)])
