"""Who speaks, and what it is given: scripts in the engines' place record it. The screen reader's service is a fake."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.speech import Speech, screen_reader_running
from fakeprograms import HANG, FakePrograms, until

SPD_SAY = "spd-say --pipe-mode --language en --application-name breakd --priority message"
ESPEAK = "espeak-ng -v en -b 1 --stdin"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    return FakePrograms(tmp_path, monkeypatch)


def test_speech_dispatcher_takes_back_the_last_text_and_speaks_the_new(programs: FakePrograms) -> None:
    programs.add("spd-say")
    programs.add("espeak-ng")
    speech = Speech()
    assert speech.name == "spd-say"
    speech.say("Roll your shoulders")
    speech.say("To the left")
    said = [SPD_SAY, "<!-!CANCEL self", "< Roll your shoulders", "<!-!CANCEL self", "< To the left"]
    programs.wait_for(*said)
    speech.close()
    programs.wait_for(*said, "<!-!CANCEL self")
    programs.wait_for_the_end_of(programs.pids()[0])


def test_espeak_speaks_where_there_is_no_speech_dispatcher(programs: FakePrograms) -> None:
    programs.add("espeak-ng", HANG)
    speech = Speech()
    assert speech.name == "espeak-ng"
    speech.say("Roll your shoulders")
    programs.wait_for(ESPEAK, "<Roll your shoulders")
    speech.say("To the left")
    programs.wait_for(ESPEAK, "<Roll your shoulders", ESPEAK, "<To the left")
    first, second = programs.pids()
    programs.wait_for_the_end_of(first)
    speech.close()
    programs.wait_for_the_end_of(second)


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        ("spd-say", (SPD_SAY, "<!-!CANCEL self", "< !-!QUIT -h $HOME 50 %s Füße")),
        ("espeak-ng", (ESPEAK, "<!-!QUIT -h $HOME 50 %s Füße")),
    ],
)
def test_a_text_is_never_an_option_or_a_command(programs: FakePrograms, engine: str, said: tuple[str, ...]) -> None:
    programs.add(engine)
    speech = Speech()
    speech.say("!-!QUIT\n-h $HOME\t50 %s Füße")
    programs.wait_for(*said)
    speech.close()


def test_an_engine_that_ends_makes_way_for_the_next(programs: FakePrograms, tmp_path: Path) -> None:
    (tmp_path / "bin" / "spd-say").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "spd-say").chmod(0o755)
    programs.add("espeak-ng")
    speech = Speech()

    def speaks() -> bool:
        speech.say("Rest")
        return speech.name == "espeak-ng"

    until(speaks, lambda: f"{speech.name} still serves")
    programs.wait_for(ESPEAK, "<Rest")
    speech.close()


def test_an_engine_that_takes_nothing_is_ended(programs: FakePrograms, tmp_path: Path) -> None:
    script, pid = tmp_path / "bin" / "spd-say", tmp_path / "pid"
    script.write_text(f"#!/bin/sh\necho $$ > {pid}\n{HANG}\n")
    script.chmod(0o755)
    speech = Speech()
    speech.say("Rest")
    until(lambda: pid.exists() and pid.read_text(), lambda: "it was not started")
    for _ in range(10_000):  # more than a pipe holds
        speech.say("Rest")
    assert speech.name == "none"
    programs.wait_for_the_end_of(int(pid.read_text()))


def test_a_speech_dispatcher_that_does_not_end_is_ended(programs: FakePrograms) -> None:
    programs.add("spd-say", HANG)
    speech = Speech()
    speech.say("Rest")
    programs.wait_for(SPD_SAY, "<!-!CANCEL self", "< Rest")
    speech.close()
    programs.wait_for_the_end_of(programs.pids()[0])


def test_with_no_engine_there_is_silence(programs: FakePrograms) -> None:
    speech = Speech()
    speech.say("Rest")
    speech.close()
    assert (speech.name, programs.said()) == ("none", [])


class FakeAccessibility:
    """org.a11y.Bus, that says whether a screen reader is on."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._bus = Bus.session()
        self._bus.export("/org/a11y/bus", "org.a11y.Status", self)
        assert self._bus.call(DBUS, "RequestName", "su", ("org.a11y.Bus", 4)) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {"ScreenReaderEnabled": ("b", self.on), "IsEnabled": ("b", True)}

    def close(self) -> None:
        self._bus.close()


@pytest.fixture(params=[True, False])
def accessibility(daemon: "subprocess.Popen[str]", request: pytest.FixtureRequest) -> Iterator[FakeAccessibility]:
    fake = FakeAccessibility(on=request.param)
    yield fake
    fake.close()


def test_the_accessibility_service_tells_of_a_screen_reader(accessibility: FakeAccessibility) -> None:
    assert screen_reader_running() == accessibility.on


@pytest.mark.parametrize("value", ["true", "false"])
def test_without_the_service_gnomes_setting_tells(
    daemon: "subprocess.Popen[str]", programs: FakePrograms, value: str
) -> None:
    programs.add("gsettings", f"echo org.gnome.desktop.a11y.applications screen-reader-enabled {value}")
    assert screen_reader_running() == (value == "true")


def test_with_no_bus_and_no_settings_there_is_no_screen_reader(
    programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert not screen_reader_running()


def test_settings_that_do_not_answer_are_not_waited_for(
    daemon: "subprocess.Popen[str]", programs: FakePrograms
) -> None:
    programs.add("gsettings", HANG)
    assert not screen_reader_running()
