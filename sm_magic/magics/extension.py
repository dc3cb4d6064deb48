"""SageMakerMagics: what IPython sees of sm_magic.

Its traits are the settings, its methods the magics; each hands its line to the module that bears its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from IPython.core.magic import (
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from .. import configuration
from ..errors import Cancelled, SmMagicError
from ..settings import Settings
from .completion import Completion
from .display import Marks
from .manual import help_text
from .traits import setting_traits

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..client import Client
    from ..jobs import Job
    from ..panel import Panel

__all__ = ["SageMakerMagics"]

# Another place has its own.  An S3 of this machine may stand beside it: s3_endpoint_url and profile stay.
_NOWHERE: dict[str, Any] = dict.fromkeys(
    ("region", "role_arn", "endpoint_url", "sagemaker_endpoint_url", "ca_bundle")
)
_SETTINGS = frozenset(field.name for field in fields(Settings))
_Function = TypeVar("_Function", bound=Callable[..., Any])


def _documented(function: _Function) -> _Function:
    """Make the magic's manual its docstring: ``%sm_invoke?`` shows what ``%sm_invoke --help`` does."""
    function.__doc__ = help_text(function.__name__)
    return function


@magics_class
class SageMakerMagics(Magics):
    """The settings of sm_magic; ``SageMakerMagics.max_rows = 5`` sets one, None lets boto3 decide."""

    shell: Any
    traceback: bool
    locals().update(setting_traits())

    def __init__(self, shell: InteractiveShell) -> None:
        self.given: set[str] = set()
        """Names of the traits that were set, by ``%config``, ipython_config.py or ``%sm_connect``."""
        self._trusted: set[Path] = set()
        self.place: Callable[..., Client] | None = None
        """What makes the session's clients; None: `Client`, by the settings."""
        self.marks = Marks(shell)
        self.completion = Completion(self)
        self.jobs: WeakValueDictionary[str, Job] = WeakValueDictionary()
        """Asynchronous requests of this kernel, by the place of their answer.  A Job may hold a large one."""
        self.panel: Panel | None = None
        """The last panel that was shown."""
        super().__init__(shell)

    @_documented
    @line_cell_magic
    @no_var_expand
    @needs_local_scope
    def sm_invoke(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Invoke an endpoint."""
        from .invoke import invoke

        with self._short_errors(line):
            return invoke(self, line, cell, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_connect(self, line: str, local_ns: Mapping[str, Any] | None = None) -> None:
        """Set where calls go."""
        from .connect import connect

        with self._short_errors(line):
            connect(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_target(self, line: str, local_ns: Mapping[str, Any] | None = None) -> None:
        """Keep a name for an endpoint and its usual options."""
        from .target import target

        with self._short_errors(line):
            target(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_jobs(self, line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        """List asynchronous requests, wait for them, pick one up."""
        from .jobs import jobs

        with self._short_errors(line):
            return jobs(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_endpoints(self, line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Show what is deployed, or one endpoint in detail."""
        from .endpoints import endpoints

        with self._short_errors(line):
            return endpoints(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_logs(self, line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Show the last lines that an endpoint's containers wrote."""
        from .logs import logs

        with self._short_errors(line):
            return logs(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_panel(self, line: str, local_ns: Mapping[str, Any] | None = None) -> None:
        """Show a form that sends requests."""
        from .panel import panel

        with self._short_errors(line):
            panel(self, line, self.names(local_ns))

    @_documented
    @line_magic
    @no_var_expand
    @needs_local_scope
    def sm_history(self, line: str, local_ns: Mapping[str, Any] | None = None) -> None:
        """List what was sent and answered; make a call again."""
        from .history import show

        with self._short_errors(line):
            show(self, line, self.names(local_ns))

    @property
    def trusted(self) -> bool:
        """Whether the pyproject.toml that holds in this folder may say where data goes."""
        project = configuration.read().project if self._trusted else None
        return project is not None and project.resolve() in self._trusted

    def trust(self, project: Path) -> None:
        """Let the file *project* say where data goes, in this session; no other project's may."""
        self._trusted.add(project.resolve())

    @property
    def configured(self) -> Settings:
        """What the files say, in the folder where the notebook runs now."""
        return configuration.load(trust_project=self.trusted)

    def settings(self, **options: Any) -> Settings:
        """The settings of one call: *options* that are not None, then the traits that were set, then the files."""
        configured = self.configured
        given = {name: getattr(self, name) for name in self.given & _SETTINGS}
        if "targets" in given:
            given["targets"] = {**configured.targets, **given["targets"]}
        given |= {name: value for name, value in options.items() if value is not None}
        return replace(configured, **given) if given else configured

    def client(self, settings: Settings, **connection: Any) -> Client:
        """A client with *settings*; a *connection* of the call's own leaves the session's place."""
        from ..client import Client

        if self.place is None or connection:
            return Client(settings=settings, **connection)
        return self.place(settings=replace(settings, **_NOWHERE))

    def names(self, local_ns: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The names that a line sees: those of the function that it stands in, then the notebook's."""
        user_ns: dict[str, Any] = self.shell.user_ns
        return user_ns if local_ns is None or local_ns is user_ns else {**user_ns, **local_ns}

    @contextmanager
    def _short_errors(self, line: str) -> Iterator[None]:
        """Make every failure that is the user's to mend one short error, or a long one where that is asked for."""
        try:
            yield
        except SmMagicError as error:
            error.show_traceback = "--traceback" in line.split() or bool(self.traceback)
            raise
        except KeyboardInterrupt:
            raise Cancelled("Interrupted.") from None
