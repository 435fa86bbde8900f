"""Who records from a microphone: by real servers of sound and real recorders."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.adapters import microphone, pulse_server
from breakd.adapters.follower import Waker
from breakd.adapters.microphone import LET_GO_S, LONGEST_REST_S, Names, Pace, Patience
from breakd.adapters.pulse import Stream
from breakd.ports import HoldSource, InUse, Message, SourceChanged
from recorder import PEAK_DETECT, START_CORKED
from soundserver import SECONDS, PulseAudio, SoundServer, sound_server, wait

SERVERS = ("pulseaudio", "pipewire")
NOBODY: frozenset[Names] = frozenset()
A: frozenset[Names] = frozenset({("a",)})
B: frozenset[Names] = frozenset({("b",)})


class Listener:
    """Takes what the adapter posts, in order."""

    def __init__(self) -> None:
        self._posted: SimpleQueue[Message] = SimpleQueue()
        self._kept: list[Message] = []
        self.post = self._posted.put

    def next(self) -> Any:
        return self._kept.pop() if self._kept else self._posted.get(timeout=SECONDS)

    def comes(self, seconds: float) -> bool:
        """Return whether there is a next one within so long."""
        with suppress(Empty):
            self._kept.append(self._posted.get(timeout=seconds))
        return bool(self._kept)

    def name(self) -> str:
        """Return the next thing posted, which is to be the name of what serves."""
        message = self.next()
        assert isinstance(message, SourceChanged), message
        assert message.what == "hold:microphone"
        return message.name

    def users(self) -> set[str]:
        """Return by the next thing posted, which is to be who records, one word of each."""
        message = self.next()
        assert isinstance(message, InUse), message
        assert message.reason == "microphone"
        return {known(names) for names in message.users}

    def rest(self) -> list[Message]:
        found = []
        while True:
            try:
                found.append(self._posted.get_nowait())
            except Empty:
                return found


def known(names: Names) -> str:
    """Return the name that the test gave a recorder, or the first that it has."""
    return next((name for name in names if name.startswith("person")), names[0] if names else "")


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with sound_server(request.param, tmp_path) as running:
        live_in(running.env, monkeypatch)
        yield running


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where a server's socket would be; there is not even the folder."""
    live_in({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}, monkeypatch)
    return tmp_path / "pulse"


@pytest.fixture
def waker() -> Iterator[Waker]:
    with Waker() as waker:
        yield waker


