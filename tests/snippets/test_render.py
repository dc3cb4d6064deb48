"""A request in another language: what stands in the code, what beside it, and what never."""

import ast
import re
import subprocess
from dataclasses import replace
from shutil import which

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sm_magic.errors import UsageError
from sm_magic.members import OPERATIONS
from sm_magic.messages import EndpointArn, Payload, Request, Where
from sm_magic.snippets import LANGUAGES, Staging, render
from sm_magic.snippets.base import INLINE
from sm_magic.snippets.partitions import partition
from sm_magic.snippets.shell import fed

IRELAND = Where(region="eu-west-1")
ACCOUNT = "123456789012"
CODE = [language for language in LANGUAGES if language != "iam"]


def sending(body, content_type="text/plain", **members):
    """A request with this body."""
    return Request(endpoint="echo", payload=Payload(body=body, content_type=content_type), **members)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_of_an_account_or_a_key_stands_in_it(language, operation):
    """Account ids are placeholders, and what to put in is said."""
    arn = EndpointArn(name="echo", region="eu-west-1", account=ACCOUNT)
    request = sending(
        b"1,2",
        operation=operation,
        arn=arn,
        custom_attributes=f"role=arn:aws:iam::{ACCOUNT}:role/r AKIAABCDEFGHIJKLMNOP",
    )
    place = None
    if operation == "InvokeEndpointAsync":
        place = Staging(
            folder=f"s3://sagemaker-eu-west-1-{ACCOUNT}/in", kms_key=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
        )
    role = f"arn:aws:iam::{ACCOUNT}:role/invoker"
    snippet = render(request, IRELAND, language, staging=place, role=role)
    said = f"{snippet.code}{snippet.notes}{snippet!r}{snippet.card()}"
    assert ACCOUNT not in said
    assert "AKIA" not in said
    if "<account>" in said:
        assert any("Put in the account's id for <account>" in note for note in snippet.notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stay_at_home_is_not_said(language):
    """Neither the name of a target nor an option that was not given."""
    code = render(sending(b"1"), IRELAND, language).code
    assert not re.search("None|null|undefined|target|profile", code), code


@pytest.mark.parametrize("language", CODE)
def test_two_kilobytes_of_text_stand_in_it(language):
    """One byte more, and whatever can't be read, is a file; both are named by what they hold."""
    short, long = (render(sending(b"x" * size), IRELAND, language) for size in (INLINE, INLINE + 1))
    assert (short.file, short.body) == (None, None)
    assert "x" * INLINE in short.code
    assert long.body == b"x" * (INLINE + 1)
    assert re.fullmatch(r"sm-magic-body-[0-9a-f]{12}\.txt", long.file)
    assert long.file in long.code
    for body in (b"\xff", b"\0", b"\x1b[2J", "\u202e".encode(), b"a\r\n", "x\u2028".encode()):
        assert render(sending(body), IRELAND, language).body == body


def test_a_file_is_written_once(tmp_path):
    """The same name is the same content; text in the code needs none."""
    snippet = render(sending(b"\0\1"), IRELAND, "python")
    path = snippet.write(tmp_path)
    path.chmod(0o400)
    written = path.stat().st_mtime_ns
    assert snippet.write(tmp_path) == path
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (b"\0\1", written)
    assert render(sending(b"a"), IRELAND, "python").write(tmp_path) is None


def test_what_the_code_does_not_read_is_not_written():
    """The CLI can't stream, and a policy is of no body."""
    request = sending(b"\0", operation="InvokeEndpointWithResponseStream")
    assert [render(request, IRELAND, language).file is None for language in LANGUAGES] == [
        False, True, False, False, True,
    ]  # fmt: skip


def test_what_the_cli_can_not_do_is_one_sentence():
    """No key is of use for it, wherever it would go; a call that it can make on this machine needs one."""
    here = Where(place="LOCAL", region="us-east-1", endpoint_url="http://127.0.0.1:1")
    stream = render(sending(b"1", operation="InvokeEndpointWithResponseStream"), here, "cli")
    assert (stream.code.count("\n"), stream.notes) == (1, ())
    (note,) = render(sending(b"1"), here, "cli").notes
    assert "signed with its own key" in note


def test_an_unknown_language_is_an_error():
    """Which names those that there are."""
    with pytest.raises(UsageError, match="no code in 'perl'"):
        render(sending(b"1"), IRELAND, "perl")


def test_python_is_what_one_would_write():
    """Only what the call needs, and the reading of the answer."""
    code = render(sending(b'{"a":1}', "application/json", accept="image/png"), IRELAND, "python").code
    assert code == (
        "import boto3\n"
        "\n"
        'runtime = boto3.client("sagemaker-runtime", region_name="eu-west-1")\n'
        "answer = runtime.invoke_endpoint(\n"
        '    EndpointName="echo",\n'
        '    ContentType="application/json",\n'
        '    Accept="image/png",\n'
        "    Body='{\"a\":1}',\n"
        ")\n"
        "\n"
        'body = answer["Body"].read()\n'
        'print(answer["InvokedProductionVariant"], answer["ContentType"])\n'
        "print(body)\n"
    )


texts = st.text(
    st.one_of(st.sampled_from("\n\t\"'`\\${}@ BODY%!"), st.characters(exclude_categories=["C", "Z"])),
    max_size=60,
)


@given(texts, texts)
def test_any_text_is_what_python_reads(body, attributes):
    """Whatever quotes and signs it holds."""
    assume(attributes.isprintable())
    request = sending(body.encode(), custom_attributes=attributes)
    made = render(request, IRELAND, "python")
    call = next(
        node
        for node in ast.walk(ast.parse(made.code))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "invoke_endpoint"
    )
    said = {keyword.arg: keyword.value for keyword in call.keywords}
    assert ast.literal_eval(said["CustomAttributes"]) == attributes
    if made.file is None:
        assert ast.literal_eval(said["Body"]) == body


@pytest.mark.skipif(which("bash") is None, reason="no bash")
@settings(max_examples=25)
@given(texts)
def test_any_text_is_what_a_command_reads(text):
    """By a here-document where it ends with a newline, byte for byte."""
    done = subprocess.run(["bash", "-c", fed("cat", text)], capture_output=True, timeout=60)
    assert done.stdout.decode() == text


def test_partitions_are_those_of_botocore():
    """Names and hosts of every region that it knows."""
    from boto3.session import Session

    session = Session(region_name="eu-west-1")
    for name in session.get_available_partitions():
        for region in session.get_available_regions("sagemaker-runtime", partition_name=name):
            assert partition(region).name == name
            client = session.client(
                "sagemaker-runtime", region_name=region, aws_access_key_id="a", aws_secret_access_key="b"
            )
            code = render(sending(b"1"), replace(IRELAND, region=region), "curl").code
            assert f"{client.meta.endpoint_url}/endpoints/echo/invocations" in code
            client.close()


@pytest.mark.parametrize("language", ["cli", "curl"])
def test_a_role_is_a_sentence_in_the_shell(language):
    """With the command that answers its keys; the profile is for that command, not for the call."""
    role = f"arn:aws:iam::{ACCOUNT}:role/invoker"
    snippet = render(sending(b"1"), replace(IRELAND, profile="prod"), language, role=role)
    assert "--role-arn 'arn:aws:iam::<account>:role/invoker' --profile prod" in "".join(snippet.notes)
    assert "prod" not in snippet.code
