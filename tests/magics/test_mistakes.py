"""What a new user types wrong, and exactly what they read then.

Each through a real shell, over endpoints that are a function; an error tells what was wrong and what to type.
"""

from __future__ import annotations

import re

import pandas as pd
import pytest

# ruff: noqa: E501 - the messages are exact
# What is typed → what is shown.
MISTAKES = {
    "%sm_invoke": (
        "UsageError: ENDPOINT is missing: the endpoint's name, a target, or an endpoint ARN.\n"
        "→ `%sm_invoke ENDPOINT INPUT`; `%sm_invoke -h` tells all."
    ),
    "%sm_invoke echo": (
        "UsageError: There is nothing to send.\n"
        "→ %sm_invoke ENDPOINT INPUT sends a value, --file PATH a file, --form NAME=VALUE a form, %%sm_invoke ENDPOINT its cell."
    ),
    "%%sm_invoke echo\n ": (
        "UsageError: There is nothing to send.\n"
        "→ %sm_invoke ENDPOINT INPUT sends a value, --file PATH a file, --form NAME=VALUE a form, %%sm_invoke ENDPOINT its cell."
    ),
    "%sm_invoke echo df rows": (
        "UsageError: INPUT is one token, and these are 2: `df rows`.\n"
        '→ A text goes in quotes: `"df rows"`; an expression in parentheses: `(df.x > 3)`'
    ),
    "%sm_invoke echo df x > 3": (
        "UsageError: INPUT is one token, and these are 4: `df x > 3`.\n"
        '→ A text goes in quotes: `"df x > 3"`; an expression in parentheses: `(df.x > 3)`'
    ),
    "%sm_invoke echo fd": "UsageError: There is no variable `fd`.\n→ Did you mean `df`?",
    "%sm_invoke echo df.lenght": "UsageError: `df.lenght` failed: AttributeError: 'DataFrame' object has no attribute 'lenght'.",
    "%sm_invoke echo df.head($rows)": (
        "UsageError: INPUT is a Python expression already: `df.head($rows)`.\n→ `df.head(rows)`, without more."
    ),
    "%sm_invoke echo df.head(${rows})": (
        "UsageError: INPUT is a Python expression already: `df.head(${rows})`.\n→ `df.head(rows)`, without more."
    ),
    '%sm_invoke echo df["nope"]': "UsageError: `df[\"nope\"]` failed: KeyError: 'nope'.",
    "%sm_invoke echo (df.a > 1": "UsageError: `(` is never closed.\n  echo (df.a > 1\n       ^",
    '%sm_invoke echo "Tell me': (
        'UsageError: The quote " is never closed.\n'
        '  echo "Tell me\n'
        "       ^\n"
        "→ Inside quotes, `\\` before a quote keeps it."
    ),
    "%sm_invoke echo data.csv": (
        "UsageError: `data.csv` is a file, and INPUT is a Python expression.\n"
        "→ `--file data.csv` sends the file."
    ),
    "%sm_invoke echo ./data.csv": (
        "UsageError: `./data.csv` is a file, and INPUT is a Python expression.\n"
        "→ `--file ./data.csv` sends the file."
    ),
    "%sm_invoke echo true": "UsageError: There is no variable `true`.\n→ In Python that is `True`",
    "%sm_invoke echo {name}": (
        "UsageError: INPUT is a Python expression already: `{name}`.\n→ `name`, without more."
    ),
    "%sm_invoke {name} df": (
        "UsageError: `{name}` is not expanded here.\n→ `${name}` is: a dollar and braces."
    ),
    "%sm_invoke $name df": (
        "UsageError: `$name` is not expanded here.\n→ `${name}` is: a dollar and braces."
    ),
    "%sm_invoke name df": (
        "UsageError: `name` is a variable that holds 'echo'.\n"
        '→ `${name}` calls that endpoint; `"name"`, in quotes, an endpoint of this name.'
    ),
    "%sm_invoke ${nam} df": "UsageError: There is no variable `nam`, in `${nam}`.\n→ Did you mean `name`?",
    '%sm_invoke "${name" df': (
        "UsageError: No expression begins at line 1, column 1: `${name`.\n"
        "→ `${…}` holds a Python expression; a literal `${` is written `$${`"
    ),
    "%sm_invoke iris-clasifier df": (
        "ValidationError: Endpoint iris-clasifier of account …9012 not found.\n"
        "→ Did you mean `iris-classifier`?"
    ),
    "%sm_invoke zzz df": (
        "ValidationError: Endpoint zzz of account …9012 not found.\n→ There is: echo, iris-classifier."
    ),
    "%sm_invoke my_endpoint df": (
        "UsageError: EndpointName can't be 'my_endpoint': a name has letters, digits and hyphens, starts and ends with a letter or digit.\n"
        "→ Did you mean `my-endpoint`?"
    ),
    '%sm_invoke "My model_v2" df': (
        "UsageError: EndpointName can't be 'My model_v2': a name has letters, digits and hyphens, starts and ends with a letter or digit.\n"
        "→ Did you mean `My-model-v2`?"
    ),
    "%sm_invoke arn:aws:sagemaker:eu-west-1:123456789012:model/x df": (
        "UsageError: arn:aws:sagemaker:eu-west-1:…9012:model/x is no endpoint ARN.\n"
        "→ An endpoint ARN reads arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME; the name alone will do too."
    ),
    "%sm_invoke --endpoint echo --input df": (
        "UsageError: %sm_invoke has no option `--endpoint`.\n→ ENDPOINT needs no option: `%sm_invoke echo df`"
    ),
    "%sm_invoke echo --input df": (
        "UsageError: %sm_invoke has no option `--input`.\n→ INPUT needs no option: `%sm_invoke ENDPOINT df`"
    ),
    "%sm_invoke echo df --content-typ csv": (
        "UsageError: %sm_invoke has no option `--content-typ`.\n→ Did you mean `--content-type`?"
    ),
    "%sm_invoke echo df --type csv": (
        "UsageError: %sm_invoke has no option `--type`.\n→ Did you mean `--content-type` (`-t`)?"
    ),
    "%sm_invoke echo df -tcsv": "UsageError: %sm_invoke has no option `-tcsv`.\n→ With a space: `-t csv`",
    "%sm_invoke echo df -t": (
        "UsageError: `-t` needs a value.\n"
        "  echo df -t\n"
        "            ^\n"
        "→ `-t TYPE`: the body's media type, or a short name for it."
    ),
    "%sm_invoke echo df -t csvv": "UsageError: `csvv` is no content type.\n→ Did you mean `csv`?",
    "%sm_invoke echo df -t csv -t json": "UsageError: `-t` can be given once only.",
    '%sm_invoke echo df --header "X-Trace: 1"': (
        "UsageError: SageMaker passes no HTTP headers of your own to the model: `X-Trace: 1`.\n"
        "→ `--custom-attributes X-Trace=1`"
    ),
    '%sm_invoke echo df -H "X-Trace: 1"': (
        "UsageError: SageMaker passes no HTTP headers of your own to the model: `X-Trace: 1`.\n"
        "→ `--custom-attributes X-Trace=1`"
    ),
    '%sm_invoke echo df --accept "text/csv,application/json"': (
        "UsageError: --accept takes one media type, not 'text/csv,application/json'.\n"
        "→ Containers compare the header as it is: --accept text/csv"
    ),
    '%sm_invoke echo df --custom-attributes "tracé"': "UsageError: --custom-attributes can't be 'tracé': 'é' is not visible ASCII.",
    "%sm_invoke echo df --target-variant red!": "UsageError: --target-variant can't be 'red!': a name has letters, digits and hyphens, starts and ends with a letter or digit.",
    "%sm_invoke echo df --columns a,z": (
        "CodecError: There is no column 'z' (columns).\n→ The table has a, b, c."
    ),
    "%sm_invoke echo df --columns @wantd": (
        "UsageError: There is no variable `wantd`.\n→ Did you mean `wanted`?"
    ),
    "%sm_invoke echo df --columns @name": (
        "UsageError: `name` is a str, which has no columns.\n"
        "→ `--columns @NAME` takes a DataFrame or a list of names."
    ),
    "%sm_invoke echo df --drop a,b": (
        "CodecError: There is no column 'a,b' (drop).\n→ Once for each: --drop a --drop b. The table has a, b, c."
    ),
    "%sm_invoke echo df --drop z": "CodecError: There is no column 'z' (drop).\n→ The table has a, b, c.",
    "%sm_invoke echo df --orient row -t json": (
        "UsageError: `--orient` can't be `row`.\n"
        "→ One of: records, split, values, columns, index, instances, features, inputs, dataframe_split, dataframe_records, v2."
    ),
    "%sm_invoke echo df -o 1st": (
        "UsageError: `--out 1st`: `1st` is no name of a variable.\n→ `--out predictions`, for example."
    ),
    "%sm_invoke echo df -o class": (
        "UsageError: `--out class`: `class` is a keyword of Python.\n→ `--out predictions`, for example."
    ),
    "%sm_invoke echo df -o my-out": (
        "UsageError: `--out my-out`: `my-out` is no name of a variable.\n→ `--out predictions`, for example."
    ),
    '%sm_invoke echo df --query "a["': (
        "UsageError: --query a[ is no JMESPath expression: Invalid jmespath expression: Incomplete expression:\n"
        "→ For instance `--query predictions[0].score`, `--query choices[0].message.content`"
    ),
    "%sm_invoke echo df --query a": "CodecError: --query a needs a JSON answer; this one is a DataFrame.",
    "%sm_invoke echo df --view chart": (
        "UsageError: `--view` can't be `chart`.\n"
        "→ One of: auto, table, json, image, text, markdown, html, raw."
    ),
    "%sm_invoke echo df --timeout soon": (
        "UsageError: `--timeout` takes seconds, not `soon`.\n→ `--timeout 30`"
    ),
    "%sm_invoke echo df --retries 1.5": (
        "UsageError: `--retries` takes a whole number from 0, not `1.5`.\n→ `--retries 2`"
    ),
    "%sm_invoke echo df --expand": (
        "UsageError: --expand is for a cell, and there is none.\n→ %%sm_invoke ENDPOINT --expand"
    ),
    "%sm_invoke echo df --python": (
        "UsageError: --python is for a cell, and there is none.\n→ %%sm_invoke ENDPOINT --python"
    ),
    "%sm_invoke echo df --file data.csv": (
        "UsageError: The body can't be both INPUT (`df`) and --file.\n→ Leave out all but one."
    ),
    "%sm_invoke echo --file dta.csv": (
        "UsageError: There is no file dta.csv.\n→ Did you mean `--file data.csv`?"
    ),
    "%sm_invoke echo --file .": "UsageError: . is a folder.\n→ --file takes one file.",
    "%sm_invoke echo --file data.csv --columns a": (
        "UsageError: --columns is for tables; a file is sent as it is.\n→ Read it and send the table."
    ),
    "%sm_invoke echo object()": (
        "CodecError: An object can't be sent.\n"
        "→ What can: DataFrame, Series, array, PIL image, dict, list, number, bool, None, str, bytes, dataclass, datetime, Decimal."
    ),
    "%sm_invoke echo df -t png": (
        "CodecError: Floats of an image are from 0 to 1; these are from 1.5 to 6.\n"
        "→ `x / x.max()`, or `x.astype('uint8')` if they are from 0 to 255."
    ),
    '%sm_invoke echo {"a": {1, 2}.__iter__()}': (
        "CodecError: A set_iterator has no form in JSON.\n"
        "→ What has: dict, list, text, numbers, bool, None, dates, Decimal, dataclasses, arrays, tables, bytes, images."
    ),
    "%sm_invoke echo 1/0": "UsageError: `1/0` failed: ZeroDivisionError: division by zero.",
    "%sm_invoke echo df --help-me": (
        "UsageError: %sm_invoke has no option `--help-me`.\n→ Did you mean `--help`?"
    ),
    "%sm_invoke echo df --quite": (
        "UsageError: %sm_invoke has no option `--quite`.\n→ Did you mean `--quiet`?"
    ),
    "%sm_invoke echo df --profile nosuch": (
        "CredentialsError: The config profile (nosuch) could not be found.\n"
        "→ %sm_connect --profile NAME takes a profile of ~/.aws/config; aws configure list-profiles lists them."
    ),
    "%sm_invoke echo df --background -q": (
        "UsageError: --background shows what becomes of the call, which --quiet would hide.\n"
        "→ Leave out one of the two; in Python: `Client().background(…)`"
    ),
    "%sm_invoke echo df --save nowhere/x.csv": (
        "UsageError: There is no folder `nowhere` for --save.\n→ Make it first."
    ),
    '%%sm_invoke echo\n{"a": 1,}': (
        "UsageError: Without `-t` the cell must be JSON: line 1, column 8: This comma before the closing bracket is one too many.\n"
        "→ This is Python, not JSON (quotes are double, words are true, false, null): `--python` sends its value."
    ),
    "%%sm_invoke echo\n{'a': 1}": (
        "UsageError: Without `-t` the cell must be JSON: line 1, column 2: Expecting property name enclosed in double quotes.\n"
        "→ This is Python, not JSON (quotes are double, words are true, false, null): `--python` sends its value."
    ),
    "%%sm_invoke echo\n[1, NaN]": (
        "UsageError: Without `-t` the cell must be JSON: line 1, column 5: NaN is not JSON.\n"
        "→ JSON has no NaN and no Infinity: write `null`"
    ),
    "%%sm_invoke echo\n1,2,3": (
        "UsageError: Without `-t` the cell must be JSON: line 1, column 2: Extra data.\n"
        "→ This looks like CSV: `-t csv`"
    ),
    '%%sm_invoke echo\n{"name": "${name}"}': (
        "UsageError: The cell holds `${name}`, and a cell is sent as it is.\n"
        "→ `--expand` fills it in; `--raw` with `-t` sends it as it is."
    ),
    '%%sm_invoke echo --expand\n{"name": ${nam}}': (
        "UsageError: There is no variable `nam`, in `${nam}` (line 1, column 10).\n→ Did you mean `name`?"
    ),
    '%%sm_invoke echo --expand\n{"name": ${df.lenght}}': "UsageError: `${df.lenght}` (line 1, column 10) failed: AttributeError: 'DataFrame' object has no attribute 'lenght'.",
    '%%sm_invoke echo df\n{"a": 1}': (
        "UsageError: The body can't be both INPUT (`df`) and the cell.\n→ Leave out all but one."
    ),
    "%%sm_invoke echo --columns a\n[1]": (
        "UsageError: --columns is for tables; the cell is sent as it is.\n→ --python sends the cell's value."
    ),
    "%%sm_invoke echo --python\nx = 1": (
        "UsageError: The cell's last line is no expression, so there is no value to send.\n"
        "→ End it with what to send, a variable for instance."
    ),
    "%%sm_invoke echo --python\nx = = 1": "UsageError: Line 1 of the cell is not Python: invalid syntax.",
    "%%sm_invoke echo --python\nx = 1\nx.y": "UsageError: Line 2 of the cell failed: AttributeError: 'int' object has no attribute 'y'.",
    "%%sm_invoke echo --python --expand\n1": (
        "UsageError: --python and --expand exclude each other.\n→ --expand is for a cell that is the body."
    ),
    "%sm_connect locl": (
        "UsageError: %sm_connect's word can't be `locl`.\n"
        "→ `%sm_connect local`, or `%sm_connect --profile locl`"
    ),
    "%sm_connect --region": (
        "UsageError: `--region` needs a value.\n  --region\n          ^\n→ `--region REGION`: the AWS region."
    ),
    "%sm_connect local --region eu-west-1": (
        "UsageError: --region is for AWS, and local is on this machine.\n→ Leave out one of the two."
    ),
    "%sm_connect --new": "UsageError: --new is for the local endpoint.\n→ %sm_connect local --new",
    "%sm_connect --profile nosuch": (
        "CredentialsError: The config profile (nosuch) could not be found.\n"
        "→ %sm_connect --profile NAME takes a profile of ~/.aws/config; aws configure list-profiles lists them."
    ),
    "%sm_connect --endpoint-url http://example.com": (
        "UsageError: http://example.com would send your data unencrypted; plain http is for 127.0.0.1 and localhost only.\n"
        "→ --endpoint-url https://example.com, or a tunnel: ssh -L 8080:example.com:80 …"
    ),
    "%sm_connect --trust-project": (
        "UsageError: There is no pyproject.toml in this folder or above to trust.\n→ %cd into the project"
    ),
    "%sm_target ad x y": "UsageError: %sm_target's first word can't be `ad`.\n→ Did you mean `add`?",
    "%sm_target add x": (
        "UsageError: ENDPOINT is missing: the endpoint's name or ARN.\n"
        "→ `%sm_target add NAME ENDPOINT`; `%sm_target -h` tells all."
    ),
    '%sm_target add "a b" echo': (
        "UsageError: `a b` can't be a target's name.\n"
        "→ Up to 63 letters, digits, hyphens, underscores and dots, the first a letter or digit."
    ),
    "%sm_target show nosuch": "UsageError: There is no target `nosuch`.\n→ %sm_target list shows all.",
    "%sm_target remove nosuch": "UsageError: There is no target `nosuch`.\n→ %sm_target list shows all.",
    "%sm_target add x echo --out y": (
        "UsageError: %sm_target has no option `--out`.\n→ `--out` is an option of %sm_invoke."
    ),
    "%sm_target add x echo --project": (
        "UsageError: There is no pyproject.toml in HERE or above.\n→ Leave out --project"
    ),
    "%sm_target add x echo -t cvs": "UsageError: `cvs` is no content type.\n→ Did you mean `csv`?",
}


