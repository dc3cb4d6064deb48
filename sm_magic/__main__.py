"""The command ``sm-magic``: ``demo`` opens the first notebook, ``serve`` serves the local endpoint.

``autoload`` lets every new kernel begin with the magics.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import NoReturn

from . import __version__
from .errors import SmMagicError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; an error is a sentence and a hint on stderr, and exit code 1."""
    options = _parser().parse_args(argv)
    # SIGTERM ends a command as Ctrl-C does, from its first moment: what it started and left behind goes.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(options.run(options))
    except SmMagicError as error:
        print(f"sm-magic: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sm-magic",
        description="Invoke Amazon SageMaker endpoints from a notebook cell, and see the answer.",
    )
    parser.add_argument("--version", action="version", version=f"sm-magic {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="open JupyterLab on the first notebook; no AWS needed")
    demo.add_argument("--execute", action="store_true", help="run the notebook headless; exit 1 on an error")
    demo.add_argument("--no-browser", action="store_true", help="print the address only")
    demo.add_argument("--port", type=_port, help="JupyterLab's port (default: a free one)")
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="serve the local endpoint, for `%%sm_connect local`")
    serve.add_argument(
        "--container",
        action="append",
        default=[],
        type=_container,
        metavar="NAME=URL",
        help="put the endpoint NAME before a model container (POST URL/invocations); may be repeated",
    )
    serve.add_argument("--port", type=_port, default=0, help="the endpoint's port (default: a free one)")
    serve.set_defaults(run=_serve)

    autoload = commands.add_parser("autoload", help="load the magics in every new kernel")
    action = autoload.add_mutually_exclusive_group(required=True)
    for name, words in _AUTOLOAD.items():
        action.add_argument(f"--{name}", action="store_const", dest="action", const=name, help=words)
    place = autoload.add_mutually_exclusive_group()
    place.add_argument(
        "--sys-prefix",
        action="store_const",
        dest="place",
        const="sys-prefix",
        help="in this environment, for all who use it (the default)",
    )
    place.add_argument(
        "--user",
        action="store_const",
        dest="place",
        const="user",
        help="in your IPython profile, for every environment that has sm_magic",
    )
    autoload.set_defaults(run=_autoload)
    return parser


_AUTOLOAD = {
    "enable": "install a startup file of IPython's",
    "disable": "remove it again, from wherever it is",
    "status": "say what is installed where, and whether it works now",
}


def _demo(options: argparse.Namespace) -> int:
    from . import demo, local

    notebook = demo.find_notebook()
    endpoint = local.start()
    try:
        with local.published(endpoint):
            if options.execute:
                return demo.execute(notebook)
            return demo.open_lab(notebook, port=options.port, browser=not options.no_browser)
    finally:
        endpoint.stop()


def _serve(options: argparse.Namespace) -> int:
    from . import local

    with suppress(KeyboardInterrupt):  # it may come while the server starts
        local.serve(dict(options.container), options.port, say=partial(print, flush=True))
    return 0


def _autoload(options: argparse.Namespace) -> int:
    from . import autoload

    for sentence in autoload.run(options.action, options.place):
        print(sentence, flush=True)
    return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535.")
    return int(text)


def _container(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not (name and equals and url.startswith(("http://", "https://"))):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=URL, such as mine=http://127.0.0.1:8080")
    return name, url.rstrip("/")


if __name__ == "__main__":
    sys.exit(main())
