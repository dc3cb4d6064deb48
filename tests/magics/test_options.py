"""Words and options: what each magic takes, and what it says to those who typed something else."""

from __future__ import annotations

import re
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sm_magic import mediatypes
from sm_magic.errors import UsageError
from sm_magic.magics import habits, tables
from sm_magic.magics.line import quote
from sm_magic.magics.options import INVOKE, MAGICS, Grammar, Option, Parsed, help_text, parse
from sm_magic.members import INPUTS


class Frame:
    """What has columns: all that `--columns @NAME` needs."""

    columns = ("a", "b c", 3)


NAMES: dict[str, Any] = {
    "df": Frame(),
    "cols": ["a", "b"],
    "name": "my-ep",
    "my_endpoint": "xgb-2026",
    "prompt": "Tell me a joke",
    "trace": "t1",
    "data": object(),
    "iris": "iris",
}


def invoke(line: str) -> Parsed:
    """Parse *line* as %sm_invoke's."""
    return parse("sm_invoke", line, NAMES)


def refused(magic: str, line: str) -> str:
    """The whole error that *line* gets."""
    with pytest.raises(UsageError) as caught:
        parse(magic, line, NAMES)
    assert len(caught.value._render_traceback_()) <= 6
    return str(caught.value)


def test_options_and_words_mix_freely() -> None:
    """Wherever they stand, options are options and words keep their order."""
    parsed = invoke('-o p iris --content-type=csv df[cols].head( 3 ) --custom-attributes "trace id=1" -q')
    assert parsed.positionals == ("iris", "df[cols].head( 3 )")
    assert parsed.arguments == {"ENDPOINT": "iris", "INPUT": "df[cols].head( 3 )"}
    assert parsed.options == {
        "out": "p",
        "content_type": "csv",
        "custom_attributes": "trace id=1",
        "quiet": True,
    }


def test_values_have_the_type_their_option_says() -> None:
    """Seconds are floats, counts are ints, columns and repeated options are tuples."""
    parsed = invoke(
        'iris df --timeout 1.5 --retries 2 --columns "a, \'b c\'" --drop x --drop "y z" --no-header'
    )
    assert parsed.options == {
        "timeout": 1.5,
        "retries": 2,
        "columns": ("a", "'b c'"),
        "drop": ("x", "y z"),
        "header": False,
    }
    assert invoke("iris df --columns @df").options["columns"] == ("a", "b c", 3)
    assert invoke("iris df --columns @cols").options["columns"] == ("a", "b")
    assert invoke("""iris df --columns 'a,"b,c"'""").options["columns"] == ("a", "b,c")


def test_expressions_are_expanded_but_in_input() -> None:
    """``${}`` works in ENDPOINT and in options; INPUT stays as it was typed."""
    parsed = invoke('${name} "${cols}" --target-model ${cols[0]}.tar.gz --custom-attributes="a ${trace}"')
    assert parsed.arguments == {"ENDPOINT": "my-ep", "INPUT": '"${cols}"'}
    assert parsed.options == {"target_model": "a.tar.gz", "custom_attributes": "a t1"}


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("iris -1", ("iris", "-1")),
        ("iris -(x)", ("iris", "-(x)")),
        ("iris -.5", ("iris", "-.5")),
        ("-q -- iris -x", ("iris", "-x")),
        ("iris data.csv", ("iris", "data.csv")),  # the attribute `csv` of a variable `data`
        ("iris df.T", ("iris", "df.T")),
        ("iris nothing.T", ("iris", "nothing.T")),
        ('iris ("a.csv")', ("iris", '("a.csv")')),
        ('iris "just a text."', ("iris", '"just a text."')),
        ('"name" df', ("name", "df")),
        ("prompt df", ("prompt", "df")),
        ("data df", ("data", "df")),
    ],
)
def test_words_that_are_no_mistakes(line: str, arguments: tuple[str, str]) -> None:
    """Numbers, expressions in brackets, attributes of variables and quoted names are what they say."""
    assert tuple(invoke(line).arguments.values()) == arguments


def test_a_known_endpoint_may_share_its_name_with_a_variable() -> None:
    """A target's name is a target, whatever variables there are."""
    assert parse("sm_invoke", "name df", NAMES, known=["name"]).arguments["ENDPOINT"] == "name"


