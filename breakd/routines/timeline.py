"""When a routine does what: an exercise laid out over exactly the time that there is, and the place in it.

Law: the phases of a timeline follow each other without a gap from 0 to exactly its length, whatever the length; a
player is a value, and time moves it only by `advance`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from breakd.routines.exercises import Exercise, Move, Round, Side, Version


@dataclass(frozen=True, slots=True)
class Phase:
    """A move with its place in time, in seconds from the start; `count` of `times` where it is repeated, else 0."""

    start: float
    end: float
    label: str
    pose: str
    step: int
    side: Side
    count: int
    times: int
    image: str = ""

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """An exercise over `length` seconds. The phases before `work` bring the person into position."""

    exercise: Exercise
    phases: tuple[Phase, ...]
    length: float
    work: int

    def at(self, position: float) -> int:
        """Return the index of the phase at `position` seconds; at the end and beyond it, the last."""
        return min(bisect_right(self.phases, position, key=lambda phase: phase.end), len(self.phases) - 1)


@dataclass(frozen=True, slots=True)
class _Beat:
    """A move with its count, not yet placed."""

    move: Move
    count: int = 0
    times: int = 0


def plan(exercise: Exercise, length: float) -> Timeline:
    """Lay the exercise out over `length` seconds, more than 0.

    The full version is taken where it fits, otherwise the micro one. Its work is repeated or cut by whole repetitions
    and what is left over is rest, or it is stretched where it has none to count; getting down and up keep their time.
    Only where there is not time for one repetition, or for the whole of a sequence, is everything scaled alike.
    """
    version = exercise.full if length >= exercise.full.seconds else exercise.micro
    begin = [_Beat(move) for move in version.begin]
    room = length - sum(move.seconds for move in (*version.begin, *version.end))
    work = _repeated(version, version.rest, room) if version.rest else _stretched(version, room)
    return Timeline(exercise, _place([*begin, *work], length), length, len(begin))


def _stretched(version: Version, room: float) -> list[_Beat]:
    """Return work and end, the work done for longer or shorter; unchanged where that would leave next to nothing."""
    moves = [part for part in version.work if isinstance(part, Move)]
    usual = sum(move.seconds for move in moves)
    factor = room / usual if room >= usual / 10 else 1
    work = [replace(move, seconds=move.seconds * factor) for move in moves]
    return [_Beat(move) for move in (*work, *version.end)]


def _repeated(version: Version, rest: Move, room: float) -> list[_Beat]:
    """Return work and end: as many repetitions as fit, at least one, then rest for what is left, if it is 1 s.

    Where the work is a whole that is not to be cut, 'at least one' means once all of it.
    """
    least = sum(part.times for part in version.work if isinstance(part, Round)) if version.whole else 1
    taken: list[tuple[tuple[Move, ...], Round, int]] = []
    for gap, part, count in _repetitions(version, rest):
        seconds = sum(move.seconds for move in (*gap, *part.moves))
        if len(taken) >= least and seconds > room:
            break
        taken.append((gap, part, count))
        room -= seconds
    work = list(_counted(taken))
    end = version.end
    if room >= 1 and end and end[0].label == rest.label:
        end = (replace(end[0], seconds=end[0].seconds + room), *end[1:])
    elif room >= 1:
        end = (replace(rest, seconds=room), *end)
    return [*work, *map(_Beat, end)]


def _repetitions(version: Version, rest: Move) -> Iterator[tuple[tuple[Move, ...], Round, int]]:
    """Yield the repetitions of the work again and again: the rest before it, its round, its number from 1."""
    gap: tuple[Move, ...] = ()
    while True:
        for part in version.work:
            if isinstance(part, Move):
                gap = (*gap, part)
                continue
            for count in range(1, part.times + 1):
                yield gap, part, count
                gap = (part.rest,) if part.rest else ()
            gap = ()
        gap = (rest,)


def _counted(taken: list[tuple[tuple[Move, ...], Round, int]]) -> Iterator[_Beat]:
    """Yield the moves with their counts, `times` being how many of the round were really taken.

    What a round has only once is not counted.
    """
    counts = [count for _, _, count in taken]
    for index, (gap, part, count) in enumerate(taken):
        following = next((i for i in range(index + 1, len(counts)) if counts[i] == 1), len(counts))
        yield from map(_Beat, gap)
        times = counts[following - 1] if part.times > 1 else 0
        yield from (_Beat(move, count if times else 0, times) for move in part.moves)


def _place(beats: Iterable[_Beat], length: float) -> tuple[Phase, ...]:
    """Put the beats one after the other; what does not sum up to `length` is scaled to it."""
    beats = [beat for beat in beats if beat.move.seconds > 0]
    factor = length / sum(beat.move.seconds for beat in beats)
    phases: list[Phase] = []
    start = elapsed = 0.0
    for index, beat in enumerate(beats, start=1):
        elapsed += beat.move.seconds
        end = length if index == len(beats) else min(length, elapsed * factor)
        move = beat.move
        phases.append(
            Phase(start, end, move.label, move.pose, move.step, move.side, beat.count, beat.times, move.image)
        )
        start = end
    return tuple(phases)


@dataclass(frozen=True, slots=True)
class Player:
    """A place in a timeline. `practised` are the seconds that really ran, without pauses and leaps."""

    timeline: Timeline
    position: float = 0.0
    practised: float = 0.0
    paused: bool = False

    @property
    def index(self) -> int:
        return self.timeline.at(self.position)

    @property
    def phase(self) -> Phase:
        return self.timeline.phases[self.index]

    @property
    def following(self) -> Phase | None:
        """The phase that comes next, None in the last."""
        index = self.index + 1
        return self.timeline.phases[index] if index < len(self.timeline.phases) else None

    @property
    def remaining(self) -> float:
        """Seconds until the end, if nothing more happens."""
        return self.timeline.length - self.position

    @property
    def finished(self) -> bool:
        return self.remaining <= 0

    def advance(self, seconds: float) -> "Player":
        """Let time pass; none passes while paused or at the end."""
        step = 0.0 if self.paused else min(max(seconds, 0.0), self.remaining)
        # Not `position + step` at the end: rounding might leave the last bit of the way for ever.
        position = self.timeline.length if step == self.remaining else self.position + step
        return replace(self, position=position, practised=self.practised + step) if step else self

    def pause(self) -> "Player":
        return replace(self, paused=True)

    def resume(self) -> "Player":
        return replace(self, paused=False)

    def next(self) -> "Player":
        """Leap to the next phase, from the last one to the end."""
        return replace(self, position=self.phase.end)

    def back(self) -> "Player":
        """Leap to the start of the phase before, in the first to its own."""
        return replace(self, position=self.timeline.phases[max(0, self.index - 1)].start)
