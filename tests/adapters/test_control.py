"""The control socket with real clients: well-behaved, broken, slow and hostile ones."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.control import LONGEST, MOST, Control, TakenError, own_folder, take_lock
from breakd.errors import BreakdError
from breakd.ports import Command, Message


@pytest.fixture
def posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue[Message]]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    queue: SimpleQueue[Message] = SimpleQueue()
    control = Control(queue.put)
    yield queue
    control.close()
    assert not (tmp_path / "breakd.sock").exists()


def connect() -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(os.environ["XDG_RUNTIME_DIR"] + "/breakd.sock")
    return client


def ask(client: socket.socket, posted: SimpleQueue[Message], request: dict[str, object]) -> dict[str, object]:
    client.sendall(json.dumps(request).encode() + b"\n")
    command = posted.get(timeout=20)
    assert isinstance(command, Command)
    assert command.request == request
    command.reply({"ok": True, "echo": request})
    return dict(json.loads(client.recv(65536)))


def test_a_request_is_posted_and_its_reply_comes_back(posted: SimpleQueue[Message]) -> None:
    with connect() as client:
        assert ask(client, posted, {"do": "status"})["echo"] == {"do": "status"}
        assert ask(client, posted, {"do": "why"})["echo"] == {"do": "why"}


def test_the_socket_is_the_person_s_own(posted: SimpleQueue[Message]) -> None:
    mode = Path(os.environ["XDG_RUNTIME_DIR"], "breakd.sock").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_half_a_line_delays_nobody(posted: SimpleQueue[Message]) -> None:
    with connect() as slow, connect() as other:
        slow.sendall(b'{"do": "sta')
        assert ask(other, posted, {"do": "skip"})["ok"]
        slow.sendall(b'tus"}\n')
        command = posted.get(timeout=20)
        assert isinstance(command, Command)
        assert command.request == {"do": "status"}


@pytest.mark.parametrize("line", [b"abc", b"[1]", b"\xff\xfe", b"[" * 60000, b"", b"null", b'"x"', b"nan"])
def test_what_is_no_request_is_refused_and_the_client_may_go_on(line: bytes, posted: SimpleQueue[Message]) -> None:
    with connect() as client:
        client.sendall(line + b"\n")
        reply = json.loads(client.recv(65536))
        assert (reply["ok"], reply["status"]) == (False, 2)
        assert ask(client, posted, {"do": "status"})["ok"]


def test_too_long_a_line_is_refused_and_the_client_let_go(posted: SimpleQueue[Message]) -> None:
    with connect() as hostile, connect() as other:
        hostile.sendall(b"x" * (LONGEST + 1))
        assert not json.loads(hostile.recv(65536))["ok"]
        assert hostile.recv(65536) == b""
        assert ask(other, posted, {"do": "status"})["ok"]


def test_many_silent_clients_keep_nobody_out(posted: SimpleQueue[Message]) -> None:
    with ExitStack() as silent:
        for _ in range(MOST + 5):
            silent.enter_context(connect())
        assert ask(silent.enter_context(connect()), posted, {"do": "status"})["ok"]


def test_many_clients_at_one_instant_are_all_let_in(posted: SimpleQueue[Message]) -> None:
    with ExitStack() as hasty:
        for _ in range(500):
            hasty.enter_context(connect()).sendall(b'{"do": "sta')
        assert ask(hasty.enter_context(connect()), posted, {"do": "status"})["ok"]


def test_a_client_that_is_gone_gets_no_reply(posted: SimpleQueue[Message]) -> None:
    with connect() as client:
        client.sendall(b'{"do": "status"}\n')
        command = posted.get(timeout=20)
    assert isinstance(command, Command)
    command.reply({"ok": True})
    with connect() as other:
        assert ask(other, posted, {"do": "status"})["ok"]


def test_a_socket_that_a_killed_daemon_left_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "breakd.sock"))
    left.close()
    Control(lambda _: None).close()


def test_without_a_runtime_folder_there_is_one_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    control = Control(lambda _: None)
    folder = tmp_path / f"breakd-{os.getuid()}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    control.close()


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(BreakdError, match="is not yours"):
            own_folder(str(tmp_path / name))


def test_there_is_one_daemon_a_person_and_a_killed_one_is_no_obstacle(tmp_path: Path) -> None:
    path = str(tmp_path / "breakd.lock")
    code = f"from breakd.adapters.control import take_lock; take_lock({path!r}); print('mine', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        with pytest.raises(TakenError, match="running already"):
            take_lock(path)
        holder.kill()
    os.close(take_lock(path))
