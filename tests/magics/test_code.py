"""``%sm_invoke --code``: the call in another language, in the notebook."""

import json
from pathlib import Path

from sm_magic import snippets
from sm_magic.magics import tables


def test_it_is_shown_and_returned_and_nothing_is_sent(notebook):
    """The code as it is, to be pasted; with what must be known of it."""
    shown = notebook.run("s = %sm_invoke echo {'a': 1} --code python --target-variant rival")
    assert notebook.sent == []
    assert "echo · Python, through boto3 · nothing was sent" in shown
    assert shown.rstrip("\n").endswith(str(notebook.names["s"]).rstrip("\n"))
    assert 'TargetVariant="rival"' in shown
    assert "to    LOCAL · eu-west-1" in shown


def test_as_the_last_value_it_is_shown_once(notebook):
    """As a dry run is; later, it shows itself."""
    assert notebook.run("%sm_invoke echo 1 --code curl").count("--aws-sigv4") == 1
    notebook.run("s = %sm_invoke echo 1 --code curl -q")
    assert notebook.run("s").count("--aws-sigv4") == 1


def test_a_body_that_is_too_large_is_a_file_beside_the_notebook(notebook):
    """Its name says what it holds; again and again it is the same."""
    notebook.run("import numpy as np; x = np.eye(3)")
    shown = notebook.run("s = %sm_invoke echo x --code cli")
    (file,) = Path.cwd().glob("sm-magic-body-*.npy")
    assert f"{file.name}, 200 bytes: written beside the notebook" in shown
    assert f"fileb://{file.name}" in notebook.names["s"].code
    notebook.run("%sm_invoke echo x --code python")
    assert [path.name for path in Path.cwd().glob("sm-magic-body-*")] == [file.name]


def test_a_short_text_makes_no_file(notebook):
    """It stands in the code."""
    notebook.run("%sm_invoke echo {'a': 1} --code javascript")
    assert list(Path.cwd().iterdir()) == []


def test_a_file_that_can_not_be_written(notebook):
    """Is an error that says so: here a folder stands in its place."""
    snippet = notebook.run("s = %sm_invoke echo b'\\x00' --code python -q") or notebook.names["s"]
    (Path.cwd() / snippet.file).unlink()
    (Path.cwd() / snippet.file).mkdir()
    assert "can't be written: Is a directory" in notebook.fails("%sm_invoke echo b'\\x00' --code python")


def test_a_policy_needs_no_body_beside_it(notebook):
    """JSON alone, without an account."""
    notebook.run("s = %sm_invoke echo b'\\x00' --code iam -q")
    policy = json.loads(notebook.names["s"].code)
    assert policy["Statement"][0]["Resource"] == "arn:aws:sagemaker:eu-west-1:<account>:endpoint/echo"
    assert list(Path.cwd().iterdir()) == []


def test_a_policy_for_logs(notebook):
    """What ``--logs`` reads is optional; the endpoint's log group is named as the endpoint is."""
    notebook.run("%config SageMakerMagics.targets = {'t': {'endpoint': 'Echo', 'logs': True}}")
    found = {}
    for line in ("Echo 1", "Echo 1 --logs", "t 1", "Echo 1 --logs --inference-component-name Part"):
        notebook.run(f"s = %sm_invoke {line} --code iam -q")
        statements = json.loads(notebook.names["s"].code)["Statement"]
        found[line] = {one["Sid"]: one for one in statements}.get("OptionalForLogs")

    log = "arn:aws:logs:eu-west-1:<account>:log-group:/aws/sagemaker/"
    without, asked, target, component = found.values()
    assert without is None and asked == target
    assert (asked["Action"], asked["Resource"]) == ("logs:FilterLogEvents", f"{log}Endpoints/Echo:*")
    assert component["Resource"] == f"{log}InferenceComponents/Part:*"


def test_it_needs_no_credentials_and_no_region(notebook):
    """Where nothing is configured, a region is one to be put in."""
    notebook.door.place = None
    notebook.run("s = %sm_invoke my-endpoint [1, 2] --code curl -q")
    assert "https://runtime.sagemaker.$AWS_REGION.amazonaws.com" in notebook.names["s"].code
    notebook.run("s = %sm_invoke my-endpoint [1, 2] --code python -q --region eu-west-1")
    assert 'region_name="eu-west-1"' in notebook.names["s"].code


def test_a_queued_body_goes_where_it_was_said(notebook, queue):
    """By way of S3, with its key and its end."""
    line = (
        "%sm_invoke echo 'a,b' -t csv --async --upload-to s3://mine/in --upload-kms-key k --delete-input -q"
    )
    notebook.run(f"s = {line} --code python")
    assert 'Key="in/sm-magic/echo/sm-magic-body-' in notebook.names["s"].code
    assert 'SSEKMSKeyId="k"' in notebook.names["s"].code
    notebook.run(f"s = {line} --code iam")
    upload = json.loads(notebook.names["s"].code)["Statement"][1]
    assert upload["Action"] == ["s3:PutObject", "s3:DeleteObject"]
    assert upload["Resource"] == "arn:aws:s3:::mine/in/sm-magic/echo/*"
    assert queue.sent == []


def test_an_unknown_language_is_refused(notebook):
    """With those that there are."""
    assert "python, cli, curl, javascript, iam" in notebook.fails("%sm_invoke echo 1 --code perl")


def test_the_tables_agree():
    """The option's choices, which %load_ext must not import, are the languages."""
    assert tables.LANGUAGES == snippets.LANGUAGES
    assert set(snippets.languages()) == set(snippets.LANGUAGES)


def test_what_is_shown_is_escaped(notebook):
    """Markup in a body stays text."""
    notebook.run("s = %sm_invoke echo '<script>alert(1)</script>' --code python -q")
    shown = notebook.names["s"]._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]
    assert "&lt;script&gt;" in shown["text/html"]
