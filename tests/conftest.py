"""What every test may use: the hypothesis profile, the rule about skips, and the local endpoint."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from sm_magic.local import LocalEndpoint

# Times differ too much between machines for deadlines; `thorough` is for a nightly run or a doubt.
hypothesis.settings.register_profile("house", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

# A shell's background job ignores SIGINT, and so would every kernel and server that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A client of botocore's is ten thousands of containers, and many are made: looked through as often as Python does by
# itself, they take half the time of all tests that call a service.
gc.set_threshold(20_000, 10, 10)

REQUIRE_ALL = os.environ.get("SM_MAGIC_REQUIRE_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Where Python keeps no bytecode, as in many containers, the run's processes keep it in pytest's cache.

    There are a hundred, kernels and servers; each would compile all that it imports.
    """
    if sys.dont_write_bytecode and config.pluginmanager.hasplugin("cacheprovider"):
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("bytecode"))
        sys.dont_write_bytecode = False
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Under SM_MAGIC_REQUIRE_ALL=1 a skip is a failure: CI installs everything, so nothing may be missing."""
    if REQUIRE_ALL and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(a skip, and SM_MAGIC_REQUIRE_ALL=1 allows none)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that was skipped."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that was skipped whole."""
    report = yield
    _forbid_skip(report)
    return report


_SLOW = {"judges", "test_notebooks.py", "test_commands.py", "test_autoload.py"}
"""What takes seconds and is the same on every Python: run in full, and not again in each environment."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is slow.  Tests of torch run where it is, which CI has an environment for: it is too large for all."""
    for item in items:
        if _SLOW & {item.path.name, item.path.parent.name}:
            item.add_marker("slow")
    if find_spec("torch") is None:
        absent = [item for item in items if item.get_closest_marker("torch")]
        items[:] = [item for item in items if item not in absent]
        config.hook.pytest_deselected(items=absent)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Tests that share what is dear to make run in one process: a file's, and all that look at a browser."""
    from xdist.scheduler import LoadScopeScheduling

    class Companies(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "browser" if "/browser/" in path else path

    return Companies(config, log)


def pytest_unconfigure() -> None:
    """Let go of the shells that tests made: at exit IPython would collect garbage once for each, for minutes.

    What is left after a last collection is not looked through again by pytest and Python, which do so many times.
    """
    ipython = sys.modules.get("IPython.core.interactiveshell")
    if ipython is not None:
        for thing in gc.get_referrers(*_kinds(ipython.InteractiveShell)):
            if issubclass(type(thing), ipython.InteractiveShell):
                atexit.unregister(thing.atexit_operations)
    gc.collect()
    gc.freeze()


def _kinds(of: type) -> Iterator[type]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


@pytest.fixture(autouse=True, scope="module")
def _few_connections() -> Iterator[None]:
    """A process keeps its last connections, which are large; one file's are of little use to the next."""
    yield
    boto = sys.modules.get("sm_magic.transports.boto")
    if boto is not None and boto._shared.cache_info().currsize > 4:
        boto._shared.cache_clear()


@pytest.fixture
def young() -> Iterator[None]:
    """`gc.collect` looks at what this test makes; all that others left would take it a second."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def local_endpoint() -> Iterator[LocalEndpoint]:
    """The local endpoint, started once for the whole run."""
    local = pytest.importorskip("sm_magic.local")
    endpoint = local.join_or_start(new=True)
    try:
        yield endpoint
    finally:
        endpoint.stop()