@pytest.fixture
def novice(notebook, folder):
    """The notebook of someone who has a frame, a name, a list and a file."""
    (folder / "data.csv").write_text("1,2\n")
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4], "c": [5, 6]})
    notebook.names.update(df=frame, name="echo", wanted=["b"])
    return notebook


@pytest.mark.parametrize(("cell", "shown"), MISTAKES.items(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_a_few_lines(novice, folder, cell, shown):
    """The message is exact, short, and says what to type instead."""
    told = novice.fails(cell)

    assert shown == told.replace(str(folder), "HERE")
    assert len(told.splitlines()) <= 6


@pytest.mark.parametrize("shown", MISTAKES.values(), ids=MISTAKES.keys())
def test_all_speak_with_one_voice(shown):
    """A capital or a code word first, and a full stop, but for a caret and for what is there to be copied."""
    message, _, hint = shown.partition(": ")[2].partition("\n→ ")

    for said in filter(None, (message, hint)):
        assert re.match(r"[^a-z]|arn:|http://", said)
    assert message.splitlines()[0].endswith((".", "?", ":"))
    assert not hint or re.search(r"[.?:`…]$|(?:--?[a-z]|%)\S*(?: [^\s.]+)*$|%cd into the project$", hint)


def test_there_are_many_mistakes():
    """At least forty different ones are tried."""
    assert len(MISTAKES) >= 40


def test_a_mistake_costs_nothing(novice):
    """What is refused before sending is never sent; only an endpoint's name and an answer can be wrong later."""
    for cell, shown in MISTAKES.items():
        if not shown.startswith("ValidationError") and "JSON answer" not in shown:
            novice.fails(cell)

    assert novice.sent == []
