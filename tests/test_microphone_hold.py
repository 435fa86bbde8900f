"""The daemon keeps quiet while somebody records from a microphone: a real server of sound, a real recorder, the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from running import QUICK, Home
from soundserver import SoundServer, sound_server


@pytest.fixture(params=["pulseaudio", "pipewire"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SoundServer]:
    with sound_server(request.param, tmp_path) as running:
        yield running


def live_with(server: SoundServer, home: Home, more: str = "") -> None:
    home.env["PULSE_SERVER"] = f"unix:{server.runtime}/pulse/native"
    home.config.write_text(QUICK + more, encoding="utf-8")


def test_a_break_that_comes_due_in_a_call_asks_after_it(server: SoundServer, home: Home) -> None:
    live_with(server, home)
    call = server.record()
    home.run()
    home.wait_for_event("held")
    assert home.log()[-1]["reason"] == "microphone"
    call.terminate()
    home.wait_for_event("prompted")
    assert home.events() == ["daemon_started", "due", "held", "prompted"]


def test_a_call_longer_than_at_most_holds_no_longer(server: SoundServer, home: Home) -> None:
    live_with(server, home, '[hold]\nat_most = "2s"\n')
    server.record()
    home.run()
    home.wait_for_event("prompted")
    held, prompted = home.log()[-2:]
    assert (held["event"], held["reason"], prompted["event"]) == ("held", "microphone", "prompted")


def test_a_program_that_is_ignored_holds_nothing(server: SoundServer, home: Home) -> None:
    live_with(server, home, '[hold]\nignore = ["Dictation", "meter"]\n')
    server.record("--client-name=dictation")
    home.run()
    home.wait_for_event("prompted")
    assert home.events() == ["daemon_started", "due", "prompted"]
