"""What is heard, and what is not: scripts in the place of player and engine record it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.adapters.voice import Voice
from fakeprograms import HANG, FakePrograms, until

SAID = "espeak-ng -v en -b 1 --stdin"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    programs = FakePrograms(tmp_path, monkeypatch)
    programs.add("espeak-ng")
    return programs


@pytest.fixture
def voice(programs: FakePrograms) -> Iterator[Voice]:
    voice = Voice(sound=True)
    yield voice
    voice.close()


def test_it_speaks_and_sounds(programs: FakePrograms, voice: Voice) -> None:
    programs.add("paplay")
    voice.say("Lift")
    voice.wake()
    programs.wait_for(SAID, "<Lift")
    voice.play("phase")
    until(lambda: len(programs.said()) == 3, lambda: f"no sound: {programs.said()}")
    assert programs.said()[2].startswith("paplay ")


def test_muted_it_is_silent_at_once_and_the_next_time(programs: FakePrograms, voice: Voice) -> None:
    programs.add("espeak-ng", HANG)
    voice.wake()
    voice.say("Lift")
    programs.wait_for(SAID, "<Lift")
    voice.mute(muted=True)
    programs.wait_for_the_end_of(programs.pids()[0])
    voice.say("Lower")
    voice.play("phase")
    voice.close()
    programs.wait_for(SAID, "<Lift")
    assert Voice(sound=True).muted


def test_it_can_be_heard_again(programs: FakePrograms, voice: Voice) -> None:
    voice.wake()
    voice.mute(muted=True)
    voice.mute(muted=False)
    voice.say("Lift")
    programs.wait_for(SAID, "<Lift")
    assert not Voice(sound=False).muted


@pytest.mark.usefixtures("programs")
def test_the_configuration_decides_at_first() -> None:
    assert Voice(sound=False).muted
    assert not Voice(sound=True).muted


def test_where_nothing_can_be_remembered_it_is_muted_for_now(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "xdg_state_home").write_text("in the way")
    voice.mute(muted=True)
    assert voice.muted


def test_with_a_screen_reader_it_speaks_without_sounds(programs: FakePrograms) -> None:
    programs.add("paplay")
    programs.add("gsettings", "echo org.gnome.desktop.a11y.applications screen-reader-enabled true")
    voice = Voice(sound=False)
    voice.wake()
    voice.play("phase")
    voice.say("Lift")
    until(lambda: programs.said()[1:] == [SAID, "<Lift"], lambda: str(programs.said()))
    voice.mute(muted=True)
    voice.say("Lower")
    voice.close()
    assert "<Lower" not in programs.said()
