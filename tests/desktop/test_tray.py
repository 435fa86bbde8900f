"""The tray in real hosts: seen on the screen, clicked with a real pointer."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from queue import Empty, SimpleQueue

import pytest
from PIL import Image, ImageChops
from Xlib import X, error
from Xlib.display import Display

from breakd.adapters.bus import Bus
from breakd.adapters.tray import LinuxTray
from breakd.ports import SEPARATOR, Entry, MenuChosen, Message, SourceChanged, TrayView
from desktop.desk import SCREEN, Box, Desk

pytestmark = pytest.mark.desktop

SECONDS = 10
MINT, AMBER = (0x74, 0xE3, 0xB6), (0xFF, 0xB0, 0x2E)  # the ring that fills; a prompt that waits
PANEL = Box(0, 0, SCREEN[0], 40)
MENU = (
    Entry("Sat 24 min, helicopters in 6 min", "status", default=True),
    SEPARATOR,
    Entry("Short walk", "start:walk"),
    Entry("Helicopters", "start:helicopters"),
    Entry("Knee hovers", "start:knee-hovers", enabled=False),
    SEPARATOR,
    Entry("Pause", entries=(Entry("30 min", "pause:30m"), Entry("1 h", "pause:1h"))),
    Entry("Quit", "quit"),
)


class Shown:
    """A tray on a desk, and what it posts."""

    def __init__(self, desk: Desk, bus: Bus) -> None:
        self.desk = desk
        self.posted: SimpleQueue[Message] = SimpleQueue()
        self.tray = LinuxTray(self.posted.put, bus)
        self.show("sitting")

    def show(self, state: str, menu: tuple[Entry, ...] = MENU) -> None:
        self.tray.show(TrayView(state, 0.7, "Helicopters in 6 min", menu))

    def expect(self, *messages: Message) -> None:
        """Take what is posted, in this order, and nothing else."""
        try:
            assert list(messages) == [self.posted.get(timeout=SECONDS) for _ in messages]
        except Empty:
            raise AssertionError(f"not posted: {messages} (the screen: {self.desk.shot('failed')})") from None

    def drawn(self, colour: tuple[int, int, int] = MINT) -> tuple[int, int] | None:
        """Return the middle of the icon, found by its colour; None while it is not there."""
        picture = self.desk.picture(PANEL)
        apart = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).convert("L")
        box = apart.point([255 * (value < 8) for value in range(256)]).getbbox()
        return ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2) if box and box[2] - box[0] >= 8 else None

    def redrawn(self, before: Image.Image) -> bool:
        return self.desk.picture(PANEL).tobytes() != before.tobytes()

    def click(self, button: int) -> None:
        at = self.desk.wait(self.drawn, "the icon")
        assert at is not None
        self.desk.click(*at, button)

    def menu(self) -> Box:
        """Open the menu and return its place."""
        self.click(3)
        return self.desk.wait(self.desk.bubbles, "the menu")[0]


@contextmanager
def shown_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", desk.env["DISPLAY"])
    with closing(Bus(desk.env["DBUS_SESSION_BUS_ADDRESS"])) as bus:
        shown = Shown(desk, bus)
        with closing(shown.tray):
            yield shown


@pytest.fixture(scope="module")
def panel_desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(tray="xfce4-panel") as desk:
        yield desk


@pytest.fixture
def panel(panel_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Return a tray that the panel has."""
    with shown_on(panel_desk, monkeypatch) as shown:
        shown.expect(SourceChanged("tray", "sni"))
        yield shown
    panel_desk.wait(lambda: not shown.drawn(), "the icon to go")


