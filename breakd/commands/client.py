"""The commands that only talk to the daemon: one request over the socket, one reply.

Law: this module is imported at each key press of a waybar or a hotkey, so it loads nothing but what a socket needs.
"""

import json
import socket
import sys
import time

from breakd import __version__
from breakd.errors import BreakdError, NoDaemonError, UsageError
from breakd.folders import SOCKET, runtime_dir
from breakd.texts import _

TYPE_CHECKING = False  # typing's own would cost these commands 2 ms
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Arguments(Protocol):
        """What was said on the command line: also `json`, and what FIELDS names, where the command has them."""

        command: str


PATIENCE_S = 10
FIELDS = {"start": ("exercise",), "snooze": ("for",), "pause": ("for", "until")}


def run(args: "Arguments") -> int:
    """Send the command and print the reply; return its status."""
    request = {"do": args.command} | {name: getattr(args, name, None) for name in FIELDS.get(args.command, ())}
    try:
        reply = ask(request)
    except NoDaemonError:
        _check(request)
        raise
    if args.command == "restart" and reply["ok"]:
        _wait_for_another(reply)
    theirs = reply.get("version")
    if theirs != __version__:
        text = _("the daemon is version {theirs}, this command is {ours}; `breakd restart` makes them one")
        print(text.format(theirs=theirs, ours=__version__), file=sys.stderr)
    if getattr(args, "json", False) and reply["ok"]:
        print(json.dumps(reply["data"]))
    else:
        print(reply["text"], file=sys.stdout if reply["ok"] else sys.stderr)
    return int(reply["status"])


def _check(request: "dict[str, Any]") -> None:
    """Say what is wrong with the arguments, where no daemon is there to say it. Raises UsageError."""
    from breakd import requests  # noqa: PLC0415 - it is the daemon who checks, nearly always

    try:
        requests.length(request.get("for"))
        requests.until(request.get("until"))
    except ValueError as error:
        raise UsageError(str(error)) from None


def ask(request: "dict[str, Any]", patience_s: float = PATIENCE_S) -> "dict[str, Any]":
    """Return the daemon's reply. Raises NoDaemonError where none is running, BreakdError where it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(patience_s)
            connection.connect(f"{runtime_dir()}/{SOCKET}")
            connection.sendall(json.dumps(request).encode() + b"\n")
            line = _line(connection)
    except (TimeoutError, BlockingIOError):  # the latter where too many wait already
        raise BreakdError(_("breakd is running, but does not answer; end it with `pkill -f 'breakd run'`")) from None
    except (FileNotFoundError, NotADirectoryError, ConnectionError):
        raise NoDaemonError(_("breakd is not running; start it with `breakd run`")) from None
    except OSError as error:
        text = _("the socket in {folder} cannot be used: {why}")
        raise BreakdError(text.format(folder=runtime_dir(), why=error.strerror or error)) from None
    if not line:
        raise NoDaemonError(_("breakd ended before it answered; start it with `breakd run`"))
    try:
        reply: dict[str, Any] = json.loads(line)
        return {"ok": reply["ok"], "status": reply["status"], "text": reply["text"], **reply}
    except (ValueError, TypeError, KeyError, RecursionError):
        text = _("the answer is not one of breakd {version}; end what answers with `pkill -f 'breakd run'`")
        raise BreakdError(text.format(version=__version__)) from None


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and (more := connection.recv(65536)):
        data += more
    return data


def _wait_for_another(reply: "dict[str, Any]") -> None:
    """Wait until the daemon that follows answers. Raises BreakdError where none does."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            ask({"do": "status"})
        except NoDaemonError:
            time.sleep(0.05)
        else:
            reply["version"] = __version__
            return
    raise BreakdError(_("breakd ended, but did not come back; start it with `breakd run`"))
