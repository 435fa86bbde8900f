"""The control socket with real clients: well-behaved, broken, slow and hostile ones."""

import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from breakd import __version__
from breakd.adapters.control import FOLLOWERS, LONGEST, MOST, Control, TakenError, own_folder, release_lock, take_lock
from breakd.commands.client import connected
from breakd.errors import BreakdError
from breakd.ports import Command, Message
from fakeprograms import until


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
        assert (reply["ok"], reply["status"], reply["version"]) == (False, 2, __version__)
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


def test_one_that_is_put_out_with_a_request_unread_takes_nobody_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    posted: SimpleQueue[Message] = SimpleQueue()
    full = Event()

    def post(message: Message) -> None:
        posted.put(message)
        full.wait(20)  # the selecting thread finds at once what comes meanwhile

    with closing(Control(post)), ExitStack() as clients:
        oldest, *_others, last = [clients.enter_context(connect()) for _ in range(MOST)]
        last.sendall(b'{"do": "status"}\n')
        posted.get(timeout=20)
        one_more = clients.enter_context(connect())
        oldest.sendall(b'{"do": "why"}\n')
        full.set()
        with pytest.raises(ConnectionResetError):
            oldest.recv(1)
        assert ask(one_more, posted, {"do": "skip"})["ok"]


# Those who follow


def follow(client: socket.socket, posted: SimpleQueue[Message]) -> Command:
    """Begin to follow, and return the request, to which replies can be sent."""
    client.sendall(b'{"do": "follow"}\n')
    command = posted.get(timeout=20)
    assert isinstance(command, Command)
    return command


def wait_for_the_end_of(command: Command) -> None:
    """Wait until it is known that nobody follows by this request any more."""
    until(lambda: not command.follows(), lambda: "it counts as following still")
    assert not command.reply({"ok": True})


def test_who_follows_is_told_again_and_again(posted: SimpleQueue[Message]) -> None:
    with connect() as client, client.makefile("rb") as lines:
        command = follow(client, posted)
        for n in range(3):
            assert command.reply({"n": n})
            assert json.loads(lines.readline()) == {"n": n}
        assert command.follows()
    wait_for_the_end_of(command)


def test_who_follows_and_does_not_read_is_let_go(posted: SimpleQueue[Message]) -> None:
    with connect() as deaf, connect() as other:
        command = follow(deaf, posted)
        while command.reply({"text": "x" * 10_000}):
            pass
        wait_for_the_end_of(command)
        assert ask(other, posted, {"do": "status"})["ok"]


def test_silent_clients_put_out_nobody_who_follows(posted: SimpleQueue[Message]) -> None:
    with connect() as client, ExitStack() as silent:
        command = follow(client, posted)
        for _ in range(2 * MOST):
            silent.enter_context(connect())
        assert ask(silent.enter_context(connect()), posted, {"do": "status"})["ok"]
        assert command.follows()
        assert command.reply({"ok": True})


def test_more_than_there_is_room_for_cannot_follow(posted: SimpleQueue[Message]) -> None:
    with ExitStack() as all_of_them, connect() as late:
        commands = [follow(all_of_them.enter_context(connect()), posted) for _ in range(FOLLOWERS)]
        late.sendall(b'{"do": "follow"}\n')
        reply = json.loads(late.recv(65536))
        assert (reply["ok"], reply["status"], reply["version"]) == (False, 1, __version__)
        assert reply["text"] == f"breakd is followed {FOLLOWERS} times already; end some of them"
        assert ask(late, posted, {"do": "status"})["ok"]
        assert all(command.follows() for command in commands)
        all_of_them.close()
        wait_for_the_end_of(commands[-1])
        assert follow(late, posted).follows()


def test_nobody_follows_twice_on_one_connection(posted: SimpleQueue[Message]) -> None:
    with connect() as client:
        follow(client, posted)
        client.sendall(b'{"do": "follow"}\n')
        assert not json.loads(client.recv(65536))["ok"]


# Whose it is


@contextmanager
def as_user(real: int, effective: int) -> Iterator[None]:
    """Be another user for a while, as only root can; what the kernel tells of a caller is the effective one."""
    before = os.getresuid()
    os.seteuid(0)
    os.setresuid(real, effective, 0)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setresuid(*before)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else; CI is root")
