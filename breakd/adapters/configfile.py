"""The file of the configuration: read anew when asked, and watched, so that saving it is enough.

Laws: nothing here polls, and a file that is just being written is left alone: a change counts when its writer has
closed the file, or moved it to its place. Where the kernel does not tell of changes (a network home, no inotify, no
watches left), `changed` compares. It cannot see one that keeps the size within one tick of the file system's clock;
where the kernel tells, nothing is compared, and nothing escapes.
"""

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from breakd.adapters.clock import SystemClock
from breakd.config import Loaded, load, locate
from breakd.core.durations import SECOND
from breakd.core.settings import Settings
from breakd.ports import ConfigChanged, Post

QUIET_S = 0.05
"""A save is over when so long nothing more was heard: an editor's is a burst of three to six events."""

PATIENCE_S = 0.5
"""So long a file that has gone, or has only just been made, may take to be there, closed."""

REST_S = 2
"""A file that was saved so recently may be half written: where it is only compared, it is left for the next time."""

LINKS = 40
"""More on one way lead in a circle; the kernel follows no more either."""

log = logging.getLogger(__name__)

# Of inotify(7); the library that has names for them loads with the watch.
_CLOSE_WRITE, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x08, 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _UNMOUNT, _OVERFLOW = 0x400, 0x800, 0x2000, 0x4000
_ONLYDIR, _DONT_FOLLOW = 0x01000000, 0x02000000
_GONE = _DELETE_SELF | _MOVE_SELF
_UNFINISHED = _CREATE | _DELETE | _MOVED_FROM


class _Stamp(NamedTuple):
    """What tells one file from another, and one from what it was before."""

    saved_ns: int
    changed_ns: int
    size: int
    number: int
    device: int


class _Way(NamedTuple):
    """How a path is found: by these folders and links, to `name` in `folder`, the last folder that there is.

    `whole` is whether that name is the file itself, not a folder that is missing on the way to it.
    """

    passes: tuple[str, ...]
    folder: str
    name: str
    whole: bool


def _way_to(path: str) -> _Way:
    """Follow the path, link by link, as the kernel does. Raises OSError where it begins in a folder that has gone."""
    passes: list[str] = []
    whole = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118 - Path's would take `.` and `..` away, or hide them
    here, rest, links = "/", [part for part in whole.split("/") if part], 0
    while True:
        name, *rest = rest or ["."]
        at = os.path.join(here, name)  # noqa: PTH118 - the same
        if name == "..":
            here = os.path.dirname(here)  # noqa: PTH120 - the same
            continue
        try:
            target = os.readlink(at)  # noqa: PTH115 - the same
        except OSError:  # no link, or nothing at all
            if not rest or not os.path.isdir(at):  # noqa: PTH112 - the same
                return _Way(tuple(passes), here, name, not rest)
            passes.append(at)
            here = at
        else:
            passes.append(at)
            links += 1
            if links > LINKS:
                return _Way(tuple(passes), here, name, whole=True)
            rest = [part for part in target.split("/") if part] + rest
            here = "/" if target.startswith("/") else here


