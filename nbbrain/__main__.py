"""The command line: ``python -m nbbrain info`` and ``python -m nbbrain cache info|clear``."""

from __future__ import annotations

import argparse
import sys

from nbbrain import cache, information, settings
from nbbrain.errors import NBBrainError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status: 0, or 2 after an error that is printed.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``python -m nbbrain``; without it, those of this process.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        if given.command == "info":
            print(information.report())
        elif given.command == "cache":
            print(_cleared() if given.action == "clear" else _kept())
        else:
            parser.print_help()
    except NBBrainError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nbbrain", description="What nbbrain has and keeps.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("info", help="print versions, machine, backends, cache and settings")
    actions = commands.add_parser("cache", help="show or delete the compiled code that is kept on disk")
    actions.add_argument("action", choices=("info", "clear"))
    return parser


def _kept() -> str:
    return "\n".join(f"{name:<8}{value}" for name, value in information.cache_folder().items())


def _cleared() -> str:
    held = cache.clear()
    return f"Deleted {held.files} files ({held.size / 1e6:.1f} MB) from {settings.get('cache_dir')}."


if __name__ == "__main__":
    sys.exit(main())
