"""A screen that is shared is seen in a real PipeWire, whoever takes it, and however it or the server ends."""

import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.screen_share import ScreenShare
from breakd.ports import InUse, Message, SourceChanged
from leaks import nothing_left
from private_pipewire import PrivatePipeWire

SECONDS = 20
SERVES = SourceChanged("hold:screen-share", "pipewire")
NONE = SourceChanged("hold:screen-share", "none")
NOBODY = InUse("screen-share", "pipewire", ())
PORTAL = "xdg-desktop-portal-wlr"


@pytest.fixture
def pipewire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivatePipeWire]:
    """Return where there is no server yet."""
    private = PrivatePipeWire(tmp_path)
    for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.setenv(name, private.env[name])
    monkeypatch.delenv("PIPEWIRE_REMOTE", raising=False)
    yield private
    private.close()


class Watched:
    """The source, and what it tells."""

    def __init__(self) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = ScreenShare(self.told.put)

    def tells(self, *messages: Message) -> None:
        for message in messages:
            assert self.told.get(timeout=SECONDS) == message

    def tells_of(self, name: str) -> tuple[str, ...]:
        """Wait until somebody of this name takes the screen, and return all names."""
        message = self.told.get(timeout=SECONDS)
        assert isinstance(message, InUse)
        assert (message.reason, message.source) == ("screen-share", "pipewire")
        (names,) = message.users
        assert name in names
        return names


@pytest.fixture
def watch() -> Iterator[Callable[[], Watched]]:
    made: list[Watched] = []

    def begin() -> Watched:
        made.append(Watched())
        return made[-1]

    yield begin
    for each in made:
        each.source.close()


@pytest.fixture
def watched(pipewire: PrivatePipeWire, watch: Callable[[], Watched]) -> Watched:
    """Return a source that has found the server, where nobody takes anything."""
    pipewire.start()
    watched = watch()
    watched.tells(SERVES)
    return watched


def test_a_call_that_takes_the_screen_is_an_audience_until_it_stops(
    pipewire: PrivatePipeWire, watched: Watched
) -> None:
    screen, call = pipewire.offer(PORTAL), pipewire.take("firefox")
    pipewire.link(PORTAL, "firefox")
    assert "gst-launch-1.0" in watched.tells_of("firefox")  # its process, too
    pipewire.end(call)
    watched.tells(NOBODY)
    pipewire.end(screen)
    assert watched.told.empty()


def test_a_stream_of_a_compositor_counts_as_well(pipewire: PrivatePipeWire, watched: Watched) -> None:
    pipewire.offer("gnome-shell", **{"media.class": "Stream/Output/Video"})
    pipewire.take("obs")
    pipewire.link("gnome-shell", "obs")
    watched.tells_of("obs")


@pytest.mark.parametrize("who", ["taker", "screen"])
def test_killed_it_is_over(pipewire: PrivatePipeWire, watched: Watched, who: str) -> None:
    both = {"screen": pipewire.offer(PORTAL), "taker": pipewire.take("zoom")}
    pipewire.link(PORTAL, "zoom")
    watched.tells_of("zoom")
    pipewire.end(both[who], signal.SIGKILL)
    watched.tells(NOBODY)


def test_what_is_shared_at_the_start_is_known_at_once(pipewire: PrivatePipeWire, watch: Callable[[], Watched]) -> None:
    pipewire.start()
    pipewire.offer(PORTAL)
    pipewire.take("firefox")
    pipewire.link(PORTAL, "firefox")
    watched = watch()
    assert watched.source.known.wait(SECONDS)
    watched.tells(SERVES)
    watched.tells_of("firefox")


def bit_by_bit(listening: socket.socket, server: str) -> None:
    """Be the server for one client, which hears what it says in pieces of less than a message."""
    client, _address = listening.accept()
    with client, socket.socket(socket.AF_UNIX) as real:
        real.connect(server)
        while ready := select.select([client, real], [], [])[0]:
            for each in ready:
                data = each.recv(16 if each is real else 65536)
                if not data:
                    return
                (client if each is real else real).sendall(data)


