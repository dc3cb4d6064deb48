"""The command ``sm-magic``: ``demo`` and ``serve``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from . import __version__
from .errors import SmMagicError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sm-magic", description="Invoke SageMaker endpoints from a notebook cell, and see the answer."
    )
    parser.add_argument("--version", action="version", version=f"sm-magic {__version__}")
    parser.add_subparsers(dest="command", required=True)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; an error is one sentence and a hint, and exit code 1."""
    options = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except SmMagicError as error:
        print(f"sm-magic: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
