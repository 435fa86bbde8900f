"""The reason camera: a video device that somebody holds open.

Laws: nothing polls: the kernel tells of each open and close, and only then is asked who holds the device. It counts
once it has stayed open for a moment, as whoever lists the cameras opens each and closes it at once. Only processes of
the person's own count; what other users hold, nobody may see, and it is not this person's call. PipeWire's own
processes hold a camera for others, or to know it; who takes its video there is asked of PipeWire.
"""

import errno
import fcntl
import fnmatch
import logging
import os
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breakd.adapters import pipewire, processes
from breakd.adapters.backoff import Backoff
from breakd.adapters.follower import Follower, Waker
from breakd.adapters.pipewire import Taker
from breakd.adapters.reason import Reason, Users
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

REASON = "camera"
DEVICES = Path("/dev/video[0-9]*")

MOMENT_S = 1.0
"""Looked is when nothing was opened or closed for this long: a program that lists the cameras needs less for each."""

LONGEST_S = 5.0
"""Looked is after this long whatever happens."""

SERVERS = frozenset({"pipewire", "wireplumber", "pipewire-media-session"})

log = logging.getLogger(__name__)

# Of inotify(7).
_CLOSE_WRITE, _CLOSE_NOWRITE, _OPEN = 0x08, 0x10, 0x20
_ATTRIB, _CREATE, _DELETE, _OVERFLOW, _IGNORED = 0x04, 0x100, 0x200, 0x4000, 0x8000

# Of linux/videodev2.h: the request for what a device can do, and the flags of its answer.
_QUERYCAP = 0x80685600
_ANSWER = struct.Struct("=16s32s32sIII12x")
_MAJOR = 81
_CAPTURE, _CAPTURE_PLANES, _OUTPUT_PLANES = 0x1, 0x1000, 0x2000
_CODEC_PLANES, _CODEC, _TUNER = 0x4000, 0x8000, 0x10000
_OF_THIS_NODE = 0x80000000


def connect(post: Post, _session_bus: "Bus | None") -> HoldSource:
    """Return what watches it."""
    return Camera(post, DEVICES)


def is_camera(answer: bytes) -> bool:
    """Return whether a device that answers so to VIDIOC_QUERYCAP takes pictures of what is before it.

    No camera are: the node of a camera that has only its metadata, a codec, a television card.
    """
    _driver, _card, _bus, _version, whole, node = _ANSWER.unpack(answer)
    flags = node if whole & _OF_THIS_NODE else whole
    return bool(flags & (_CAPTURE | _CAPTURE_PLANES)) and not flags & (_OUTPUT_PLANES | _CODEC_PLANES | _CODEC | _TUNER)


