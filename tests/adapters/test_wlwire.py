"""The wire of Wayland, against a compositor on a real socket."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakd.adapters.wlwire import Body, Global, Wire, WireError
from fakecompositor import EXT, SEAT, FakeCompositor, message, until


@pytest.fixture
def compositor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCompositor]:
    compositor = FakeCompositor(tmp_path / "wayland-7", (EXT, 2), (SEAT, 9))
    monkeypatch.setenv("WAYLAND_DISPLAY", str(compositor.path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    yield compositor
    compositor.close()


@pytest.fixture
def wire(compositor: FakeCompositor) -> Iterator[Wire]:
    wire = Wire()
    wire.roundtrip()
    yield wire
    wire.close()


class Taken:
    """The events that a handler took, each with its opcode and so many uints."""

    def __init__(self, uints: int = 0) -> None:
        self.events: list[tuple[int, ...]] = []
        self._uints = uints

    def __call__(self, opcode: int, body: Body) -> None:
        self.events.append((opcode, *(body.uint() for _ in range(self._uints))))


def notify(wire: Wire, manager: int, seat: int) -> int:
    number = wire.new_id()
    wire.request(manager, 1, number, 1000, seat)
    return number


def test_what_is_offered_is_known_and_what_comes_and_goes_is_told(compositor: FakeCompositor, wire: Wire) -> None:
    assert wire.globals == {10: Global(10, EXT, 2), 11: Global(11, SEAT, 9)}
    assert wire.find(SEAT) == [Global(11, SEAT, 9)]
    told: list[tuple[str, Global]] = []
    wire.on_added = lambda offered: told.append(("added", offered))
    wire.on_removed = lambda gone: told.append(("removed", gone))
    name = compositor.add("wl_output", 4)
    compositor.remove(name)
    wire.roundtrip()
    assert told == [("added", Global(name, "wl_output", 4)), ("removed", Global(name, "wl_output", 4))]
    assert name not in wire.globals


@pytest.mark.parametrize(("asked", "got"), [(1, 1), (2, 2), (3, 2)])
def test_a_global_is_bound_at_a_version_that_both_speak(
    compositor: FakeCompositor, wire: Wire, asked: int, got: int
) -> None:
    number = wire.bind(wire.find(EXT)[0], asked)
    wire.roundtrip()
    assert compositor.objects[number] == (EXT, got, 10)


def test_a_relative_display_is_looked_for_in_the_runtime_folder(
    compositor: FakeCompositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", compositor.path.name)
    monkeypatch.setenv("WAYLAND_SOCKET", "0")
    with pytest.raises(WireError, match="XDG_RUNTIME_DIR"):
        Wire()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(compositor.path.parent))
    wire = Wire()
    wire.roundtrip()
    wire.close()


@pytest.mark.parametrize("display", ["", "/nowhere/wayland-0", "/" + 200 * "long"])
def test_without_a_compositor_it_says_so(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", display)
    before = open_files()
    with pytest.raises(WireError):
        Wire()
    assert open_files() == before


def test_an_id_is_used_again_once_its_object_is_deleted_and_not_before(compositor: FakeCompositor, wire: Wire) -> None:
    manager, seat = wire.bind(wire.find(EXT)[0], 1), wire.bind(wire.find(SEAT)[0], 1)
    first = notify(wire, manager, seat)
    wire.request(first, 0)
    wire.forget(first)
    second = notify(wire, manager, seat)
    assert second != first
    wire.roundtrip()
    assert first in {notify(wire, manager, seat) for _ in range(4)}
    wire.roundtrip()  # it would be ended for an id that is in use


def test_many_roundtrips_need_few_ids(wire: Wire) -> None:
    for _ in range(100):
        wire.roundtrip()
    assert wire.new_id() <= 4


def test_all_kinds_of_arguments_are_read(compositor: FakeCompositor, wire: Wire) -> None:
    read: list[object] = []

    def handler(opcode: int, body: Body) -> None:
        read.extend([opcode, body.signed(), body.uint(), body.string(), body.array(), body.string(), body.uint()])

    seat = wire.bind(wire.find(SEAT)[0], 1, handler)
    compositor.tell(seat, 3, -5, 2**32 - 1, "Größe", b"\1\2\3\4\5", "", 9)
    wire.roundtrip()
    assert read == [3, -5, 2**32 - 1, "Größe", b"\1\2\3\4\5", "", 9]


def test_objects_that_the_compositor_creates_are_heard_until_they_are_forgotten(
    compositor: FakeCompositor, wire: Wire
) -> None:
    taken = Taken(uints=1)
    created = 0xFF000003
    seat = wire.bind(wire.find(SEAT)[0], 1, lambda _opcode, body: wire.adopt(body.uint(), taken))
    compositor.tell(seat, 0, created)
    compositor.tell(created, 4, 11)
    wire.roundtrip()
    wire.forget(created)
    compositor.tell(created, 5, 12)
    wire.roundtrip()
    assert taken.events == [(4, 11)]


def test_events_are_taken_whole_however_the_bytes_come(compositor: FakeCompositor, wire: Wire) -> None:
    taken = Taken(uints=1)
    seat = wire.bind(wire.find(SEAT)[0], 1, taken)
    wire.roundtrip()
    for byte in message(seat, 0, 42) + message(seat, 1, 43):
        compositor.send(bytes([byte]))
        wire.read()
    assert taken.events == [(0, 42), (1, 43)]
    wire.read()  # there is nothing, and it waits for nothing
    compositor.send(b"".join(message(seat, 2, number) for number in range(5000)))
    wire.roundtrip()
    assert taken.events[2:] == [(2, number) for number in range(5000)]


def test_file_descriptors_that_come_are_closed(compositor: FakeCompositor, wire: Wire) -> None:
    seat = wire.bind(wire.find(SEAT)[0], 1)
    wire.roundtrip()
    before = open_files()
    for _ in range(10):
        compositor.send(message(seat, 0, 1), 0, 0, 0)
    wire.roundtrip()
    assert open_files() == before


def test_a_protocol_error_ends_it(wire: Wire) -> None:
    wire.request(wire.bind(wire.find(SEAT)[0], 1), 99)
    with pytest.raises(WireError, match="no request 99"):
        wire.roundtrip()


def test_the_compositors_end_ends_it(compositor: FakeCompositor, wire: Wire) -> None:
    compositor.hang_up()
    with pytest.raises(WireError):
        wire.roundtrip()


def test_a_compositor_that_hangs_is_waited_for_only_so_long(compositor: FakeCompositor, wire: Wire) -> None:
    compositor.mute = True
    with pytest.raises(WireError, match=r"within 0\.05 s"):
        wire.roundtrip(0.05)


def test_one_that_reads_nothing_ends_it_before_it_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "wayland"))
        listener.listen()
        monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "wayland"))
        wire = Wire()
        with pytest.raises(WireError, match="takes no request"):
            flood(wire)
        wire.close()


def flood(wire: Wire) -> None:
    for _ in range(10_000):
        wire.request(2, 0, 1, 4000 * "x", 1, wire.new_id())


@pytest.mark.parametrize(
    "garbage",
    [
        message(2, 0, 5),  # a global without its name
        message(1, 1, 1),  # the display is deleted
        message(1, 1, 77),
        b"\1\0\0\0\0\0\4\0",  # shorter than its own head
        b"\1\0\0\0\0\0\x0a\0\0\0",  # not of whole words
        message(2, 0, 5)[:-4] + b"\xff\xff\xff\xff",
    ],
)
def test_garbage_ends_it(compositor: FakeCompositor, wire: Wire, garbage: bytes) -> None:
    compositor.send(garbage)
    with pytest.raises(WireError):
        wire.roundtrip()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.lists(
        st.builds(message, st.sampled_from([1, 2, 3, 0xFF000000]), st.integers(0, 3), st.binary(max_size=20)),
        max_size=5,
    ).map(b"".join)
)
def test_whatever_comes_it_goes_on_or_ends_cleanly(compositor: FakeCompositor, garbage: bytes) -> None:
    wire = Wire()
    wire.roundtrip()
    compositor.send(garbage)
    with contextlib.suppress(WireError):  # and nothing else
        wire.roundtrip(0.02)
    wire.close()
    with pytest.raises(WireError):
        wire.request(1, 0, 3)


def test_ten_connections_leave_nothing(compositor: FakeCompositor) -> None:
    before = open_files()
    for _ in range(10):
        wire = Wire()
        wire.roundtrip()
        compositor.hang_up()
        with pytest.raises(WireError):
            wire.roundtrip()
        wire.close()
        wire.close()
    until(lambda: open_files() == before)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
