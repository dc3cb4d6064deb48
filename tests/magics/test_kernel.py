"""Errors and interrupts in a real kernel, as a frontend and nbclient see them."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.server

CONNECT = """\
get_ipython().magics_manager.registry["SageMakerMagics"].place = partial(
    Client, endpoint_url={url!r}, local_token={token!r}
)
"""


def test_an_error_is_one_short_error_output(kernel):
    """A real `error`, so that Run All stops; the class, the message, the hint, no stack."""
    (error,) = kernel.run("%sm_invoke echo {'a': 1} --content-typ json")

    assert error.kind == "error"
    assert error.text == (
        "UsageError: %sm_invoke has no option `--content-typ`.\n→ Did you mean `--content-type`?"
    )


def test_interrupting_a_slow_endpoint_is_one_line(kernel, local_endpoint):
    """Ctrl-C ends the wait within two seconds, says what may go on, and the cells behind it do not run."""
    kernel.run(CONNECT.format(url=local_endpoint.url, token=local_endpoint.token))
    kernel.run("%sm_invoke echo 1 -q")  # boto3 is there: what is interrupted is the wait
    sent = kernel.start("%sm_invoke faulty {'delay': 20}")
    outputs = kernel.outputs(sent)
    first = next(outputs)
    behind = kernel.start("ran = True")  # Run All has sent it already

    interrupted = time.monotonic()
    kernel.manager.interrupt_kernel()
    *_, line, error = list(outputs)
    took = time.monotonic() - interrupted
    kernel.reply()

    assert first.text.startswith("Invoking faulty … ")
    assert line.text.startswith("Invoking faulty … interrupted after")
    assert error.text.startswith("Cancelled: Interrupted after")
    assert "faulty may still be computing" in error.text
    assert len(error.text.splitlines()) == 1
    assert took < 2
    assert list(kernel.outputs(behind)) == []
    assert not kernel.value("'ran' in globals()")


def test_a_model_that_fails_is_a_short_error(kernel, local_endpoint):
    """The container's own words, in at most six lines with a hint."""
    kernel.run(CONNECT.format(url=local_endpoint.url, token=local_endpoint.token))

    *_, error = kernel.run("%sm_invoke faulty {'status': 500, 'message': 'CUDA out of memory'}")

    assert "CUDA out of memory" in error.text
    assert "ModelError" in error.text
    assert "→" in error.text
    assert len(error.text.splitlines()) <= 6


def test_a_notebook_stops_at_an_error(tmp_path):
    """Run by nbclient: the error is an `error` output of few lines with a hint, and what is behind it never ran."""
    nbclient = pytest.importorskip("nbclient")
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(
        cells=[
            new_code_cell("%load_ext sm_magic"),
            new_code_cell("%sm_invoke echo {'a': 1} --dry-run"),
            new_code_cell("%sm_invoke echo fram"),
            new_code_cell("print('never')"),
        ]
    )
    runner = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=60,
        resources={"metadata": {"path": str(tmp_path)}},
        extra_arguments=["--HistoryManager.enabled=False"],
    )

    with pytest.raises(nbclient.exceptions.CellExecutionError):
        runner.execute()
    _, dry, failed, never = notebook.cells

    assert [output.output_type for output in dry.outputs] == ["display_data"]
    assert {"text/plain", "text/html"} == set(dry.outputs[0].data)
    assert [output.output_type for output in failed.outputs] == ["error"]
    assert failed.outputs[0].ename == "UsageError"
    assert failed.outputs[0].traceback == ["UsageError: There is no variable `fram`."]
    assert (never.execution_count, never.outputs) == (None, [])
    nbformat.validate(notebook)
