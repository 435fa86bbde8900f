"""The commands that only talk to the daemon: one request over the socket, one reply.

Law: this module is imported at each key press of a waybar or a hotkey, so it loads nothing but what a socket needs.
"""

import json
import os
import socket
import sys
import time
from contextlib import suppress

from breakd import __version__, privacy
from breakd.errors import BreakdError, NoDaemonError, UsageError
from breakd.folders import LOCK, SOCKET, runtime_dir
from breakd.texts import _, markup

TYPE_CHECKING = False  # typing's own would cost these commands 2 ms
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Arguments(Protocol):
        """What was said on the command line: also `json`, `follow` and what FIELDS names, where there are such."""

        command: str


PATIENCE_S = 10
LONGEST_LOCK = 64 * 1024
FIELDS = {
    "status": ("format",),
    "start": ("exercise",),
    "snooze": ("for",),
    "pause": ("for", "until"),
    "felt": ("rating",),
}


def run(args: "Arguments") -> int:
    """Send the command and print the reply; return its status."""
    request = {"do": args.command} | {name: getattr(args, name, None) for name in FIELDS.get(args.command, ())}
    as_json, follows = getattr(args, "json", False), getattr(args, "follow", False)
    form = request.get("format") or ("plain" if follows and not as_json else None)
    try:
        if follows:
            from breakd.commands.follow import follow  # noqa: PLC0415 - the others need none of it

            return follow(form)
        if args.command == "quit":
            return _quit(request)
        reply = ask(request)
    except NoDaemonError as error:
        _check(request)
        if form is not None:
            print(_off(form, str(error)))
        raise
    if args.command == "restart" and reply["ok"]:
        _wait_for_another(reply)
    return _tell(reply, as_json=as_json)


def _tell(reply: "dict[str, Any]", *, as_json: bool = False) -> int:
    """Print the reply and return its status."""
    compare_versions(reply)
    if as_json and reply["ok"]:
        print(json.dumps(reply["data"]))
    else:
        print(reply["text"], file=sys.stdout if reply["ok"] else sys.stderr)
    return int(reply["status"])


def compare_versions(reply: "dict[str, Any]") -> None:
    """Say on standard error where the daemon is of another version."""
    theirs = reply.get("version")
    if theirs != __version__:
        text = _("the daemon is version {theirs}, this command is {ours}; `breakd restart` makes them one")
        print(text.format(theirs=theirs, ours=__version__), file=sys.stderr)


def _off(form: str, why: str) -> str:
    """Return what a bar shows while there is no daemon."""
    if form == "plain":
        return _("breakd is off")
    text, tip = markup(_("off")), markup(why)
    return json.dumps({"text": text, "alt": "off", "tooltip": tip, "class": ["off"], "percentage": 0})


def _check(request: "dict[str, Any]") -> None:
    """Say what is wrong with the arguments, where no daemon is there to say it. Raises UsageError."""
    from breakd import requests  # noqa: PLC0415 - it is the daemon who checks, nearly always

    try:
        requests.length(request.get("for"))
        requests.until(request.get("until"))
        if "rating" in request:
            requests.rating(request["rating"])
    except ValueError as error:
        raise UsageError(str(error)) from None


def ask(request: "dict[str, Any]", patience_s: float = PATIENCE_S) -> "dict[str, Any]":
    """Return the daemon's reply. Raises NoDaemonError where none is running, BreakdError where it does not answer."""
    with connected(patience_s) as connection:
        return exchange(connection, request)


def _quit(request: "dict[str, Any]") -> int:
    """Have the daemon quit, tell its reply, and return when another could start, or when that takes too long."""
    with connected(PATIENCE_S) as connection:
        reply = exchange(connection, request)
        status = _tell(reply)
        sys.stdout.flush()
        with suppress(OSError):
            connection.recv(1)  # nothing comes any more: the daemon lets go of it, at the very end
        return status


def exchange(connection: socket.socket, request: "dict[str, Any]") -> "dict[str, Any]":
    """Return the reply to a request on this connection. Raises NoDaemonError where the daemon ends, BreakdError."""
    try:
        connection.sendall(json.dumps(request).encode() + b"\n")
        line = _line(connection)
    except OSError as error:
        raise explained(error) from None
    if not line:
        raise NoDaemonError(_("breakd ended before it answered; start it with `breakd run`"))
    return parsed(line)


def connected(patience_s: float) -> socket.socket:
    """Return a connection to the daemon, also to the one of another login. Raises BreakdError, NoDaemonError."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(patience_s)
    try:
        _connect(connection)
        _see_who(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, OSError):
            raise explained(error) from None
        raise
    return connection


def _see_who(connection: socket.socket) -> None:
    """See that it is the person's own daemon: where there is no runtime folder, anybody can put a socket in its place.

    Raises BreakdError.
    """
    user = os.getuid()
    if user not in {0, privacy.user_of(connection)}:  # root may ask for somebody else
        text = _("what answers in {folder} is not yours: have whoever it is of remove it")
        raise BreakdError(text.format(folder=runtime_dir()))


def _connect(connection: socket.socket) -> None:
    try:
        connection.connect(f"{runtime_dir()}/{SOCKET}")
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        folder = _elsewhere()
        if folder is None:
            raise
        connection.connect(f"{folder}/{SOCKET}")


def _elsewhere() -> str | None:
    """Return the folder of the socket as the file of the lock names it, None where it does not.

    Raises NoDaemonError where that is on another machine, with which this one shares the home.
    """
    from breakd.folders import state_dir  # noqa: PLC0415 - heavy, and seldom needed

    try:
        file = os.open(f"{state_dir()}/{LOCK}", os.O_RDONLY | os.O_NONBLOCK)  # for the writer of a pipe of that name
        try:
            found = json.loads(os.read(file, LONGEST_LOCK))
        finally:
            os.close(file)
        host, folder = str(found["host"]), str(found["runtime"])
        if host == socket.gethostname():
            os.stat(f"{folder}/{SOCKET}")  # noqa: PTH116 - pathlib has no need to load
            return folder
    except (OSError, ValueError, TypeError, KeyError, RecursionError):  # or there is no such socket, nor can there be
        return None
    raise NoDaemonError(_("breakd is not running on this machine; it was started on {host}").format(host=host))


def explained(error: OSError) -> BreakdError:
    """Return what to tell of an error of the connection."""
    match error:
        case TimeoutError() | BlockingIOError():  # the latter where too many wait already
            return BreakdError(_("breakd is running, but does not answer; end it with `pkill -f 'breakd run'`"))
        case FileNotFoundError() | NotADirectoryError() | ConnectionError():
            return NoDaemonError(_("breakd is not running; start it with `breakd run`"))
        case _:
            text = _("the socket in {folder} cannot be used: {why}")
            return BreakdError(text.format(folder=runtime_dir(), why=error.strerror or error))


def parsed(line: bytes) -> "dict[str, Any]":
    """Return the reply that the line holds. Raises BreakdError where it is none."""
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