def test_a_server_that_tells_bit_by_bit_is_known_when_it_has_told_all(
    pipewire: PrivatePipeWire, watch: Callable[[], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipewire.start()
    pipewire.offer(PORTAL)
    pipewire.take("firefox")
    pipewire.link(PORTAL, "firefox")
    place = f"{pipewire.socket}-relay"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        relay = threading.Thread(target=bit_by_bit, args=(listening, str(pipewire.socket)), daemon=True)
        relay.start()
        monkeypatch.setenv("PIPEWIRE_REMOTE", place)
        watched = watch()
        assert watched.source.known.wait(SECONDS)
        assert watched.told.qsize() == len([SERVES, "who takes it"])
        watched.tells(SERVES)
        watched.tells_of("firefox")
        watched.source.close()
        relay.join(SECONDS)
    assert not relay.is_alive()


def test_two_takers_are_told_both_and_the_one_that_stays(pipewire: PrivatePipeWire, watched: Watched) -> None:
    for screen in ("one", "other"):  # each that is shared is a stream of its own
        pipewire.offer(screen)
    call = pipewire.take("firefox")
    pipewire.take("obs")
    pipewire.link("one", "firefox")
    watched.tells_of("firefox")
    pipewire.link("other", "obs")
    both = watched.told.get(timeout=SECONDS)
    assert isinstance(both, InUse)
    assert [names[0] for names in both.users] == ["firefox", "obs"]
    pipewire.end(call)
    watched.tells_of("obs")


def test_a_camera_and_the_panels_previews_are_no_audience(pipewire: PrivatePipeWire, watched: Watched) -> None:
    pipewire.offer("v4l2_input", **{"media.role": "Camera"})
    pipewire.offer("kwin_wayland")
    pipewire.offer(PORTAL)
    for taker, producer in (("firefox", "v4l2_input"), ("plasmashell", "kwin_wayland"), ("obs", PORTAL)):
        pipewire.take(taker)
        pipewire.link(producer, taker)
    watched.tells_of("obs")  # the first that is told


def test_without_a_place_for_a_server_there_is_no_way(
    pipewire: PrivatePipeWire, watch: Callable[[], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.delenv(name)
    watched = watch()
    watched.tells(NONE)
    assert watched.source.known.wait(SECONDS)


def test_a_server_that_comes_later_is_found(pipewire: PrivatePipeWire, watch: Callable[[], Watched]) -> None:
    watched = watch()
    watched.tells(NONE)
    pipewire.start()
    watched.tells(SERVES)


def test_garbage_is_no_server(pipewire: PrivatePipeWire, watch: Callable[[], Watched]) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(pipewire.socket))
        server.listen()
        watched = watch()
        with server.accept()[0] as client:
            client.sendall(b"\x02\0\0\0" + b"\x40\0\0\0" + bytes(8) + b"\xff" * 64)
            watched.tells(NONE)
    pipewire.socket.unlink()
    pipewire.start()
    watched.tells(SERVES)


def test_ten_servers_lost_and_found_leave_nothing_behind(pipewire: PrivatePipeWire, watched: Watched) -> None:
    def lose_and_find() -> None:
        clients = pipewire.offer(PORTAL), pipewire.take("firefox")
        pipewire.link(PORTAL, "firefox")
        watched.tells_of("firefox")
        pipewire.kill()
        watched.tells(NOBODY, NONE)
        for client in clients:
            pipewire.end(client)
        pipewire.start()
        watched.tells(SERVES)

    lose_and_find()
    with nothing_left():
        for _ in range(10):
            lose_and_find()


def test_closed_it_holds_nothing(pipewire: PrivatePipeWire, watch: Callable[[], Watched]) -> None:
    def begin_and_end() -> None:
        watched = watch()
        watched.tells(SERVES)
        watched.source.close()

    pipewire.start()
    begin_and_end()
    with nothing_left():
        for _ in range(10):
            begin_and_end()