@pytest.fixture
def bare(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Return a tray on a desk with no tray host."""
    with make_desk() as desk, shown_on(desk, monkeypatch) as shown:
        shown.expect(SourceChanged("tray", "none"))
        yield shown


def test_the_icon_shows_its_state(panel: Shown) -> None:
    panel.desk.wait(panel.drawn, "the ring")
    panel.desk.shot("tray-sitting")
    panel.show("due")
    panel.desk.wait(lambda: panel.drawn(AMBER) and not panel.drawn(), "the prompt's icon")
    panel.desk.shot("tray-due")
    for state in ("held", "paused", "outside", "away", "routine", "problem"):
        before = panel.desk.picture(PANEL)
        panel.show(state)
        panel.desk.wait(partial(panel.redrawn, before), state)
        panel.desk.shot(f"tray-{state}")


def test_a_left_click_chooses_the_default(panel: Shown) -> None:
    panel.click(1)
    panel.expect(MenuChosen("status"))


def test_an_entry_of_the_menu_is_clicked(panel: Shown) -> None:
    menu = panel.menu()
    panel.desk.shot("tray-menu")
    text = panel.desk.text(menu)
    assert all(word in text for word in ("Sat 24 min", "Short walk", "Helicopters", "Pause", "Quit")), text
    panel.desk.click_word("Helicopters", menu)
    panel.expect(MenuChosen("start:helicopters"))


def test_an_entry_of_a_submenu_is_clicked(panel: Shown) -> None:
    menu = panel.menu()
    panel.desk.click_word("Pause", menu)
    (submenu,) = panel.desk.wait(lambda: [box for box in panel.desk.bubbles() if box != menu], "the submenu")
    panel.desk.shot("tray-submenu")
    panel.desk.click_word("30", submenu)
    panel.expect(MenuChosen("pause:30m"))


def test_a_menu_that_is_open_stays_when_it_changes(panel: Shown) -> None:
    menu = panel.menu()
    panel.show("sitting", (Entry("Sat 25 min, helicopters in 5 min", "status", default=True), *MENU[1:]))
    panel.desk.wait(lambda: "25 min" in panel.desk.text(menu), "the new line")
    panel.desk.click_word("Quit", menu)
    panel.expect(MenuChosen("quit"))


def test_the_panel_is_killed_and_comes_back(panel: Shown) -> None:
    panel.desk.stop_tray()
    panel.expect(SourceChanged("tray", "none"))
    panel.desk.start_tray("xfce4-panel")
    panel.expect(SourceChanged("tray", "sni"))
    panel.click(1)
    panel.expect(MenuChosen("status"))


def test_a_panel_that_comes_late(bare: Shown) -> None:
    bare.desk.start_tray("xfce4-panel")
    bare.expect(SourceChanged("tray", "sni"))
    bare.click(1)
    bare.expect(MenuChosen("status"))


def test_a_tray_without_a_watcher(bare: Shown) -> None:
    bare.desk.start_tray("trayer")
    bare.expect(SourceChanged("tray", "xembed"))
    bare.click(1)
    bare.expect(MenuChosen("status"))
    bare.desk.shot("tray-xembed")
    bare.show("due")
    bare.desk.wait(lambda: bare.drawn(AMBER), "the prompt's icon")
    bare.desk.shot("tray-xembed-due")
    picture = bare.desk.picture(PANEL)
    lit = (
        picture.convert("L").point([255 * (value > 0) for value in range(256)]).getbbox()
    )  # the tray, on a black screen
    assert lit is not None
    corners = {
        picture.getpixel((column, row)) for column in (lit[0] + 1, lit[2] - 2) for row in (lit[1] + 1, lit[3] - 2)
    }
    assert len(corners) == 1
    assert (0, 0, 0) not in corners, "the icon lies on the tray's own ground"


def test_a_tray_without_a_watcher_that_restarts(bare: Shown) -> None:
    for _ in range(2):
        bare.desk.start_tray("trayer")
        bare.expect(SourceChanged("tray", "xembed"))
        bare.desk.wait(bare.drawn, "the icon")
        bare.desk.stop_tray()
        bare.expect(SourceChanged("tray", "none"))


def test_a_watcher_takes_over(bare: Shown) -> None:
    bare.desk.start_tray("trayer")
    bare.expect(SourceChanged("tray", "xembed"))
    bare.desk.wait(bare.drawn, "the icon")
    bare.desk.start_tray("xfce4-panel")
    bare.expect(SourceChanged("tray", "sni"))


def test_an_icon_that_is_closed_goes(bare: Shown) -> None:
    bare.desk.start_tray("trayer")
    bare.desk.wait(bare.drawn, "the icon")
    bare.tray.close()
    bare.desk.wait(lambda: not bare.drawn(), "the icon to go")


def test_an_error_of_x_is_told_as_what_it_is(bare: Shown) -> None:
    from breakd.adapters import xembed  # noqa: PLC0415 - the import opens the display

    with closing(xembed.mended(Display())) as display, pytest.raises(error.BadValue):
        display.screen().root.get_property(display.intern_atom("_NET_SUPPORTED"), X.AnyPropertyType, 1 << 20, 1)