@pytest.mark.parametrize(
    ("owner", "caller", "heard"), [(1001, 1001, True), (1001, 1002, False), (1001, 0, True), (0, 1002, False)]
)
def test_it_hears_nobody_but_its_owner_and_root(
    owner: int,
    caller: int,
    heard: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        os.chown(folder, owner, owner)
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        queue: SimpleQueue[Message] = SimpleQueue()
        with as_user(owner, owner):
            control = Control(queue.put)
            Path(folder, "breakd.sock").chmod(0o666)  # as if the mode kept nobody out
            with as_user(owner, caller), connect() as client:
                if heard:
                    assert ask(client, queue, {"do": "status"})["ok"]
                else:
                    assert unheard(client)
            assert queue.empty()
            control.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else; CI is root")
@pytest.mark.parametrize(("caller", "asks"), [(1001, True), (1002, False), (0, True)])
def test_a_command_asks_nobody_but_its_own_daemon(
    caller: int,
    asks: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        Path(folder).chmod(0o755)
        os.chown(folder, 1001, 1001)
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        with as_user(1001, 1001):
            server.bind(f"{folder}/breakd.sock")
            server.listen()
            Path(folder, "breakd.sock").chmod(0o666)
        with as_user(caller, caller):
            if asks:
                connected(20).close()
            else:
                with pytest.raises(BreakdError, match=f"^what answers in {folder} is not yours"):
                    connected(20)


def unheard(client: socket.socket) -> bool:
    """Ask, and return whether the other side hangs up without a word."""
    try:
        client.sendall(b'{"do": "status"}\n')
        return client.recv(65536) == b""
    except ConnectionError:  # it was quicker
        return True


# What lies there


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


def test_a_socket_that_another_one_put_in_its_place_is_left_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    queue: SimpleQueue[Message] = SimpleQueue()
    first, second = Control(lambda _message: None), Control(queue.put)
    first.close()
    with connect() as client:
        assert ask(client, queue, {"do": "status"})["ok"]
    second.close()
    assert list(tmp_path.iterdir()) == []


# The lock


def test_there_is_one_daemon_a_person_and_a_killed_one_is_no_obstacle(tmp_path: Path) -> None:
    path = str(tmp_path / "breakd.lock")
    code = f"from breakd.adapters.control import take_lock; take_lock({path!r}); print('mine', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        with pytest.raises(TakenError, match=f"^breakd is running already \\(process {holder.pid}[,)]"):
            take_lock(path)
        holder.kill()
    os.close(take_lock(path))


HERE = {"process": 7, "host": socket.gethostname(), "screen": ":0", "runtime": "/run/here"}
QUIT = "to have it here, `breakd quit` and `breakd run`"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (HERE, "breakd is running already (process 7, screen :0); `breakd status` shows it"),
        (HERE | {"process": 1e999}, "breakd is running already (process inf, screen :0); `breakd status` shows it"),
        (HERE | {"screen": None}, "breakd is running already (process 7); `breakd status` shows it"),
        (
            HERE | {"runtime": "/run/there"},
            f"breakd is running already in another login (process 7, screen :0), and asks there; {QUIT}",
        ),
        (
            HERE | {"host": "elsewhere", "runtime": "/run/there"},
            "breakd is running already on elsewhere (process 7, screen :0); `breakd quit` ends it there",
        ),
        ("", "breakd is running already; `breakd status` shows it"),
        ("123\n", "breakd is running already; `breakd status` shows it"),
        ('{"host": 5, "process": "x\\n"}', "breakd is running already; `breakd status` shows it"),
        ("[" * 100_000, "breakd is running already; `breakd status` shows it"),
        ("\udcff", "breakd is running already; `breakd status` shows it"),
    ],
)  # fmt: skip
def test_it_is_told_where_the_one_that_runs_is(
    held: dict[str, object] | str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/here")
    path = tmp_path / "breakd.lock"
    handle = take_lock(str(path))
    text = held if isinstance(held, str) else json.dumps(held)
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(TakenError) as caught:
        take_lock(str(path))
    assert str(caught.value) == told
    os.close(handle)


def test_the_lock_says_who_holds_it_and_forgets_it_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/here")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    path = tmp_path / "breakd.lock"
    path.touch(0o600)
    path.write_text("x" * 1000)
    handle = take_lock(str(path))
    assert json.loads(path.read_text()) == HERE | {"process": os.getpid()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    release_lock(handle)
    assert path.read_text() == ""
    os.close(take_lock(str(path)))


def test_where_there_can_be_no_lock_nobody_is_said_to_hold_it(tmp_path: Path) -> None:
    (tmp_path / "breakd.lock").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        take_lock(str(tmp_path / "breakd.lock"))
