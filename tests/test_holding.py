"""The board of what holds: from who uses what, by which source, to the reasons that are on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core import events as e
from breakd.core.settings import CALLS, REASONS
from breakd.holding import BY_PROGRAM, Board, last_touch, wanted
from breakd.ports import InUse
from machine import settings

Users = tuple[tuple[str, ...], ...]


def board(*seen: tuple[str, str, Users]) -> Board:
    found = Board()
    for reason, source, users in seen:
        found = found.seen(InUse(reason, source, users))
    return found


def test_nothing_seen_is_nothing_on() -> None:
    assert Board().on(settings()) == {}


def test_a_reason_is_on_as_long_as_one_source_sees_one_user() -> None:
    both = board(("camera", "video4linux", (("cheese",),)), ("camera", "pipewire", (("firefox",),)))
    assert both.on(settings()) == {"camera": False}
    one = both.seen(InUse("camera", "video4linux", ()))
    assert one.on(settings()) == {"camera": False}
    assert one.seen(InUse("camera", "pipewire", ())).on(settings()) == {}


def test_a_user_without_a_name_counts() -> None:
    assert board(("fullscreen", "x11", ((),))).on(settings(hold={"ignore": ["mpv"]})) == {"fullscreen": False}


def test_what_is_no_longer_watched_is_forgotten() -> None:
    found = board(("screen-share", "pipewire", (("firefox",),))).only(wanted(settings(hold={"while": []})))
    assert found.on(settings()) == {}


@pytest.mark.parametrize("name", ["org.gnome.Totem.desktop", "org.gnome.Totem", "totem"])
def test_a_long_name_of_the_desktop_s_has_its_program_at_its_end(name: str) -> None:
    assert board(("idle-inhibit", "gnome-session", ((name,),))).on(settings(hold={"ignore": ["Totem"]})) == {}


def test_the_oldest_stands_first() -> None:
    found = board(("microphone", "pulse", (("a",),)), ("fullscreen", "x11", (("b",),)))
    assert list(found.on(settings())) == ["microphone", "fullscreen"]


@pytest.mark.parametrize("ignored", ["emacs", "EMACS", " Emacs ", "emacs-gtk"])
def test_who_is_ignored_by_any_name_in_any_case_does_not_count(ignored: str) -> None:
    there = settings(hold={"ignore": [ignored]})
    assert board(("fullscreen", "x11", (("Emacs", "emacs-gtk"),))).on(there) == {}
    assert board(("fullscreen", "x11", (("Emacs", "emacs-gtk"), ("mpv",)))).on(there) == {"fullscreen": False}


def test_no_part_of_a_name_is_the_name() -> None:
    there = settings(hold={"ignore": ["emacs"]})
    assert board(("fullscreen", "x11", (("emacsclient",),))).on(there) == {"fullscreen": False}


@pytest.mark.parametrize("reason", REASONS)
def test_named_programs_count_where_they_can_be_told_apart(reason: str) -> None:
    there = settings(hold={"while": [], "programs": ["zoom"]})
    found = board((reason, "any", (("zoom",),))).only(wanted(there)).on(there)
    assert found == ({reason: True} if reason in BY_PROGRAM else {reason: False} if reason in CALLS else {})


def test_who_is_ignored_and_named_is_ignored() -> None:
    there = settings(hold={"ignore": ["zoom"], "programs": ["zoom"]})
    assert board(("microphone", "pulse", (("zoom",),))).on(there) == {}


def test_what_is_watched_is_what_holds_and_calls_and_what_a_program_may_do() -> None:
    assert wanted(settings(hold={"while": []})) == CALLS
    assert wanted(settings(hold={"while": ["screen-share"]})) == CALLS | {"screen-share"}
    assert wanted(settings(hold={"while": [], "programs": ["zoom"]})) == CALLS | BY_PROGRAM


names = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)
messages = st.lists(
    st.builds(
        InUse, st.sampled_from(REASONS), st.sampled_from(["one", "other"]), st.lists(names, max_size=2).map(tuple)
    ),
    max_size=12,
)
programs = st.lists(st.sampled_from(["a", "B"]), max_size=2, unique=True)


@given(told=messages, reasons=st.lists(st.sampled_from(REASONS), unique=True), ignored=programs, named=programs)
def test_what_is_on_follows_from_what_was_told_last(
    told: list[InUse], reasons: list[str], ignored: list[str], named: list[str]
) -> None:
    there = settings(hold={"while": reasons, "ignore": ignored, "programs": named})
    found = Board()
    for message in told:
        found = found.seen(message).only(wanted(there))
    last = {(message.reason, message.source): message.users for message in told}
    out, by_name = ({name.lower() for name in listed} for listed in (ignored, named))
    for reason in REASONS:
        users = [user for (of, _source), seen in last.items() if of == reason for user in seen if not out & {*user}]
        on = found.on(there)
        assert (reason in on) == (bool(users) and reason in wanted(there))
        if reason in on:
            assert on[reason] == (reason in BY_PROGRAM and any(by_name & {*user} for user in users))


@pytest.mark.parametrize(
    ("event", "going_on", "still"),
    [
        (e.Input(9), None, None),
        (e.Unlocked(9), None, None),
        (e.Idle(9, 5), 5, 2),
        (e.Locked(9), 9, 2),
        (e.Slept(9), 9, 2),
        (e.Stopped(9, quit=False), 9, 2),
        (e.Skip(9, "cli"), None, 9),
        (e.Stand(9), None, 9),
        (e.WavedAway(9, 1), None, 9),
        (e.Tick(9), None, 2),
        (e.Busy(9, "microphone"), None, 2),
        (e.Woke(9), None, 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_last_touch(event: Any, going_on: int | None, still: int | None) -> None:
    """From one that goes on, and from one that was at 2."""
    assert last_touch(None, event) == going_on
    assert last_touch(2, event) == still
