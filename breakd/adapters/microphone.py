"""Whether somebody records from a microphone, as PulseAudio or PipeWire's stand-in for it tells.

Laws: what is no call is none of a person's: what merely measures, filters, or listens to what is played. A microphone
that is muted is in use all the same (people listen muted), a stream that is muted itself is not. However many events
come that change nothing, they cost a dozen wake-ups a minute at most.
"""

import time
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from breakd.adapters.backoff import Backoff
from breakd.adapters.follower import Follower, Waker
from breakd.adapters.nothing import NoHold
from breakd.adapters.pulse import NOBODY, Stream
from breakd.adapters.pulse_server import Server, address
from breakd.adapters.reason import Reason
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

REASON = "microphone"

LET_GO_S = 1.0
"""A call that changes its microphone lets go of one stream before it has the next: it has so long for that."""

REST_S = 0.5
LONGEST_REST_S = 15.0
"""Between two looks lies at least the one, and up to the other where events go on that change nothing."""

UNSURE_S = 15.0
"""So long, in growing steps, it is looked whether a stream gets a source: of that alone PipeWire need not tell."""

Names = tuple[str, ...]

NAMES = (
    "application.process.binary",
    "application.name",
    "application.id",
    "pipewire.access.portal.app_id",
    "application.icon_name",
    "node.name",
)
"""The properties by which a person may know a program."""

METERS = frozenset({"org.gnome.volumecontrol", "org.pulseaudio.pavucontrol", "org.kde.kmixd"})
FILTERS = frozenset({"com.github.wwmm.easyeffects", "com.github.wwmm.pulseeffects"})
"""Each by `application.id`."""

_TRUE = frozenset({"true", "1", "yes", "on"})


def connect(post: Post, _session_bus: "Bus | None") -> HoldSource:
    """Return what watches it."""
    path = address()
    return NoHold(post, REASON) if path is None else Microphone(post, path)


def counts(stream: Stream) -> bool:
    """Return whether the stream is somebody's recording, provided that its source is no monitor."""
    if stream.client is None or stream.corked or stream.muted:  # none: a module of the server's own, such as a filter
        return False
    has = stream.properties.get
    if "node.link-group" in stream.properties or _is_true(has("node.virtual")):
        return False  # one end of a filter or loop; whoever records from the other end is seen by himself
    if _is_true(has("stream.monitor")) or stream.resampling == "peaks" or has("media.name") == "Peak detect":
        return False
    if _is_true(has("stream.capture.sink")):
        return False
    return has("application.id", "").casefold() not in METERS | FILTERS


def names(properties: Mapping[str, str]) -> Names:
    """Return what the program of a stream is called, each name once."""
    return tuple(dict.fromkeys(name for key in NAMES if (name := properties.get(key))))


def _is_true(text: str | None) -> bool:
    return text is not None and text.casefold() in _TRUE


class Pace:
    """How soon to look again: at once, but the longer events go on that change nothing, the rarer. Times in seconds."""

    def __init__(self) -> None:
        self._rest = REST_S
        self._looked = float("-inf")
        self._users: frozenset[Names] = frozenset()

    def looked(self, now: float, users: frozenset[Names]) -> None:
        """Count a look at `now`, which showed these users."""
        quiet = now - self._looked > 2 * LONGEST_REST_S
        self._rest = REST_S if quiet or users != self._users else min(2 * self._rest, LONGEST_REST_S)
        self._looked, self._users = now, users

    def rest_s(self, now: float) -> float:
        """Return how long to rest at `now` before the next look."""
        return max(0.0, self._looked + self._rest - now)


class Patience:
    """Whom to tell of, and when to look without an event: who has gone may be back in a moment. Times in seconds."""

    def __init__(self) -> None:
        self._shown: frozenset[Names] = frozenset()
        self._gone_since: float | None = None
        self._unsure_since: float | None = None

    def see(self, now: float, users: frozenset[Names], *, unsure: bool) -> frozenset[Names]:
        """Return whom to tell of at `now`, where these are seen, and more may be where it is `unsure`."""
        self._gone_since = _since(self._gone_since, now, on=bool(self._shown - users))
        self._unsure_since = _since(self._unsure_since, now, on=unsure)
        if self._gone_since is not None and now < self._gone_since + LET_GO_S:
            users |= self._shown
        else:
            self._gone_since = None
        self._shown = users
        return users

    def again_s(self, now: float) -> float | None:
        """Return in what time from `now` to look again; None: not before something is told."""
        waits = []
        if self._gone_since is not None:
            waits.append(self._gone_since + LET_GO_S - now)
        if self._unsure_since is not None and now < self._unsure_since + UNSURE_S:
            waits.append(max(LET_GO_S, now - self._unsure_since))
        return min(waits, default=None)


def _since(before: float | None, now: float, *, on: bool) -> float | None:
    """Return since when it is on, None where it is off."""
    if not on:
        return None
    return now if before is None else before


class Recorders:
    """Who records from a microphone, look by look. `unsure` is whether a stream is joined to no source just now."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._monitors: dict[int, bool] = {}
        self._source_of: dict[int, int] = {}
        self.unsure = False

    def look(self) -> frozenset[Names]:
        """Return the names of each. Raises OSError, PulseError, Closing."""
        streams = self._server.recordings()
        # A stream that is joined to none just now, as while its microphone is changed, is where it was.
        self._source_of = {
            stream.number: source
            for stream in streams
            if (source := self._source_of.get(stream.number) if stream.source is None else stream.source) is not None
        }
        self._monitors = {
            source: is_monitor
            for source in set(self._source_of.values())
            if (is_monitor := self._is_monitor(source)) is not None
        }
        found, self.unsure = set(), False
        for stream in filter(counts, streams):
            is_monitor = self._monitors.get(self._source_of.get(stream.number, NOBODY))
            self.unsure |= stream.source is None or is_monitor is None
            if is_monitor is False:
                found.add(names(stream.properties))
        return frozenset(found)

    def _is_monitor(self, source: int) -> bool | None:
        known = self._monitors.get(source)
        return self._server.is_monitor(source) if known is None else known


class Microphone:
    """Implements ports.HoldSource, by the server at a path."""

    def __init__(self, post: Post, path: str) -> None:
        self._path = path
        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._follower = Follower(REASON, self._follow, partial(self._reason.seen, "none", ()), path=path)

    def close(self) -> None:
        self._reason.close()
        self._follower.close()

    def _follow(self, waker: Waker, backoff: Backoff) -> None:
        """Tell what the server tells, as long as it is there: on the follower's thread. Raises OSError."""
        with closing(Server(self._path, waker)) as server:
            name = "pipewire" if "pipewire" in server.name.casefold() else "pulseaudio"
            recorders, pace, patience = Recorders(server), Pace(), Patience()
            while True:
                users = recorders.look()
                now = time.monotonic()
                pace.looked(now, users)
                self._reason.seen(name, tuple(sorted(patience.see(now, users, unsure=recorders.unsure))))
                backoff.reset()
                if server.wait(patience.again_s(now)):
                    server.rest(pace.rest_s(time.monotonic()))
