"""The native protocol of PulseAudio, byte by byte; what real servers send is in test_microphone.py."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.adapters import pulse
from breakd.adapters.pulse import Command, Frames, Packet, PulseError, Stream

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
INDEXES = st.integers(0, pulse.NOBODY)


def text(value: str | None) -> bytes:
    return pulse.nothing() if value is None else b"t" + value.encode() + b"\0"


def truth(value: bool) -> bytes:  # noqa: FBT001 - one of many kinds of value
    return b"1" if value else b"0"


def volume(channels: int) -> bytes:
    return b"v" + bytes([channels]) + b"\0\1\0\0" * channels


def channel_map(channels: int) -> bytes:
    return b"m" + bytes([channels]) + bytes(range(channels))


def packed(stream: Stream, *, channels: int = 2) -> bytes:
    """Return the stream as a server lists it."""
    return b"".join(
        (
            pulse.number(stream.number),
            text("its name"),
            pulse.number(17),  # its module
            pulse.number(pulse.NOBODY if stream.client is None else stream.client),
            pulse.number(pulse.NOBODY if stream.source is None else stream.source),
            b"a\3" + bytes([channels]) + struct.pack(">I", 44100),
            channel_map(channels),
            b"U" + bytes(8),
            b"U" + bytes(8),
            text(stream.resampling),
            text("protocol-native.c"),
            pulse.properties(stream.properties),
            truth(stream.corked),
            volume(channels),
            truth(stream.muted),
            truth(value=True),
            truth(value=False),
            b"fB\1" + pulse.properties({"format.rate": "44100"}),
        )
    )


STREAMS = st.builds(
    Stream,
    number=INDEXES,
    client=st.none() | st.integers(0, pulse.NOBODY - 1),
    source=st.none() | st.integers(0, pulse.NOBODY - 1),
    resampling=st.none() | TEXTS,
    properties=st.dictionaries(TEXTS, TEXTS, max_size=4),
    corked=st.booleans(),
    muted=st.booleans(),
)


@given(st.lists(STREAMS, max_size=4), st.integers(0, 32))
def test_streams_are_read_as_they_were_listed(streams: list[Stream], channels: int) -> None:
    assert pulse.recordings(b"".join(packed(each, channels=channels) for each in streams)) == streams


@given(STREAMS, st.data())
def test_a_list_that_was_cut_off_is_an_error(stream: Stream, data: st.DataObject) -> None:
    whole = packed(stream)
    with pytest.raises(PulseError):
        pulse.recordings(whole[: data.draw(st.integers(1, len(whole) - 1))])


@given(st.binary(max_size=400))
def test_garbage_is_one_error_or_nothing(garbage: bytes) -> None:
    for read in (pulse.recordings, pulse.is_monitor, pulse.server_name, Frames().feed):
        try:
            read(garbage)
        except PulseError:
            continue


@given(STREAMS, st.data())
def test_a_list_with_a_wrong_byte_is_one_error_or_another_list(stream: Stream, data: st.DataObject) -> None:
    spoilt = bytearray(packed(stream))
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = pulse.recordings(bytes(spoilt))
    except PulseError:
        return
    assert all(isinstance(each, Stream) for each in found)


@pytest.mark.parametrize(("monitor_of", "expected"), [(3, True), (0, True), (pulse.NOBODY, False)])
def test_a_source_with_a_sink_is_a_monitor(monitor_of: int, expected: bool) -> None:  # noqa: FBT001 - from the table
    begin = pulse.number(1) + text("mic") + text(None) + b"a\3\2" + bytes(4) + channel_map(2) + pulse.number(7)
    values = begin + volume(2) + truth(value=False) + pulse.number(monitor_of) + b"what later versions add"
    assert pulse.is_monitor(values) is expected


@given(st.lists(st.tuples(st.sampled_from(Command), INDEXES, st.binary(max_size=30)), max_size=5), st.data())
def test_frames_are_put_together_however_they_come(
    asked: list[tuple[Command, int, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(pulse.request(command, tag, values) for command, tag, values in asked)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    frames, found = Frames(), []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += frames.feed(stream[begin:end])
    assert found == [Packet(*each) for each in asked]


def test_sound_and_shared_memory_are_passed_over() -> None:
    sound = struct.pack(">IIIII", 5, 0, 0, 0, 0) + b"sound"
    release = struct.pack(">IIIII", 0, pulse.NOBODY, 1, 0, 0x40000000)
    wanted = pulse.request(Command.REPLY, 4, pulse.number(9))
    assert Frames().feed(sound + release + wanted) == [Packet(Command.REPLY, 4, pulse.number(9))]


def test_a_frame_that_is_too_long_is_refused_before_it_comes() -> None:
    with pytest.raises(PulseError):
        Frames().feed(struct.pack(">IIIII", pulse.LONGEST + 1, pulse.NOBODY, 0, 0, 0))


def test_what_comes_after_a_frame_is_cut_off_waits() -> None:
    frames = Frames()
    whole = pulse.request(Command.REPLY, 1)
    assert frames.feed(whole[:-1]) == []
    assert frames.feed(whole[-1:]) == [Packet(Command.REPLY, 1, b"")]
