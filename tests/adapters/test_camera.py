"""A camera that is in use is seen, however it is opened, held and let go, by real processes on a stand-in device."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.camera import Camera, is_camera
from breakd.ports import InUse, Message, SourceChanged
from leaks import nothing_left
from private_pipewire import PrivatePipeWire

SECONDS = 20
SERVES = SourceChanged("hold:camera", "video4linux")
NONE = SourceChanged("hold:camera", "none")
NOBODY = InUse("camera", "video4linux", ())
MOMENT_S = 0.02
HOLD = "import sys; held = open(sys.argv[1], 'rb'); print(flush=True); sys.stdin.read()"


LIST = """
import sys
for _ in range(200):
    open(sys.argv[1], "rb").close()
"""
WATCH = """
import os, sys
from pathlib import Path
import inotify_simple
from breakd.adapters.camera import Camera
from breakd.ports import SourceChanged
inotify_simple.INotify().close()  # what it loads, nobody may read
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
camera = Camera(lambda message: print(message.name, flush=True), Path(sys.argv[1]))
sys.stdin.read()
"""


class Holder:
    """A process of this name that holds a file open until it is let go."""

    def __init__(self, name: str, path: Path) -> None:
        self.process = subprocess.Popen(
            [name, "-c", HOLD, str(path)],
            executable=sys.executable,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"\n"

    def end(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.communicate()


class Watched:
    """The source over a folder of devices, and what it tells."""

    def __init__(self, folder: Path, moment_s: float) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = Camera(self.told.put, folder / "video[0-9]*", moment_s)

    def tells(self, *messages: Message) -> None:
        for message in messages:
            assert self.told.get(timeout=SECONDS) == message

    def tells_of(self, *users: str, by: str = "video4linux") -> None:
        """Wait until it tells of these users, each by one of its names, and of nobody else."""
        message = self.told.get(timeout=SECONDS)
        assert isinstance(message, InUse)
        assert (message.reason, message.source) == ("camera", by)
        assert len(message.users) == len(users)
        for user in users:
            assert any(user in names for names in message.users)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return what stands for /dev; there is no camera."""
    folder = tmp_path / "dev"
    folder.mkdir()
    return folder


@pytest.fixture
def video(folder: Path) -> Path:
    """Return a device in it."""
    path = folder / "video0"
    path.touch()
    return path


@pytest.fixture
def hold() -> Iterator[Callable[[str, Path], Holder]]:
    made: list[Holder] = []

    def begin(name: str, path: Path) -> Holder:
        made.append(Holder(name, path))
        return made[-1]

    yield begin
    for each in made:
        each.end(signal.SIGKILL)


@pytest.fixture
def watch(folder: Path) -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def begin(moment_s: float = MOMENT_S) -> Watched:
        made.append(Watched(folder, moment_s))
        assert made[-1].source.known.wait(SECONDS)
        return made[-1]

    yield begin
    for each in made:
        each.source.close()


Hold = Callable[[str, Path], Holder]
Watch = Callable[..., Watched]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_camera_is_in_use_as_long_as_somebody_holds_it(video: Path, hold: Hold, watch: Watch, how: int) -> None:
    watched = watch()
    watched.tells(SERVES)
    call = hold("zoom", video)
    watched.tells_of("zoom")
    call.end(how)
    watched.tells(NOBODY)


def test_a_call_that_goes_on_at_the_start_is_known_at_once(video: Path, hold: Hold, watch: Watch) -> None:
    hold("zoom", video)
    watched = watch()
    watched.tells_of("zoom")
    watched.tells(SERVES)


def test_two_calls_are_told_both_and_the_one_that_stays(video: Path, hold: Hold, watch: Watch) -> None:
    watched = watch()
    watched.tells(SERVES)
    zoom = hold("zoom", video)
    watched.tells_of("zoom")
    hold("cheese", video)
    watched.tells_of("zoom", "cheese")
    zoom.end()
    watched.tells_of("cheese")


def test_opened_only_to_ask_what_it_is_does_not_count(video: Path, hold: Hold, watch: Watch) -> None:
    watched = watch(moment_s=2)
    watched.tells(SERVES)
    lister = hold("lister", video)
    subprocess.run([sys.executable, "-c", LIST, str(video)], check=True)
    lister.end()
    hold("zoom", video)
    watched.tells_of("zoom")  # the first that is told


def test_one_that_is_plugged_in_later_is_seen_and_so_is_its_going(folder: Path, hold: Hold, watch: Watch) -> None:
    watched = watch()
    watched.tells(NONE)
    (folder / "video-notes").touch()
    video = folder / "video10"
    video.touch()
    watched.tells(SERVES)
    hold("zoom", video)
    watched.tells_of("zoom")
    video.unlink()  # pulled out while the call goes on
    watched.tells(NOBODY, NONE)


