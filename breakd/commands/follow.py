"""`breakd status --follow`: prints what the daemon tells, a line at each change, until either side has gone.

Law: it sleeps until there is a line to pass on, or nobody left to read it; and it stays, so it loads next to nothing.
"""

import json
import select
import socket
import sys

from breakd.commands.client import PATIENCE_S, compare_versions, connected, explained, parsed
from breakd.errors import NoDaemonError
from breakd.texts import _

TYPE_CHECKING = False  # as in breakd.commands.client
if TYPE_CHECKING:
    from typing import Any

GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


def follow(form: str | None) -> int:
    """Print the status in this form, None for JSON, at once and at each change; return 0 when the reader has gone.

    Raises NoDaemonError where there is no daemon, or when it ends; BreakdError where it does not answer.
    """
    with connected(PATIENCE_S) as connection:
        try:
            connection.sendall(json.dumps({"do": "follow", "format": form}).encode() + b"\n")
        except OSError as error:
            raise explained(error) from None
        return _pass_on(connection, form)


def _pass_on(connection: socket.socket, form: str | None) -> int:
    """Print line by line; return when there is nobody to read them, or when the daemon will not tell any."""
    out = sys.stdout.fileno()
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    poll.register(out, 0)  # whoever reads may go while there is nothing to print
    rest = b""
    patience_ms: int | None = PATIENCE_S * 1000
    while True:
        ready = dict(poll.poll(patience_ms))
        if ready.get(out, 0) & GONE:
            return 0
        if not ready:
            raise explained(TimeoutError())
        data = _received(connection)
        if not data:
            break
        *lines, rest = (rest + data).split(b"\n")
        for reply in map(parsed, lines):
            if patience_ms is not None:  # the first
                compare_versions(reply)
                patience_ms = None
            if not reply["ok"]:
                print(reply["text"], file=sys.stderr)
                return int(reply["status"])
            _print(reply, form)
    raise NoDaemonError(_("breakd has ended; start it with `breakd run`"))


def _received(connection: socket.socket) -> bytes:
    """Return what has come, nothing at the end."""
    try:
        return connection.recv(65536)
    except OSError:
        return b""


def _print(reply: "dict[str, Any]", form: str | None) -> None:
    print(json.dumps(reply["data"]) if form is None else reply["text"], flush=True)
