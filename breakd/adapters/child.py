"""A window of breakd's own as a child process, with a line of JSON to it that ends when either side does.

Law: nothing of a child stays where it could not be started.
"""

import socket
import subprocess
import sys
from typing import Any


def start(*args: str, **how: Any) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """Start `breakd ARGS --report FD`; return the process and our end of its line. Raises OSError.

    `how` goes to subprocess.Popen.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        descriptor = theirs.fileno()
        command = [sys.executable, "-P", "-m", "breakd", *args, "--report", str(descriptor)]
        try:
            return subprocess.Popen(command, pass_fds=(descriptor,), **how), ours
        except OSError:
            ours.close()
            raise
