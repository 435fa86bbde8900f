"""How the sound server gets to know who asks it."""

import os
import select
import socket
import struct
import threading
from pathlib import Path

import pytest

from breakd.adapters.follower import Waker
from breakd.adapters.pulse_server import Server

SECONDS = 20
CREDENTIALS = struct.Struct("3i")


def test_a_server_that_looks_late_who_it_is_still_sees_its_own_user(tmp_path: Path) -> None:
    path = str(tmp_path / "native")
    ended = threading.Event()

    def ask() -> None:
        with Waker() as waker, pytest.raises(ConnectionError):
            Server(path, waker)
        ended.set()

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        threading.Thread(target=ask, daemon=True).start()
        connection, _address = door.accept()
        with connection:
            assert select.select([connection], [], [], SECONDS)[0]  # it has asked, and nobody has looked yet
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            _data, [(_level, kind, sent)], _flags, _from = connection.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
    assert kind == socket.SCM_CREDENTIALS
    assert CREDENTIALS.unpack(sent) == (os.getpid(), os.getuid(), os.getgid())
    assert ended.wait(SECONDS)
