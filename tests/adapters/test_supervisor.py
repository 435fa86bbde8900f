"""What systemd is told, heard on a real socket."""

import os
import socket
from pathlib import Path

import pytest

from breakd.adapters.supervisor import NAMES, Supervisor


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    monkeypatch.chdir(tmp_path)  # the path of a socket has 108 bytes at most
    here = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    here.bind("notify")
    monkeypatch.setenv("NOTIFY_SOCKET", "notify")
    monkeypatch.setenv("WATCHDOG_USEC", "180000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))
    return here


def heard(here: socket.socket) -> list[str]:
    found = []
    try:
        while True:
            found.append(here.recv(4096).decode())
    except BlockingIOError:
        return found


def test_it_tells_each_step_once(manager: socket.socket) -> None:
    with manager:
        supervisor = Supervisor()
        supervisor.ready()
        supervisor.alive()
        supervisor.stopping()
        assert heard(manager) == ["READY=1", "WATCHDOG=1", "STOPPING=1"]
        assert supervisor.listens


def test_an_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"breakd-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as here:
        here.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        monkeypatch.delenv("SYSTEMD_EXEC_PID", raising=False)
        Supervisor().ready()
        assert heard(here) == ["READY=1"]


def test_it_waits_for_half_the_watchdog(manager: socket.socket) -> None:
    with manager:
        assert Supervisor().longest_wait_s == 90


@pytest.mark.parametrize(("name", "value"), [("WATCHDOG_USEC", "0"), ("WATCHDOG_USEC", "soon"), ("WATCHDOG_PID", "1")])
def test_without_a_watchdog_of_its_own_it_waits_as_it_likes(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with manager:
        supervisor = Supervisor()
        assert supervisor.longest_wait_s == float("inf")
        assert supervisor.listens


def test_no_child_inherits_the_address_but_the_daemon_that_follows_does(manager: socket.socket) -> None:
    with manager:
        before = {name: os.environ[name] for name in NAMES}
        supervisor = Supervisor()
        assert not set(NAMES) & set(os.environ)
        supervisor.hand_over()
        assert {name: os.environ[name] for name in NAMES} == before


def test_an_address_that_another_process_left_is_not_ours(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSTEMD_EXEC_PID", "1")
    with manager:
        supervisor = Supervisor()
        supervisor.ready()
        assert not supervisor.listens
        assert heard(manager) == []


def test_nobody_is_told_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    supervisor = Supervisor()
    supervisor.ready()
    assert not supervisor.listens
    assert supervisor.longest_wait_s == float("inf")


def test_a_manager_that_has_gone_or_does_not_read_stops_nothing(manager: socket.socket) -> None:
    supervisor = Supervisor()
    with manager:
        for _ in range(3000):  # more than the socket takes
            supervisor.alive()
    supervisor.alive()
    assert supervisor.listens
