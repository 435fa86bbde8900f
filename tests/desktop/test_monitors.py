"""The monitors, the scale and the theme of a real screen; two monitors are made of its halves."""

# mypy: disallow-subclassing-any=False
# python-xlib has no types.

import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import Xlib.display
import Xlib.X
from Xlib import Xatom
from Xlib.protocol import rq

from breakd.adapters.appearance import Appearance, preferred
from breakd.adapters.monitors import workplace
from breakd.ports import Area
from desktop.desk import SCREEN, Desk

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = SCREEN
PANEL = 29
"""The strip that the panel takes: itself and its border."""


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(tray="xfce4-panel") as desk:
        yield desk


@pytest.fixture
def screen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator["Screen"]:
    for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GSETTINGS_BACKEND"):
        monkeypatch.setenv(name, desk.env[name])
    for name in ("GDK_SCALE", "GTK_THEME"):
        monkeypatch.delenv(name, raising=False)
    screen = Screen(desk)
    yield screen
    screen.close()


class SetMonitor(rq.Request):
    """RandR's request; python-xlib's own does not pack its fields."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic", default=0),
        rq.Card16("outputs", default=0),
        rq.Int16("x"),
        rq.Int16("y", default=0),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm", default=300),
        rq.Card32("height_mm", default=300),
    )


class Screen:
    """What the desktop's own programs set on the screen; all of it is taken back by `close`."""

    def __init__(self, desk: Desk) -> None:
        self._display: Any = Xlib.display.Display(desk.env["DISPLAY"])
        self._root = self._display.screen().root
        self._monitors: list[int] = []
        self._work_area = self._display.intern_atom("_NET_WORKAREA")
        self._before = self._root.get_full_property(self._work_area, Xatom.CARDINAL).value

    def split(self) -> None:
        """Make monitors of the left and the right half; the right one is the primary one."""
        for name, left in ("left", 0), ("right", WIDTH // 2):
            atom = self._display.intern_atom(name)
            SetMonitor(
                self._display.display,
                opcode=self._display.display.get_extension_major("RANDR"),
                window=self._root,
                name=atom,
                primary=name == "right",
                x=left,
                width=WIDTH // 2,
                height=HEIGHT,
            )
            self._monitors.append(atom)
        self._display.sync()

    def resources(self, text: str) -> None:
        self._root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, text.encode())
        self._display.sync()

    def work_area(self, *numbers: int) -> None:
        """Set the work area of the first virtual desktop, the current one."""
        self._root.change_property(self._work_area, Xatom.CARDINAL, 32, numbers)
        self._display.sync()

    def settings(self, **numbers_and_texts: int | str) -> None:
        """Set XSETTINGS, as the desktop's settings daemon does; `__` stands for a slash."""
        told = struct.pack("<B3xII", 0, 1, len(numbers_and_texts))
        for key, value in numbers_and_texts.items():
            name = key.replace("__", "/").encode()
            raw = value.encode() if isinstance(value, str) else b""
            told += struct.pack("<BxH", isinstance(value, str), len(name)) + name + bytes(-len(name) % 4)
            told += struct.pack("<Ii", 0, len(raw) if isinstance(value, str) else value) + raw + bytes(-len(raw) % 4)
        owner = self._root.create_window(0, 0, 1, 1, 0, Xlib.X.CopyFromParent)
        atom = self._display.intern_atom("_XSETTINGS_SETTINGS")
        owner.change_property(atom, atom, 8, told)
        owner.set_selection_owner(self._display.intern_atom("_XSETTINGS_S0"), Xlib.X.CurrentTime)
        self._display.sync()

    def close(self) -> None:
        for atom in self._monitors:
            self._root.xrandr_delete_monitor(atom)
        self._root.delete_property(Xatom.RESOURCE_MANAGER)
        self.work_area(*self._before)
        self._display.close()


def free(left: int = 0, width: int = WIDTH) -> Area:
    """Return this part of the screen, below the panel."""
    return Area(left, PANEL, width, HEIGHT - PANEL, 1.0)


def scale_here() -> float | None:
    here = workplace()
    assert here is not None
    return here.scale


def test_one_monitor_is_the_screen_without_its_panel(desk: Desk, screen: Screen) -> None:
    desk.wait(lambda: workplace() == free(), "the panel's strip left free")


def test_the_monitor_is_the_one_with_the_pointer(desk: Desk, screen: Screen) -> None:
    screen.split()
    desk.move(100, 400)
    desk.wait(lambda: workplace() == free(0, WIDTH // 2), "the left monitor")
    desk.move(WIDTH - 100, 400)
    desk.wait(lambda: workplace() == free(WIDTH // 2, WIDTH // 2), "the right monitor")


def test_a_work_area_that_shuts_a_monitor_out_does_not_count_there(desk: Desk, screen: Screen) -> None:
    screen.split()
    desk.move(WIDTH - 100, 400)

    def is_whole() -> bool:
        screen.work_area(0, PANEL, WIDTH // 2, HEIGHT - PANEL)  # the window manager sets its own when monitors change
        return workplace() == Area(WIDTH // 2, 0, WIDTH // 2, HEIGHT, 1.0)

    desk.wait(is_whole, "the whole right monitor")


@pytest.mark.parametrize(
    ("resources", "scale"),
    [
        ("Xft.dpi:\t96\n", 1.0),
        ("Xft.hinting:\t1\nXft.dpi:\t144\n", 1.5),
        ("Xft.dpi:\t110\n", 1.25),
        ("Xft.dpi:\t40\n", 1.0),
        ("Xft.dpi:\t600\n", 3.0),
        ("Xft.dpi:\tnan\n", 1.0),
        ("Xft.dpi\n", 1.0),
    ],
)
def test_the_resolution_of_x_programs_sets_the_scale(screen: Screen, resources: str, scale: float) -> None:
    screen.resources(resources)
    assert scale_here() == scale


def test_the_largest_scale_that_is_set_counts(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.resources("Xft.dpi:\t120\n")
    screen.settings(Gdk__WindowScalingFactor=2)
    assert scale_here() == 2.0
    monkeypatch.setenv("GDK_SCALE", "3")
    assert scale_here() == 3.0


def test_the_desktops_theme_is_told_by_the_screen(screen: Screen) -> None:
    screen.settings(Net__ThemeName="Greybird-dark", Gtk__EnableAnimations=0)
    assert preferred() == Appearance("dark", reduced_motion=True)


def test_a_4k_monitor_that_nobody_says_anything_of_is_drawn_on_at_twice_the_size(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GDK_SCALE", raising=False)
    with make_desk(size=(3840, 2160)) as desk:
        monkeypatch.setenv("DISPLAY", desk.env["DISPLAY"])
        desk.wait(lambda: workplace() == Area(0, 0, 3840, 2160, 2.0), "twice the size")


def test_with_no_screen_there_is_no_workplace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":none")
    assert workplace() is None
    monkeypatch.delenv("DISPLAY")
    assert workplace() is None