def live_in(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("PULSE_SERVER", "PULSE_COOKIE", "PULSE_RUNTIME_PATH", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(key, raising=False)
    for key in ("HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(key, env[key])


@contextmanager
def watched(listener: Listener) -> Iterator[HoldSource]:
    source = microphone.connect(listener.post, None)
    try:
        yield source
    finally:
        source.close()


def person(name: str) -> str:
    """Return the argument by which a recorder has a name of its own."""
    return f"--client-name=person {name}"


# What counts, with real servers


def test_a_recording_holds_as_long_as_it_goes_on(server: SoundServer) -> None:
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        assert listener.name() == server.name
        recorder = server.record()
        message = listener.next()
        assert isinstance(message, InUse)
        assert [set(names) >= {"pacat", "parec"} for names in message.users] == [True]
        recorder.terminate()
        assert listener.users() == set()


def test_what_is_on_at_the_start_is_told_before_it_counts_as_known(server: SoundServer) -> None:
    server.record(person("early"))
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        told = listener.rest()
    assert [type(message) for message in told] == [SourceChanged, InUse]


def test_what_is_no_call_does_not_count(server: SoundServer) -> None:
    server.record(device="out.monitor")
    server.record_by_library(PEAK_DETECT)
    server.record_by_library(START_CORKED)
    server.record("--property=media.name=Peak detect")
    server.record("--property=application.id=org.gnome.VolumeControl")
    server.record("--property=application.id=com.github.wwmm.easyeffects")
    server.record(person("silent"))
    server.pactl("set-source-output-mute", server.list("source-outputs")[-1].split("\t")[0], "1")
    server.pactl("load-module", "module-loopback", "source=mic", "sink=out")
    server.pactl("load-module", "module-echo-cancel", "source_master=mic", "sink_master=out", "source_name=clean")
    wait(lambda: len(server.list("source-outputs")) == 9, "the filters")
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        assert listener.name() == server.name
        server.record(person("real"), device="clean")  # from what the filter gives
        assert listener.users() == {"person real"}
        assert listener.rest() == []


def test_a_muted_microphone_is_in_use_and_a_muted_recording_is_not(server: SoundServer) -> None:
    listener = Listener()
    with watched(listener):
        assert listener.name() == server.name
        server.record(person("one"))
        assert listener.users() == {"person one"}
        server.pactl("set-source-mute", "mic", "1")
        server.record(person("two"))
        assert listener.users() == {"person one", "person two"}
        first = server.list("source-outputs")[0].split("\t")[0]
        server.pactl("set-source-output-mute", first, "1")
        assert listener.users() == {"person two"}
        server.pactl("set-source-output-mute", first, "0")
        assert listener.users() == {"person one", "person two"}


def test_a_recording_that_waits_corked_counts_from_when_it_goes_on(server: SoundServer) -> None:
    recorder = server.record_by_library(START_CORKED)
    assert recorder.stdin is not None
    listener = Listener()
    with watched(listener):
        assert listener.name() == server.name
        recorder.stdin.write(b"0\n")
        recorder.stdin.flush()
        assert len(listener.users()) == 1
        recorder.stdin.write(b"1\n")
        recorder.stdin.flush()
        assert listener.users() == set()


def test_a_recording_that_is_moved_to_what_is_played_counts_no_more(server: SoundServer) -> None:
    listener = Listener()
    with watched(listener):
        assert listener.name() == server.name
        server.record(person("one"))
        assert listener.users() == {"person one"}
        stream = server.list("source-outputs")[0].split("\t")[0]

        def moved() -> bool:  # PipeWire's session manager loses a move that comes while it still joins the stream
            server.pactl("move-source-output", stream, "mic")
            server.pactl("move-source-output", stream, "out.monitor")
            return listener.comes(3 * LET_GO_S)

        wait(moved, "the move")
        assert listener.users() == set()


def test_pipewire_s_own_clients_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sound_server("pipewire", tmp_path) as server:
        live_in(server.env, monkeypatch)
        listener = Listener()
        with watched(listener):
            assert listener.name() == "pipewire"
            recorder = server.run("pw-record", str(tmp_path / "sound.wav"))
            assert listener.users() == {"pw-record"}
            recorder.terminate()
            assert listener.users() == set()


FILTER = """
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-filter-chain
    args = {
      node.description = "a noise filter"
      filter.graph = { nodes = [ { type = builtin name = copy label = copy } ] }
      capture.props = { node.name = "to.filter" node.passive = true audio.channels = 1 }
      playback.props = { node.name = "clean" media.class = Audio/Source audio.channels = 1 }
    }
  }
]
"""
"""What the instructions for a noise filter of PipeWire's have one write, with a filter that needs no plug-in."""


def test_a_noise_filter_of_pipewire_does_not_count_but_who_records_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "filter.conf"
    config.write_text(FILTER)
    with sound_server("pipewire", tmp_path) as server:
        live_in(server.env, monkeypatch)
        server.run("pipewire", "-c", str(config))
        wait(lambda: len(server.list("source-outputs")) == 1, "the filter")
        listener = Listener()
        with watched(listener) as source:
            assert source.known.wait(SECONDS)
            assert listener.name() == "pipewire"
            server.record(person("real"), device="clean")
            assert listener.users() == {"person real"}
            assert listener.rest() == []


# What it costs


def test_events_that_change_nothing_wake_it_for_few_of_them(server: SoundServer, waker: Waker) -> None:
    server.record(person("one"))
    stream = server.list("source-outputs")[0].split("\t")[0]
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        witness = pulse_server.Server(pulse_server.address() or "", waker)
        before, seen = wakeups(), 0
        for percent in range(30, 70):
            server.pactl("set-source-output-volume", stream, f"{percent}%")
            seen += witness.wait(SECONDS)
        woken = wakeups() - before
        witness.close()
    assert seen == 40
    assert woken < 40


def wakeups() -> int:
    (thread,) = (each for each in threading.enumerate() if each.name == "microphone")
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(status.partition("voluntary_ctxt_switches:")[2].split()[0])


@given(every=st.floats(0.01, LONGEST_REST_S), seconds=st.just(3600.0))
def test_a_storm_without_an_end_costs_few_looks(every: float, seconds: float) -> None:
    pace, now, looks = Pace(), 0.0, 0
    while now < seconds:
        now += pace.rest_s(now)
        pace.looked(now, A)
        looks += 1
        now += every
    assert looks <= 4 * seconds / 60 + 20


def test_the_first_event_after_a_quiet_time_is_looked_into_at_once() -> None:
    pace, now = Pace(), 0.0
    for _event in range(10):
        pace.looked(now, A)
        now += 1.0
    assert pace.rest_s(now) > 1
    assert pace.rest_s(now + 60) == 0
    pace.looked(now + 60, A)
    assert pace.rest_s(now + 60) < 1


def test_a_change_ends_the_rareness() -> None:
    pace = Pace()
    for second in range(10):
        pace.looked(float(second), A)
    pace.looked(10.0, B)
    assert pace.rest_s(10.0) < 1


# Who has gone for a moment


def test_a_recorder_that_comes_back_at_once_has_not_gone() -> None:
    patience = Patience()
    assert patience.see(0.0, A, unsure=False) == A
    assert patience.see(10.0, NOBODY, unsure=False) == A
    assert patience.again_s(10.0) == LET_GO_S
    assert patience.see(10.5, B, unsure=False) == A | B
    assert patience.see(10.0 + LET_GO_S, B, unsure=False) == B
    assert patience.again_s(10.0 + LET_GO_S) is None


def test_a_recorder_that_has_gone_is_let_go() -> None:
    patience = Patience()
    patience.see(0.0, A, unsure=False)
    assert patience.see(10.0, NOBODY, unsure=False) == A
    assert patience.see(10.0 + LET_GO_S, NOBODY, unsure=False) == NOBODY
    assert patience.see(12.0, A, unsure=False) == A
    assert patience.see(12.1, NOBODY, unsure=False) == A  # each time anew


def test_a_stream_without_a_source_is_looked_at_a_few_times_and_no_more() -> None:
    patience, now, looks = Patience(), 0.0, 0
    patience.see(now, NOBODY, unsure=True)
    while (wait_s := patience.again_s(now)) is not None:
        now += wait_s
        looks += 1
        patience.see(now, NOBODY, unsure=True)
    assert 3 <= looks <= 6


# What a stream says of itself

CALL = Stream(1, 2, 3, None, {"application.name": "a call", "media.name": "RecordStream"}, corked=False, muted=False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"corked": True}, False),
        ({"muted": True}, False),
        ({"client": None}, False),
        ({"source": None}, True),  # that is for its source to say
        ({"resampling": "peaks"}, False),
        ({"resampling": "speex-float-1"}, True),
        ({"properties": {"stream.monitor": "true"}}, False),
        ({"properties": {"stream.monitor": "false"}}, True),
        ({"properties": {"stream.capture.sink": "true"}}, False),
        ({"properties": {"node.link-group": "filter-chain-1-2"}}, False),
        ({"properties": {"node.virtual": "true"}}, False),
        ({"properties": {"media.name": "Peak detect"}}, False),
        ({"properties": {"application.id": "org.PulseAudio.pavucontrol"}}, False),
        ({"properties": {"application.id": "com.github.wwmm.easyeffects"}}, False),
        ({"properties": {"application.id": "org.mozilla.firefox"}}, True),
    ],
)
def test_which_streams_count(change: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - from the table
    assert microphone.counts(CALL._replace(**change)) is expected


def test_a_program_goes_by_all_its_names_each_once() -> None:
    assert microphone.names(
        {
            "application.name": "ZOOM VoiceEngine",
            "application.process.binary": "zoom",
            "application.icon_name": "Zoom",
            "node.name": "ZOOM VoiceEngine",
            "media.name": "record stream",
        }
    ) == ("zoom", "ZOOM VoiceEngine", "Zoom")
    assert microphone.names({}) == ()


# Where the server is


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"XDG_RUNTIME_DIR": "/run/me"}, "/run/me/pulse/native"),
        ({}, f"/run/user/{os.getuid()}/pulse/native"),
        ({"PULSE_RUNTIME_PATH": "/my/pulse", "XDG_RUNTIME_DIR": "/run/me"}, "/my/pulse/native"),
        ({"PULSE_SERVER": "unix:/a/socket"}, "/a/socket"),
        ({"PULSE_SERVER": "/a/socket"}, "/a/socket"),
        ({"PULSE_SERVER": "{0123456789abcdef}unix:/a/socket tcp:host:4713"}, "/a/socket"),
        ({"PULSE_SERVER": "tcp:host:4713 unix:/a/socket"}, "/a/socket"),
        ({"PULSE_SERVER": " ", "XDG_RUNTIME_DIR": "/run/me"}, "/run/me/pulse/native"),
        ({"PULSE_SERVER": "tcp:host:4713", "XDG_RUNTIME_DIR": "/run/me"}, None),
        ({"PULSE_SERVER": "host"}, None),
    ],
)
def test_the_address(env: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(key, raising=False)
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    assert pulse_server.address() == expected


def test_a_server_on_another_machine_is_none(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "tcp:127.0.0.1:9")
    listener, before = Listener(), threading.active_count()
    with watched(listener) as source:
        assert source.known.is_set()
        assert threading.active_count() == before
    assert listener.rest() == [SourceChanged("hold:microphone", "none")]


# Lost and found


def test_where_there_is_no_server_it_is_known_at_once_and_found_when_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PulseAudio(tmp_path)  # not even the socket's folder is there
    live_in(server.env, monkeypatch)
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        assert listener.name() == "none"
        with server:
            server.record(person("one"))
            assert listener.name() == "pulseaudio"
            assert listener.users() == {"person one"}


def test_a_server_that_ends_lets_go_at_once(server: SoundServer) -> None:
    server.record(person("one"))
    listener = Listener()
    with watched(listener):
        assert listener.name() == server.name
        assert listener.users() == {"person one"}
        server.kill()
        assert listener.users() == set()
        assert listener.name() == "none"


def test_whoever_rests_from_a_storm_hears_only_of_the_server_s_end(server: SoundServer, waker: Waker) -> None:
    server.record(person("one"))
    connection = pulse_server.Server(pulse_server.address() or "", waker)
    server.pactl("set-source-output-volume", server.list("source-outputs")[0].split("\t")[0], "50%")
    assert connection.wait(SECONDS)
    server.pactl("set-source-output-volume", server.list("source-outputs")[0].split("\t")[0], "51%")
    connection.rest(0.01)
    server.kill()
    with pytest.raises(ConnectionResetError):
        connection.rest(3600)
    connection.close()


def test_lost_and_found_ten_times_leaks_nothing(server: SoundServer) -> None:
    listener = Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        assert listener.name() == server.name
        held = []
        for _time in range(10):
            server.kill()
            assert listener.name() == "none"
            server.start()
            assert listener.name() == server.name
            held.append(holdings())
        assert held[1:] == held[:1] * 9
    assert listener.rest() == []


def holdings() -> tuple[int, list[str]]:
    return len(list(Path("/proc/self/fd").iterdir())), sorted(thread.name for thread in threading.enumerate())


def test_closed_it_holds_nothing_and_tells_nothing(server: SoundServer) -> None:
    server.record(person("one"))
    before, listener = holdings(), Listener()
    with watched(listener) as source:
        assert source.known.wait(SECONDS)
        assert listener.name() == server.name
        assert listener.users() == {"person one"}
    assert holdings() == before
    server.kill()
    assert listener.rest() == []


# Servers that are none


@contextmanager
def impostor(folder: Path, talk: Callable[[socket.socket], None]) -> Iterator[threading.Event]:
    """Listen where the server should be; each who comes is talked to so. Sets the event when somebody was."""
    folder.mkdir()
    met = threading.Event()

    def serve() -> None:
        while True:
            connection, _address = listening.accept()
            with connection:
                if over.is_set():
                    return
                talk(connection)
                met.set()
                connection.recv(1 << 16)
                while connection.recv(1 << 16):
                    pass

    over = threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{folder}/native")
        listening.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield met
        finally:
            over.set()
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(f"{folder}/native")
                thread.join(SECONDS)


def test_one_that_talks_garbage_is_none(empty: Path) -> None:
    listener = Listener()
    with (
        impostor(empty, lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
        watched(listener) as source,
    ):
        assert source.known.wait(SECONDS)
        assert listener.name() == "none"
    assert listener.rest() == []


def test_one_that_says_nothing_does_not_keep_it_from_closing(empty: Path) -> None:
    listener = Listener()
    with impostor(empty, lambda connection: None) as met:
        source = microphone.connect(listener.post, None)
        assert met.wait(SECONDS)
        began = time.monotonic()
        source.close()
        assert time.monotonic() - began < pulse_server.PATIENCE_S
    assert listener.rest() == []


@pytest.mark.parametrize("server", ["pulseaudio"], indirect=True)
def test_one_that_stops_for_good_is_given_up(server: SoundServer) -> None:
    server.record(person("one"))
    listener = Listener()
    with watched(listener):
        assert listener.name() == server.name
        assert listener.users() == {"person one"}
        recorder = server.record(person("two"))
        assert listener.users() == {"person one", "person two"}
        assert server.server is not None
        recorder.terminate()
        wait(lambda: len(server.list("source-outputs")) == 1, "its end")
        server.server.send_signal(signal.SIGSTOP)
        try:
            assert listener.users() == set()
            assert listener.name() == "none"
        finally:
            server.server.send_signal(signal.SIGCONT)
        assert listener.name() == server.name
        assert listener.users() == {"person one"}