class ConfigFile:
    """Implements ports.Configuration for the file that `--config` named (None: the usual place)."""

    def __init__(self, named: str | None) -> None:
        self._named = named
        self._path = str(locate(named)[0])
        self._seen: _Stamp | None = None
        self._watch: _Watch | None = None

    def load(self) -> Loaded:
        """Return what the file says now, and all that is known of it. Raises UsageError with a line a problem."""
        self._seen = self._stamp()  # first: what is saved while it is read counts as new
        return load(self._named)

    def read(self) -> Settings:
        """Return what the file says now. Raises UsageError with a line a problem."""
        return self.load().settings

    def changed(self) -> bool:
        """Return whether the file is another one than at the last `read`, and has been so for a moment."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        return stamp is None or abs(SystemClock().read().wall_us - stamp.saved_ns // 1000) > REST_S * SECOND

    def watch(self, post: Post) -> None:
        """From now on tell ConfigChanged when the file was saved, beginning with what was since the last `read`."""
        self._watch = _Watch(post, self._path, lambda: self._stamp() != self._seen)

    def close(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.close()

    def _stamp(self) -> _Stamp | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - Path's would do nothing more
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None  # what came through a pipe cannot be read again
        return _Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev)


class _Watch:
    """Listens, on a thread of its own, for what the kernel tells of one path."""

    def __init__(self, post: Post, path: str, changed: Callable[[], bool]) -> None:
        self._post, self._path, self._changed = post, path, changed
        self._ear: Any = None
        self._way: _Way | None = None
        self._watches: dict[int, bool] = {}
        """Each watch's number, and whether it is the folder's."""
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="configuration", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        ear, watches = self._ear, tuple(self._watches)
        if ear is not None:
            for number in watches:  # of which the kernel tells, and so wakes the thread
                with suppress(OSError, ValueError):
                    ear.rm_watch(number)
        self._thread.join(1)

    # From here on: on the thread.

    def _run(self) -> None:
        try:
            from inotify_simple import INotify  # noqa: PLC0415 - on Linux only, and after the icon is up

            with INotify() as self._ear:
                self._look_around()
                if self._changed():
                    self._post(ConfigChanged())
                while self._watches and not self._closing:
                    self._listen()
        except (ImportError, OSError) as error:  # no such thing here, or no more watches: once a minute is enough
            log.info("the configuration is looked at once a minute: %s", error)
        finally:
            self._ear = None

    def _listen(self) -> None:
        """Wait until something is heard of the file, and tell of it when it is at rest."""
        heard = self._heard(self._ear.read())
        if not heard:
            return
        end = time.monotonic() + PATIENCE_S
        while not self._closing and (left := end - time.monotonic()) > 0:
            if self._way is None:
                self._look_around()
            unfinished = heard & _UNFINISHED or not os.path.exists(self._path)  # noqa: PTH110 - Path's raises
            events = self._ear.read(round((left if unfinished else min(left, QUIET_S)) * 1000) + 1)
            if not events:
                break
            heard = self._heard(events) or heard
        self._look_around()
        if not (self._closing or (heard & _CREATE and self._is_empty())):
            self._post(ConfigChanged())

    def _heard(self, events: Iterable[Any]) -> int:
        """Return what kind the last event was that concerns the file, 0 where none does."""
        heard = 0
        for event in events:
            in_folder = self._watches.get(event.wd)
            if event.mask & _OVERFLOW or (in_folder is not None and event.mask & (_GONE | _UNMOUNT)):
                self._way = None  # it is found anew
                heard = event.mask
            elif in_folder and self._way is not None and event.name == self._way.name:
                heard = event.mask
        return heard

    def _is_empty(self) -> bool:
        """Return whether there is nothing in it yet; its writer will close it."""
        with suppress(OSError):
            return os.path.getsize(self._path) == 0  # noqa: PTH202 - Path's would do nothing more
        return False

    def _look_around(self) -> None:
        """Watch what lies on the way to the file; again, until it did not change meanwhile."""
        while (way := _way_to(self._path)) != self._way:
            for number in self._watches:
                with suppress(OSError):  # the kernel took it off: what it watched has gone
                    self._ear.rm_watch(number)
            self._watches = {}
            for each in way.passes:  # each tells of nothing but its own end: no wake-up for what happens within
                self._add(each, _GONE | _DONT_FOLLOW, in_folder=False)
            within = _CREATE | _MOVED_TO
            if way.whole:
                within |= _CLOSE_WRITE | _DELETE | _MOVED_FROM
            self._add(way.folder, within | _GONE | _ONLYDIR, in_folder=True)  # last: it may be on the way, too
            self._way = way

    def _add(self, path: str, mask: int, *, in_folder: bool) -> None:
        """Watch this; nothing where it has gone meanwhile, or may not be read. Raises OSError at a limit."""
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            self._watches[self._ear.add_watch(path, mask)] = in_folder
