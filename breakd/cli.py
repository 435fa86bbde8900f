"""The command line: reads the arguments, calls the command, tells what went wrong.

Law: no traceback reaches a person, whatever the arguments are and wherever the output goes; and a command that only
talks to the daemon loads nothing that it does not need: each command's module loads when it is called for, and argparse
only where there is something to parse.
"""

import os
import sys
from importlib import import_module
from io import TextIOWrapper

from breakd import privacy
from breakd.errors import BreakdError, UsageError
from breakd.texts import _

TYPE_CHECKING = False  # typing's own would cost the light commands 2 ms
if TYPE_CHECKING:
    from typing import Any

PLAIN = {
    ("status",), ("status", "--json"), ("status", "--follow"), ("status", "--json", "--follow"),
    ("status", "--format", "plain"), ("status", "--format", "plain", "--follow"),
    ("status", "--format", "waybar"), ("status", "--format", "waybar", "--follow"),
    ("why",), ("why", "--json"), ("start",), ("snooze",), ("skip",), ("pause",),
    ("resume",), ("stand",), ("sit",), ("restart",), ("quit",),
}  # fmt: skip
"""What a panel asks every second and a hotkey says: understood without argparse, which would cost a fifth of it all."""

VALUES = {
    ("start",): "exercise", ("snooze",): "for", ("pause",): "for", ("pause", "--until"): "until", ("felt",): "rating",
}  # fmt: skip
"""What is understood so with one value behind it, and that value's name."""

INTERRUPTED = 130

BUFFER = 2 << 20
"""Bytes, more than any command prints at once; they cost nothing until they are needed."""


class Plain:
    """The arguments of one of PLAIN, or of one of VALUES with its value."""

    module = "client"

    def __init__(self, argv: list[str], **values: str) -> None:
        self.command = argv[0]
        self.json, self.follow = "--json" in argv, "--follow" in argv
        self.format = argv[2] if "--format" in argv[1:2] else None
        self.__dict__ |= values


def plain(argv: list[str]) -> Plain | None:
    """Return what the arguments say, None where argparse is needed to understand them."""
    if tuple(argv) in PLAIN:
        return Plain(argv)
    *words, value = argv or [""]
    name = VALUES.get(tuple(words))
    return None if name is None or value.startswith("-") else Plain(argv, **{name: value})


def main(argv: list[str] | None = None) -> int:
    """Do what the arguments say and return the exit status: 0 done, 1 could not, 2 wrong usage, 3 no daemon."""
    _prepare_streams()
    try:
        status = _do(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BrokenPipeError:
        status = 0  # whoever read us has seen enough
    except OSError as error:
        _tell(_("this cannot be printed: {why}").format(why=error.strerror or error))
        status = 1
    else:
        return status
    sys.stdout = None  # what is left would be tried again at the end, and complained of
    return status


def _understood(argv: list[str]) -> "Any":
    """Return what the arguments say. Raises UsageError, or SystemExit where argparse has said what is wrong."""
    if any("\0" in word for word in argv):  # no shell lets it through, and no file can have it in its name
        raise UsageError(_("an argument holds a NUL character"))
    return plain(argv) or import_module("breakd.arguments").parse(argv)


def _do(argv: list[str]) -> int:
    """Do what the arguments say and return the exit status. Raises OSError where the output cannot be written."""
    privacy.begin()
    try:
        args = _understood(argv)
        if getattr(args, "report", None) is not None:  # a window of the daemon's
            import_module("breakd.logfile").begin()
        return int(import_module(f"breakd.commands.{args.module}").run(args))
    except SystemExit as end:  # argparse has said what there is to say
        return int(end.code or 0)
    except BreakdError as error:
        _tell(str(error))
        return error.status
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort, so that no traceback is shown
        sys.stdout.flush()  # where the output is what failed, it fails again
        where = import_module("breakd.logfile").record_crash()
        text = _("breakd met a defect of its own ({name}: {error}); the details are in {where}")
        _tell(text.format(name=type(error).__name__, error=error, where=where))
        return 1
    finally:
        privacy.end()


def _prepare_streams() -> None:
    """Have all three streams, also those that the caller closed, and have none stumble over a character."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run
    out = sys.stdout
    if out is sys.__stdout__ and isinstance(out, TextIOWrapper):
        # What cannot be written must stay, to fail again at the end: without a buffer (PYTHONUNBUFFERED), or in a
        # smaller one, it would fail in the midst of a command, and be taken for its defect.
        size = -1 if out.isatty() else BUFFER
        sys.stdout = open(out.fileno(), "w", size, encoding=out.encoding, closefd=False)  # noqa: SIM115 - the same
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell(text: str) -> None:
    """Say on standard error what went wrong; where not even that can be written, the exit status says it."""
    try:
        print(text, file=sys.stderr)
    except OSError:
        sys.stderr = None
