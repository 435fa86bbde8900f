"""What the desktop wants, from each source that can tell it; the portal is a fake on a bus of its own."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters import appearance
from breakd.adapters.appearance import Appearance, Known, preferred, settings_theme
from breakd.adapters.bus import DBUS, Bus
from fakeprograms import HANG, FakePrograms

GROUP = "org.freedesktop.appearance"


class FakePortal:
    """The settings of xdg-desktop-portal."""

    def __init__(self) -> None:
        self.settings: dict[str, tuple[str, Any]] = {}
        self.broken = False
        self.answers = threading.Event()
        self.answers.set()
        self._bus = Bus.session()
        self._bus.export("/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings", self)
        assert self._bus.call(DBUS, "RequestName", "su", ("org.freedesktop.portal.Desktop", 4)) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {"version": ("u", 2)}

    def do_ReadAll(self, groups: list[str]) -> tuple[str, tuple[Any, ...]]:  # noqa: N802 - the method's name
        assert groups == [GROUP]
        self.answers.wait(10)
        if self.broken:
            return "s", ("nonsense",)
        return "a{sa{sv}}", ({GROUP: self.settings} if self.settings else {},)

    def close(self) -> None:
        self._bus.close()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """Return the only programs that there are; there is no screen, and no theme in the environment."""
    for name in ("DISPLAY", "GTK_THEME"):
        monkeypatch.delenv(name, raising=False)
    return FakePrograms(tmp_path, monkeypatch)


@pytest.fixture
def portal(daemon: "subprocess.Popen[str]", programs: FakePrograms) -> Iterator[FakePortal]:
    fake = FakePortal()
    yield fake
    fake.close()


@pytest.mark.parametrize(
    ("scheme", "contrast", "theme"),
    [
        (0, 0, "light"),
        (1, 0, "dark"),
        (2, 0, "light"),
        (9, 9, "light"),  # no preference, as the portal's description says of values that it does not name
        (1, 1, "high-contrast"),
        (0, 1, "high-contrast"),
    ],
)
def test_the_portal_tells_of_colours_and_contrast(portal: FakePortal, scheme: int, contrast: int, theme: str) -> None:
    portal.settings = {"color-scheme": ("u", scheme), "contrast": ("u", contrast), "accent-color": ("(ddd)", (1, 1, 1))}
    assert preferred() == Appearance(theme, reduced_motion=False)


def test_an_older_portal_knows_the_colours_alone(portal: FakePortal) -> None:
    portal.settings = {"color-scheme": ("u", 1)}
    assert preferred() == Appearance("dark", reduced_motion=False)


def test_the_portal_tells_whether_things_may_move(portal: FakePortal) -> None:
    portal.settings = {"color-scheme": ("u", 1), "reduced-motion": ("u", 1)}
    assert preferred() == Appearance("dark", reduced_motion=True)


def test_who_knows_all_is_the_last_to_be_asked(portal: FakePortal, programs: FakePrograms) -> None:
    programs.add("gsettings", "echo org.gnome.desktop.interface enable-animations false")
    portal.settings = {"color-scheme": ("u", 2), "reduced-motion": ("u", 0)}
    assert preferred() == Appearance("light", reduced_motion=False)
    assert programs.said() == []


def test_what_the_portal_leaves_open_the_next_decides(
    portal: FakePortal, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("gsettings", "echo org.gnome.desktop.interface enable-animations false")
    portal.settings = {"color-scheme": ("u", 0)}
    monkeypatch.setenv("GTK_THEME", "Adwaita:dark")
    assert preferred() == Appearance("dark", reduced_motion=True)


def test_a_portal_that_talks_nonsense_is_passed_over(portal: FakePortal) -> None:
    portal.broken = True
    assert preferred() == Appearance("light", reduced_motion=False)


def test_a_portal_that_does_not_answer_is_not_waited_for(portal: FakePortal) -> None:
    portal.settings = {"color-scheme": ("u", 1)}
    portal.answers.clear()
    assert preferred() == Appearance("light", reduced_motion=False)
    portal.answers.set()


@pytest.mark.parametrize(
    ("name", "theme"),
    [
        ("Adwaita", "light"),
        ("Adwaita:dark", "dark"),
        ("Adwaita-dark", "dark"),
        ("Mint-Y-Dark-Aqua", "dark"),
        ("Arc-Darker", "light"),
        ("HighContrast", "high-contrast"),
        ("ContrastHighInverse", "high-contrast"),
    ],
)
def test_the_name_of_a_theme_tells(
    daemon: "subprocess.Popen[str]", programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, name: str, theme: str
) -> None:
    monkeypatch.setenv("GTK_THEME", name)
    assert preferred().theme == theme


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["color-scheme 'prefer-dark'", "gtk-theme 'Adwaita'"], Appearance("dark", reduced_motion=False)),
        (["color-scheme 'default'", "gtk-theme 'Yaru-dark'"], Appearance("dark", reduced_motion=False)),
        (["color-scheme 'prefer-light'", "gtk-theme 'Yaru-dark'"], Appearance("light", reduced_motion=False)),
        (["gtk-theme 'HighContrast'", "enable-animations false"], Appearance("high-contrast", reduced_motion=True)),
        (["", "nonsense"], Appearance("light", reduced_motion=False)),
    ],
)
def test_gnomes_settings_tell_where_no_portal_does(
    daemon: "subprocess.Popen[str]", programs: FakePrograms, lines: list[str], wanted: Appearance
) -> None:
    programs.add("gsettings", "\n".join(f'echo "org.gnome.desktop.interface {line}"' for line in lines))
    assert preferred() == wanted


def test_settings_that_hang_are_not_waited_for(daemon: "subprocess.Popen[str]", programs: FakePrograms) -> None:
    programs.add("gsettings", HANG)
    assert preferred() == Appearance("light", reduced_motion=False)


def test_where_nobody_tells_it_is_light_and_moving(
    programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("DISPLAY", ":none")
    assert preferred() == Appearance("light", reduced_motion=False)


def test_the_configuration_decides_what_it_names(portal: FakePortal) -> None:
    portal.settings = {"color-scheme": ("u", 1), "reduced-motion": ("u", 1)}
    assert settings_theme("auto") == Appearance("dark", reduced_motion=True)
    assert settings_theme("high-contrast") == Appearance("high-contrast", reduced_motion=True)
    portal.settings = {"color-scheme": ("u", 1), "reduced-motion": ("u", 0)}
    assert settings_theme("light") == Appearance("light", reduced_motion=False)
    assert settings_theme("auto", reduced_motion=True) == Appearance("dark", reduced_motion=True)
    assert settings_theme("light", reduced_motion=True) == Appearance("light", reduced_motion=True)


@pytest.mark.parametrize(
    ("values", "known"),
    [
        ({}, Known("light", reduced_motion=False)),
        ({"-g AppleInterfaceStyle": "Dark"}, Known("dark", reduced_motion=False)),
        (
            {"com.apple.universalaccess increaseContrast": "1", "com.apple.universalaccess reduceMotion": "1"},
            Known("high-contrast", reduced_motion=True),
        ),
    ],
)
def test_macos_tells_by_its_defaults(programs: FakePrograms, values: dict[str, str], known: Known) -> None:
    cases = "".join(f'"read {key}") echo {value};; ' for key, value in values.items())
    programs.add("defaults", f'case "$*" in {cases}*) echo "does not exist" >&2; exit 1;; esac')
    assert appearance._macos() == known