def test_one_that_may_be_opened_only_later_is_seen() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own is closed to other users
        folder, video = Path(name), Path(name) / "video0"
        folder.chmod(0o755)
        video.touch(mode=0)
        watching = subprocess.Popen(
            [sys.executable, "-c", WATCH, f"{folder}/video[0-9]*"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert watching.stdout is not None
        assert watching.stdout.readline() == "none\n"
        video.chmod(0o644)
        assert watching.stdout.readline() == "video4linux\n"
        watching.communicate(timeout=SECONDS)


def test_a_device_by_another_path_is_the_same_device(tmp_path: Path, video: Path, hold: Hold, watch: Watch) -> None:
    (tmp_path / "sandbox").mkdir()
    other = tmp_path / "sandbox/video0"
    os.link(video, other)
    watched = watch()
    watched.tells(SERVES)
    hold("zoom", other)
    watched.tells_of("zoom")


def test_ten_cameras_come_and_gone_leave_nothing_behind(folder: Path, hold: Hold, watch: Watch) -> None:
    watched = watch()
    watched.tells(NONE)

    def come_and_go(name: str) -> None:
        video = folder / name
        video.touch()
        watched.tells(SERVES)
        call = hold("zoom", video)
        watched.tells_of("zoom")
        call.end(signal.SIGKILL)
        watched.tells(NOBODY)
        video.unlink()
        watched.tells(NONE)

    come_and_go("video0")
    with nothing_left():
        for number in range(10):
            come_and_go(f"video{number}")


def test_a_folder_that_goes_is_waited_for(folder: Path, video: Path, watch: Watch) -> None:
    watched = watch()
    watched.tells(SERVES)
    shutil.rmtree(folder)
    watched.tells(NONE)
    folder.mkdir()
    video.touch()
    watched.tells(SERVES)


def test_closed_it_holds_nothing(video: Path, watch: Watch) -> None:
    watch().source.close()
    with nothing_left():
        for _ in range(10):
            watch().source.close()


class TestPipeWire:
    """PipeWire's process holds a camera for others: who takes its video is asked of PipeWire."""

    @pytest.fixture
    def pipewire(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivatePipeWire]:
        private = PrivatePipeWire(tmp_path)
        for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
            monkeypatch.setenv(name, private.env[name])
        monkeypatch.delenv("PIPEWIRE_REMOTE", raising=False)
        private.start()
        yield private
        private.close()

    def test_who_takes_the_cameras_video_is_named(
        self, pipewire: PrivatePipeWire, video: Path, hold: Hold, watch: Watch
    ) -> None:
        watched = watch()
        watched.tells(SERVES)
        pipewire.offer("v4l2_input", **{"media.role": "Camera"})
        pipewire.take("snapshot")
        server = hold("pipewire", video)
        hold("wireplumber", video)
        pipewire.link("v4l2_input", "snapshot")
        watched.tells_of("snapshot", by="pipewire")
        server.end()
        hold("cheese", video)
        watched.tells_of("cheese")

    def test_a_screen_that_is_taken_is_no_camera(
        self, pipewire: PrivatePipeWire, video: Path, hold: Hold, watch: Watch
    ) -> None:
        pipewire.offer("xdg-desktop-portal-wlr")
        pipewire.take("firefox")
        pipewire.link("xdg-desktop-portal-wlr", "firefox")
        hold("pipewire", video)
        watched = watch()
        watched.tells(SERVES)
        hold("cheese", video)
        watched.tells_of("cheese")  # the first that is told


@pytest.mark.parametrize(
    ("whole", "node"),
    [
        (0x84A00001, 0x04200001),  # a webcam
        (0x84201000, 0x04201000),  # a camera of several planes
        (0x00000001, 0),  # a driver older than the flags of a node
    ],
)
def test_what_takes_pictures_of_the_person_is_a_camera(whole: int, node: int) -> None:
    assert is_camera(answer(whole, node))


@pytest.mark.parametrize(
    ("whole", "node"),
    [
        (0x84A00001, 0x04A00000),  # a webcam's metadata
        (0x84204000, 0x04204000),  # a Raspberry Pi's decoder
        (0x84208000, 0x04208000),
        (0x84203000, 0x04203000),  # a codec, as older drivers tell
        (0x85250001, 0x05250001),  # a television card
    ],
)
def test_a_codec_or_a_cameras_other_node_is_none(whole: int, node: int) -> None:
    assert not is_camera(answer(whole, node))


def answer(whole: int, node: int) -> bytes:
    """Return what a driver answers to VIDIOC_QUERYCAP: what the whole device can do, and this node of it."""
    return struct.pack("=16s32s32s6I", b"driver", b"card", b"bus", 1, whole, node, 0, 0, 0)