class Camera:
    """Implements ports.HoldSource for the devices of a pattern, each named by its last part in one folder."""

    def __init__(self, post: Post, devices: Path, moment_s: float = MOMENT_S) -> None:
        """Watch these. Who holds one counts once nothing was opened or closed for `moment_s` seconds."""
        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._folder, self._pattern = devices.parent, devices.name
        self._moment_s = moment_s
        self._watches: dict[int, str] = {}
        """Each device's watch, with its name."""
        self._cameras: dict[str, bool] = {}
        """Whether each device that somebody held once is a camera."""
        self._graph: pipewire.Watch | None = None
        self._follower = Follower(REASON, self._follow, self._lost)

    def close(self) -> None:
        self._reason.close()
        self._follower.close()

    # --- on the thread ------------------------------------------------------------------------------------------

    def _follow(self, waker: Waker, backoff: Backoff) -> None:
        """Listen to the folder and its devices. Raises OSError where that cannot be."""
        from inotify_simple import INotify  # noqa: PLC0415 - on Linux only

        with INotify() as ear:
            folder = ear.add_watch(self._folder, _CREATE | _DELETE | _ATTRIB)
            self._find(ear)
            self._tell()
            backoff.reset()
            while True:
                waker.wait(None, ear.fileno())
                if self._heard(ear, folder):
                    self._settle(ear, folder, waker)
                    self._tell()

    def _lost(self) -> None:
        self._watches, self._cameras = {}, {}
        self._ask_pipewire(wanted=False)
        self._reason.used("video4linux", ())
        self._reason.serves("none")
        self.known.set()

    def _settle(self, ear: Any, folder: int, waker: Waker) -> None:
        """Wait until nothing was heard for a moment."""
        end = time.monotonic() + LONGEST_S
        waker.wait(self._moment_s)
        while self._heard(ear, folder) and time.monotonic() < end:
            waker.wait(self._moment_s)

    def _heard(self, ear: Any, folder: int) -> bool:
        """Take in what the kernel tells, and return whether it is of a device. Raises OSError where the folder goes."""
        heard = False
        for event in ear.read(0):
            if event.mask & _OVERFLOW:
                self._find(ear)
                heard = True
            elif event.wd == folder:
                if event.mask & _IGNORED:
                    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._folder))
                if fnmatch.fnmatchcase(event.name, self._pattern):
                    heard |= self._came_or_went(ear, event)
            elif event.mask & _IGNORED:
                self._watches.pop(event.wd, None)
            else:
                heard |= event.wd in self._watches
        return heard

    def _came_or_went(self, ear: Any, event: Any) -> bool:
        """Watch a device that there is now, or may be opened only now; let go of one that has gone."""
        if event.mask & _DELETE:
            self._cameras.pop(event.name, None)
            for number in [number for number, name in self._watches.items() if name == event.name]:
                del self._watches[number]
                with suppress(OSError):  # nobody held it, so that its watch went with it
                    ear.rm_watch(number)
            return True
        return self._add(ear, event.name)

    def _find(self, ear: Any) -> None:
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - names are all that is wanted
            if fnmatch.fnmatchcase(name, self._pattern):
                self._add(ear, name)

    def _add(self, ear: Any, name: str) -> bool:
        """Watch the device, and return whether it was not. Who may not open it, cannot hold it either."""
        with suppress(FileNotFoundError, PermissionError):
            number = ear.add_watch(self._folder / name, _OPEN | _CLOSE_WRITE | _CLOSE_NOWRITE)
            new = number not in self._watches
            self._watches[number] = name
            return new
        return False

    # --- who holds it -------------------------------------------------------------------------------------------

    def _look(self) -> Users:
        """Return the names of those who hold a camera, and ask PipeWire where it does."""
        users, servers = set(), False
        for pid in set(self._holders()):
            names = processes.names(pid)
            if SERVERS.isdisjoint(names):
                users.add(names)
            else:
                servers = True
        self._ask_pipewire(wanted=servers)
        return tuple(sorted(users))

    def _holders(self) -> Iterator[int]:
        """Yield the processes of this user that hold a camera."""
        devices = {name: found for name in self._watches.values() if (found := _stat(self._folder / name)) is not None}
        for pid in _own_processes() if devices else ():
            with suppress(OSError):  # it has ended, or lets nobody look
                for number in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - there may be thousands
                    link = f"/proc/{pid}/fd/{number}"
                    name = os.readlink(link).rpartition("/")[2]  # noqa: PTH115 - the same
                    device = devices.get(name)
                    if device is not None and _same(_stat(link), device) and self._counts(name, device):
                        yield pid

    def _counts(self, name: str, device: os.stat_result) -> bool:
        """Return whether the device is a camera. It is asked while somebody holds it, so that no camera is woken."""
        if name not in self._cameras:
            video = stat.S_ISCHR(device.st_mode) and os.major(device.st_rdev) == _MAJOR
            self._cameras[name] = not video or _answers_as_camera(self._folder / name)
        return self._cameras[name]

    def _ask_pipewire(self, *, wanted: bool) -> None:
        """Follow PipeWire's graph as long as it holds a camera."""
        if wanted and self._graph is None:
            self._graph = pipewire.Watch(self._taken)
        elif not wanted and self._graph is not None:
            self._graph.close()
            self._graph = None

    def _taken(self, takers: tuple[Taker, ...] | None) -> None:
        """Tell who takes a camera's video: called on PipeWire's thread."""
        self._reason.used("pipewire", tuple(each.names for each in takers or () if each.camera))

    def _tell(self) -> None:
        self._reason.used("video4linux", self._look())
        self._reason.serves("video4linux" if self._watches else "none")
        self.known.set()


def _answers_as_camera(path: Path) -> bool:
    """Ask the device; one that cannot be asked counts."""
    answer = bytearray(_ANSWER.size)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(descriptor, _QUERYCAP, answer)
        finally:
            os.close(descriptor)
    except OSError as error:
        log.info("%s does not tell what it is: %s", path, error)
        return True
    return is_camera(bytes(answer))


def _own_processes() -> Iterator[int]:
    me, own = os.geteuid(), os.getpid()
    for name in os.listdir("/proc"):  # noqa: PTH208 - names are all that is wanted
        if name.isdecimal() and (pid := int(name)) != own:
            found = _stat(f"/proc/{name}")
            if found is not None and found.st_uid == me:
                yield pid


def _stat(path: str | Path) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - Path's would do nothing more
    except OSError:
        return None


def _same(found: os.stat_result | None, device: os.stat_result) -> bool:
    """Return whether both are one device, also where a sandbox has a node of its own for it."""
    if found is None:
        return False
    if stat.S_ISCHR(found.st_mode) and stat.S_ISCHR(device.st_mode):
        return found.st_rdev == device.st_rdev
    return os.path.samestat(found, device)