@pytest.mark.parametrize("line", ["-h", "--help", "iris --no-such -h", "iris df --out --help"])
def test_help_comes_before_all_else(line: str) -> None:
    """Who asks for help gets no error."""
    assert invoke(line) == Parsed(magic="sm_invoke", help=True)


def test_an_optional_value_needs_an_equals_sign() -> None:
    """`--wait 30` would be a flag and a word: a number belongs to it only as ``--wait=30``."""
    wait = Option(
        name="--wait", dest="wait", metavar="SECONDS", kind="seconds", optional_value=True, help="wait"
    )
    grammar = Grammar(
        magic="sm_invoke",
        doc="",
        usage=(),
        positionals=MAGICS["sm_invoke"].positionals,
        options=(wait,),
        examples=(("x", "y"),),
    )
    assert parse(grammar, "iris --wait 30", {}).options == {"wait": True}
    assert parse(grammar, "iris --wait 30", {}).arguments["INPUT"] == "30"
    assert parse(grammar, "iris --wait=30 df", {}).options == {"wait": 30.0}
    assert "--wait[=SECONDS]" in help_text(grammar)


MISTAKES = {
    # words
    "": (
        "ENDPOINT is missing: the endpoint's name, a target, or an endpoint ARN.\n"
        "→ `%sm_invoke ENDPOINT INPUT`; `%sm_invoke -h` tells all."
    ),
    "iris df.x > 3": (
        "INPUT is one token, and these are 3: `df.x > 3`.\n→ Put it in parentheses: `(df.x > 3)`"
    ),
    "iris df.x -t csv > 3": (
        "INPUT is one token, and these are 3: `df.x > 3`.\n→ Put it in parentheses: `(df.x > 3)`"
    ),
    "iris Tell me a joke": (
        "INPUT is one token, and these are 4: `Tell me a joke`.\n"
        '→ A text goes in quotes: `"Tell me a joke"`; an expression in parentheses: `(df.x > 3)`'
    ),
    "iris “Tell me”": (
        'INPUT is one token, and these are 2: `“Tell me”`.\n→ With straight quotes: `"Tell me"`'
    ),
    "iris my data.csv": (
        "INPUT is one token, and these are 2: `my data.csv`.\n"
        '→ A file goes by its name: `--file "my data.csv"`'
    ),
    # INPUT
    "iris some.csv": (
        "`some.csv` is a file, and INPUT is a Python expression.\n→ `--file some.csv` sends the file."
    ),
    "iris ./x.png": (
        "`./x.png` is a file, and INPUT is a Python expression.\n→ `--file ./x.png` sends the file."
    ),
    "iris /tmp/x": (
        "`/tmp/x` is a file, and INPUT is a Python expression.\n→ `--file /tmp/x` sends the file."
    ),
    "iris my-data.json": (
        "`my-data.json` is a file, and INPUT is a Python expression.\n→ `--file my-data.json` sends the file."
    ),
    r"iris C:\data\x.csv": (
        "`C:\\data\\x.csv` is a file, and INPUT is a Python expression.\n"
        "→ `--file C:\\data\\x.csv` sends the file."
    ),
    "iris @x.json": (
        "`@x.json` is a file, and INPUT is a Python expression.\n→ `--file x.json` sends the file."
    ),
    "iris fileb://x.json": (
        "`fileb://x.json` is a file, and INPUT is a Python expression.\n→ `--file x.json` sends the file."
    ),
    'iris "x y.csv"': (
        '`"x y.csv"` is a text, the name of a file.\n'
        '→ `--file "x y.csv"` sends the file; `("x y.csv")` this text.'
    ),
    "iris s3://b/k/x.csv": (
        "`s3://b/k/x.csv` is an address, and INPUT is a Python expression.\n"
        "→ Download it, then `--file x.csv`"
    ),
    "iris https://x.org/": (
        "`https://x.org/` is an address, and INPUT is a Python expression.\n"
        "→ Fetch it, then give INPUT the variable."
    ),
    "iris $df": "INPUT is a Python expression already: `$df`.\n→ `df`, without more.",
    "iris {df}": "INPUT is a Python expression already: `{df}`.\n→ `df`, without more.",
    "iris ${df}": "INPUT is a Python expression already: `${df}`.\n→ `df`, without more.",
    # ENDPOINT
    "name df": (
        "`name` is a variable that holds 'my-ep'.\n"
        '→ `${name}` calls that endpoint; `"name"`, in quotes, an endpoint of this name.'
    ),
    "df.head(3)": (
        "`df.head(3)` is an expression, and the first word is the endpoint's name.\n"
        "→ `%sm_invoke ENDPOINT df.head(3)`"
    ),
    "{name} df": "`{name}` is not expanded here.\n→ `${name}` is: a dollar and braces.",
    "$name df": "`$name` is not expanded here.\n→ `${name}` is: a dollar and braces.",
    "$nothing df": "`$nothing` is not expanded here.\n→ `${nothing}` is: a dollar and braces.",
    "x-{name} df": "`{name}` is not expanded here.\n→ `${name}` is: a dollar and braces.",
    "${nam} df": "There is no variable `nam`, in `${nam}`.\n→ Did you mean `name`?",
    '"" df': "ENDPOINT is empty.\n→ `%sm_invoke -h` tells all.",
    "https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/abc/invocations df": (
        "`https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/abc/invocations` is an address.\n"
        "→ By name: `abc --region eu-west-1`"
    ),
    # values
    "iris df -o": (
        "`-o` needs a value.\n"
        "  iris df -o\n"
        "            ^\n"
        "→ `-o NAME`: keep the decoded value in this variable; it is still shown."
    ),
    "iris df -o --quiet": (
        "`-o` needs a value, and `--quiet` reads as an option.\n"
        "  iris df -o --quiet\n"
        "             ^\n"
        "→ `-o NAME`: keep the decoded value in this variable; it is still shown."
    ),
    "iris df --custom-attributes -x": (
        "`--custom-attributes` needs a value, and `-x` reads as an option.\n"
        "  iris df --custom-attributes -x\n"
        "                              ^\n"
        '→ A value that begins with a dash goes in quotes: `--custom-attributes "-x"`'
    ),
    "iris df -o class": (
        "`--out class`: `class` is a keyword of Python.\n→ `--out predictions`, for example."
    ),
    "iris df -o a-b": "`--out a-b`: `a-b` is no name of a variable.\n→ `--out predictions`, for example.",
    "iris df -o a.csv": "`--out a.csv`: `a.csv` is no name of a variable.\n→ `--save a.csv` writes a file.",
    "iris df --accept=": (
        "`--accept` is empty.\n  iris df --accept=\n          ^\n→ Leave it out, or give it a value."
    ),
    "iris df -t cvs": "`cvs` is no content type.\n→ Did you mean `csv`?",
    "iris df -t jpg": "`jpg` is no content type.\n→ Did you mean `jpeg`?",
    "iris df --view tabel": "`--view` can't be `tabel`.\n→ Did you mean `table`?",
    "iris df --orient record": "`--orient` can't be `record`.\n→ Did you mean `records`?",
    "iris df --timeout soon": "`--timeout` takes seconds, not `soon`.\n→ `--timeout 30`",
    "iris df --timeout 0": "`--timeout` takes seconds, not `0`.\n→ `--timeout 30`",
    "iris df --retries -1": "`--retries` takes a whole number from 0, not `-1`.\n→ `--retries 2`",
    "iris df --columns @cls": "There is no variable `cls`.\n→ Did you mean `cols`?",
    "iris df --columns @name": (
        "`name` is a str, which has no columns.\n→ `--columns @NAME` takes a DataFrame or a list of names."
    ),
    "iris df --columns a,,b": "`--columns a,,b` has an empty name in it.\n→ `--columns a,b,c`",
    "iris df --custom-attributes $trace": (
        "`$trace` is not expanded here.\n→ `${trace}` is: a dollar and braces."
    ),
    "iris df -q --quiet": "`--quiet` can be given once only.",
    "iris df --header --no-header": "`--header` or `--no-header` can be given once only.",
    "iris df --quiet=1": "`--quiet` takes no value.\n→ `--quiet`, alone.",
    # options
    "iris df -tcsv": "%sm_invoke has no option `-tcsv`.\n→ With a space: `-t csv`",
    "iris df -t=csv": "%sm_invoke has no option `-t=csv`.\n→ With a space: `-t csv`",
    "iris df -qo x": "%sm_invoke has no option `-qo`.\n→ With a space: `-q -o`",
    "iris --input df": (
        "%sm_invoke has no option `--input`.\n→ INPUT needs no option: `%sm_invoke ENDPOINT df`"
    ),
    "iris -d df": "%sm_invoke has no option `-d`.\n→ INPUT needs no option: `%sm_invoke ENDPOINT df`",
    "iris --data=df": (
        "%sm_invoke has no option `--data`.\n→ INPUT needs no option: `%sm_invoke ENDPOINT df`"
    ),
    "iris --body df": (
        "%sm_invoke has no option `--body`.\n→ INPUT needs no option: `%sm_invoke ENDPOINT df`"
    ),
    "--endpoint-name iris df": (
        "%sm_invoke has no option `--endpoint-name`.\n→ ENDPOINT needs no option: `%sm_invoke iris df`"
    ),
    "iris df --content_type csv": (
        "%sm_invoke has no option `--content_type`.\n→ Did you mean `--content-type` (`-t`)?"
    ),
    "iris df --ContentType csv": (
        "%sm_invoke has no option `--ContentType`.\n→ Did you mean `--content-type` (`-t`)?"
    ),
    "iris df --contenttype csv": (
        "%sm_invoke has no option `--contenttype`.\n→ Did you mean `--content-type`?"
    ),
    "iris df --variant A": "%sm_invoke has no option `--variant`.\n→ Did you mean `--target-variant`?",
    "iris df --component A": (
        "%sm_invoke has no option `--component`.\n→ Did you mean `--inference-component-name`?"
    ),
    "iris df --attributes a": (
        "%sm_invoke has no option `--attributes`.\n→ Did you mean `--custom-attributes`?"
    ),
    "iris df --output x": "%sm_invoke has no option `--output`.\n→ Did you mean `--out` (`-o`)?",
    "iris df --csv": "%sm_invoke has no option `--csv`.\n→ Did you mean `-t csv`?",
    "iris df --quite": "%sm_invoke has no option `--quite`.\n→ Did you mean `--quiet`?",
    "iris df --ca-bundle x": (
        "%sm_invoke has no option `--ca-bundle`.\n→ `--ca-bundle` is an option of %sm_connect."
    ),
    "iris df --xyzzy": "%sm_invoke has no option `--xyzzy`.\n→ %sm_invoke -h lists the options.",
    "iris -x": (
        "%sm_invoke has no option `-x`.\n"
        "→ An expression goes in parentheses: `(-x)`; %sm_invoke -h lists the options."
    ),
    "iris df —region eu-west-1": (
        "`—region` begins with a typographic dash.\n→ `--region`, with plain ones."
    ),
    'iris df --header "X: 1"': (
        "SageMaker passes no HTTP headers of your own to the model: `X: 1`.\n→ `--custom-attributes X=1`"
    ),
    'iris df -H "X-Amzn-SageMaker-Target-Variant: A"': (
        "SageMaker passes no HTTP headers of your own to the model: `X-Amzn-SageMaker-Target-Variant: A`.\n"
        "→ `--target-variant A`"
    ),
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_answered_by_what_to_type(line: str) -> None:
    """Each has its own sentence, and the form that works with the user's own words in it."""
    assert refused("sm_invoke", line) == MISTAKES[line]


@pytest.mark.parametrize(
    ("magic", "line", "error"),
    [
        (
            "sm_connect",
            "prod",
            "%sm_connect's word can't be `prod`.\n→ `%sm_connect local`, or `%sm_connect --profile prod`",
        ),
        ("sm_connect", "local x", ("%sm_connect can't take `x` here.\n→ `%sm_connect -h` tells all.")),
        ("sm_connect", "--ca x", ("%sm_connect has no option `--ca`.\n→ Did you mean `--ca-bundle`?")),
        ("sm_target", "ad x y", ("%sm_target's first word can't be `ad`.\n→ Did you mean `add`?")),
        (
            "sm_target",
            "add x",
            (
                "ENDPOINT is missing: the endpoint's name or ARN.\n"
                "→ `%sm_target add NAME ENDPOINT`; `%sm_target -h` tells all."
            ),
        ),
        (
            "sm_target",
            "show",
            "NAME is missing: the target's name.\n→ `%sm_target show NAME`; `%sm_target -h` tells all.",
        ),
        ("sm_target", "list x", ("%sm_target can't take `x` here.\n→ `%sm_target -h` tells all.")),
        (
            "sm_target",
            "add x y --dry-run",
            "%sm_target has no option `--dry-run`.\n→ `--dry-run` is an option of %sm_invoke.",
        ),
        (
            "sm_target",
            "show x -t csv",
            "`--content-type` belongs to %sm_target add.\n→ `%sm_target show NAME`",
        ),
    ],
)
def test_the_other_magics_help_as_well(magic: str, line: str, error: str) -> None:
    """A wrong word, one too few, one too many, and an option of another magic."""
    assert refused(magic, line) == error


def test_targets_and_connections_are_read() -> None:
    """Each action takes its own words; alone, the magic lists."""
    assert parse("sm_target", "", NAMES).arguments == {"ACTION": "list"}
    parsed = parse("sm_target", "add churn xgb-churn -t csv --columns @df --project", NAMES)
    assert parsed.arguments == {"ACTION": "add", "NAME": "churn", "ENDPOINT": "xgb-churn"}
    assert parsed.options == {"content_type": "csv", "columns": ("a", "b c", 3), "project": True}
    assert parse("sm_target", "remove churn --project", NAMES).options == {"project": True}
    assert parse("sm_connect", "", NAMES) == Parsed(magic="sm_connect")
    assert parse("sm_connect", "local --new", NAMES).arguments == {"PLACE": "local"}


@given(st.text(min_size=1))
def test_any_text_can_be_a_value(text: str) -> None:
    """Quoted for the line, an option's value arrives as it was, glued by ``=`` or not."""
    for line in (f"iris --inference-id {quote(text)} df", f"iris df --inference-id={quote(text)}"):
        parsed = parse("sm_invoke", line, {})
        assert parsed.options == {"inference_id": text}
        assert parsed.arguments == {"ENDPOINT": "iris", "INPUT": "df"}


@given(st.text(st.sampled_from("-ab=$\"'{}()[]#; \\.,/:@—"), max_size=20))
def test_no_line_raises_anything_but_a_usage_error(line: str) -> None:
    """Whatever is typed, the answer is a sentence."""
    for magic in MAGICS:
        try:
            parse(magic, line, NAMES)
        except UsageError as error:
            assert error.message


def test_every_member_of_the_api_has_its_option() -> None:
    """The options of %sm_invoke and the member table can't drift apart."""
    ours = {option.dest: option.name for option in INVOKE}
    for member in INPUTS:
        if member.option:
            assert ours[member.name] == member.option


def test_the_tables_repeat_what_the_leaves_know() -> None:
    """Views and layouts are written twice, so that %load_ext need not import them: they must agree."""
    codecs, views = pytest.importorskip("sm_magic.codecs"), pytest.importorskip("sm_magic.views")
    assert set(tables.ORIENTS) == set(codecs.ORIENTS)
    assert tables.VIEWS == views.VIEW_NAMES


@pytest.mark.parametrize("magic", MAGICS)
def test_every_option_is_in_the_help_and_is_told_apart(magic: str) -> None:
    """Names and destinations are unique, help fits a narrow terminal, examples parse."""
    grammar, text = MAGICS[magic], help_text(magic)
    names = [name for option in grammar.options for name in option.names]
    assert len(names) == len(set(names))
    assert len(grammar.options) == len({option.dest for option in grammar.options})
    assert all(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in names)
    assert all(len(line) <= 100 for line in text.splitlines())
    for typed, _ in grammar.examples:
        called, _, line = typed.split("\n")[0].lstrip("%").partition(" ")
        parse(called, line, {**NAMES, "X_train": Frame()})


def test_habits_lead_to_options_that_exist() -> None:
    """No advice names an option that no magic has."""
    known = {name for grammar in MAGICS.values() for name in grammar.by_name}
    assert set(habits._MEANT.values()) <= known
    assert not {f"--{word}" for word in habits._MEANT} & set(MAGICS["sm_invoke"].by_name)


def test_every_suffix_leads_to_its_short_name() -> None:
    """`-t txt` is answered by `text`: whoever knows the file's suffix finds the type."""
    for suffix, media_type in mediatypes.BY_SUFFIX.items():
        word = suffix.lstrip(".")
        shorts = {short for short, known in mediatypes.BY_SHORT.items() if known == media_type}
        if word not in shorts and shorts:
            assert refused("sm_invoke", f"iris df -t {word}").endswith(f"Did you mean `{shorts.pop()}`?")
