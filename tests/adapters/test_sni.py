"""The StatusNotifierItem and its menu, as a host on a real bus of its own sees them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters import icon, tray
from breakd.adapters.bus import DBUS, Bus, BusError
from breakd.adapters.sni import ITEM, ITEM_PATH, MENU, MENU_PATH, WATCHER
from breakd.ports import SEPARATOR, Entry, MenuChosen, Message, SourceChanged, TrayView

ROOT = Path(__file__).parents[2]
SECONDS = 10
MENU_ENTRIES = (
    Entry("Sat 24 min, helicopters in 6 min"),
    SEPARATOR,
    Entry("Short walk", "walk", default=True),
    Entry("Pause", entries=(Entry("30 min", "pause 30m"), Entry("1 h", "pause 1h"))),
    Entry("Snooze", "snooze", enabled=False),
    Entry("Odd_name", "odd"),
    Entry("Standing", "sit", checked=True),
)
VIEW = TrayView("sitting", 0.5, "Helicopters in 6 min", MENU_ENTRIES)


@pytest.fixture
def dbus(daemon: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch) -> "subprocess.Popen[str]":
    """Start a session bus with no services, and no screen."""
    monkeypatch.delenv("DISPLAY", raising=False)
    return daemon


class Host:
    """A tray host: the watcher's name, what registered with it, and what it is told and asks."""

    def __init__(self) -> None:
        self.bus = Bus.session()
        self.items: SimpleQueue[str] = SimpleQueue()
        self.signals: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self.bus.export(WATCHER.object_path, WATCHER.interface, self)
        for interface, member in (
            (MENU, "LayoutUpdated"),
            (MENU, "ItemsPropertiesUpdated"),
            (ITEM, "NewIcon"),
            (ITEM, "NewTitle"),
            (ITEM, "NewToolTip"),
            (ITEM, "NewStatus"),
        ):
            self.bus.subscribe(lambda *body, m=member: self.signals.put((m, *body)), interface=interface, member=member)
        self.bus.call(DBUS, "GetId")  # the bus has our rules now

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_RegisterStatusNotifierItem(self, service: str) -> tuple[None, tuple[()]]:  # noqa: N802 - D-Bus's name
        self.items.put(service)
        return None, ()

    def appear(self) -> str:
        """Own the watcher's name; return the item that registers."""
        self.bus.call(DBUS, "RequestName", "su", (WATCHER.bus_name, 4))
        return self.items.get(timeout=SECONDS)

    def vanish(self) -> None:
        self.bus.call(DBUS, "ReleaseName", "s", (WATCHER.bus_name,))

    def item(self, name: str) -> Any:
        return self.bus.get(DBusAddress(ITEM_PATH, self.at, ITEM), name)

    def menu(self, method: str, signature: str, *body: Any) -> Any:
        return self.bus.call(DBusAddress(MENU_PATH, self.at, MENU), method, signature, body)

    at = ""

    def labels(self) -> dict[str, int]:
        """Return the entries of all levels: label -> id."""
        found = {}
        rest = [self.menu("GetLayout", "iias", 0, -1, [])[1]]
        while rest:
            id_, props, children = rest.pop()
            found[props.get("label", ("s", ""))[1]] = id_
            rest += [child for _signature, child in children]
        return found

    def click(self, id_: int) -> None:
        self.menu("Event", "isvu", id_, "clicked", ("s", ""), 0)


@pytest.fixture
def host(dbus: subprocess.Popen[str]) -> Iterator[Host]:
    host = Host()
    yield host
    host.bus.close()


@pytest.fixture
def posted() -> SimpleQueue[Message]:
    return SimpleQueue()


@pytest.fixture
def shown(dbus: subprocess.Popen[str], host: Host, posted: SimpleQueue[Message]) -> Iterator[tray.LinuxTray]:
    """Return a tray that a host has."""
    bus = Bus.session()
    linux_tray = tray.LinuxTray(posted.put, bus)
    linux_tray.show(VIEW)
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "none")
    host.at = host.appear()
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "sni")
    host.menu("AboutToShow", "i", 0)  # the bus has carried all that the start sent
    while not host.signals.empty():
        host.signals.get()
    yield linux_tray
    linux_tray.close()
    bus.close()


def test_registers_when_the_watcher_comes_late_and_again(
    shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]
) -> None:
    host.vanish()
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "none")
    assert host.appear() == host.at
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "sni")
    assert shown.name == "sni"


def test_a_watcher_that_refuses_is_none(dbus: subprocess.Popen[str], posted: SimpleQueue[Message]) -> None:
    refusing, bus = Bus.session(), Bus.session()
    refusing.call(DBUS, "RequestName", "su", (WATCHER.bus_name, 4))
    linux_tray = tray.LinuxTray(posted.put, bus)
    linux_tray.show(VIEW)
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "none")
    refusing.close()
    bus.close()


def test_the_bus_goes(shown: tray.LinuxTray, dbus: subprocess.Popen[str], posted: SimpleQueue[Message]) -> None:
    dbus.kill()
    assert posted.get(timeout=SECONDS) == SourceChanged("tray", "none")
    shown.show(TrayView("paused", 0, "Paused", ()))


def test_without_a_bus_and_a_screen_there_is_none(
    monkeypatch: pytest.MonkeyPatch, posted: SimpleQueue[Message]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    nothing = tray.connect(posted.put, None)
    nothing.show(VIEW)
    nothing.show(VIEW)
    nothing.close()
    assert posted.get_nowait() == SourceChanged("tray", "none")
    assert posted.empty()


def test_a_screen_that_does_not_answer_is_none() -> None:
    # In a process of its own: python-xlib leaves the socket open, of which pytest would warn.
    program = (
        "from queue import SimpleQueue; from breakd.adapters import tray; from breakd.ports import TrayView; "
        "posted = SimpleQueue(); tray.connect(posted.put, None).show(TrayView('sitting', 0, '', ())); "
        "print(posted.get())"
    )
    env = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"} | {"DISPLAY": ":4711"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(SourceChanged("tray", "none"))
    assert "Traceback" not in done.stderr


def test_the_item_tells_what_hosts_ask(shown: tray.LinuxTray, host: Host) -> None:
    assert host.item("Id") == "breakd"
    assert host.item("Status") == "Active"
    assert host.item("ItemIsMenu") is False
    assert host.item("Menu") == MENU_PATH
    assert host.item("ToolTip")[2] == "Helicopters in 6 min"
    assert host.item("IconPixmap")


def test_the_picture_is_there_in_each_size(shown: tray.LinuxTray, host: Host) -> None:
    for size, (width, height, data) in zip(icon.SIZES, host.item("IconPixmap"), strict=True):
        assert (width, height, len(data)) == (size, size, 4 * size * size)
        argb_in_network_order = [data[at + 1 : at + 4] + data[at : at + 1] for at in range(0, len(data), 4)]
        assert b"".join(argb_in_network_order) == icon.draw(icon.look("sitting", 0.5), size).tobytes()


def test_all_properties_at_once(shown: tray.LinuxTray, host: Host) -> None:
    address = DBusAddress(ITEM_PATH, host.at, "org.freedesktop.DBus.Properties")
    (properties,) = host.bus.call(address, "GetAll", "s", (ITEM,))
    assert {"Category", "Id", "Title", "Status", "IconPixmap", "ToolTip", "ItemIsMenu", "Menu"} <= set(properties)


def test_an_unknown_property_or_method_is_an_error(shown: tray.LinuxTray, host: Host) -> None:
    with pytest.raises(BusError):
        host.item("XAyatanaLabel")
    with pytest.raises(BusError):
        host.menu("Dance", "i", 1)


def test_the_layout(shown: tray.LinuxTray, host: Host) -> None:
    _revision, (_root, _props, children) = host.menu("GetLayout", "iias", 0, -1, [])
    entries = [child for _signature, child in children]
    assert entries[0][1] == {
        "label": ("s", "Sat 24 min, helicopters in 6 min"),
        "enabled": ("b", False),
        "visible": ("b", True),
    }
    assert entries[1][1]["type"] == ("s", "separator")
    assert entries[2][1]["enabled"] == ("b", True)
    assert entries[3][1]["children-display"] == ("s", "submenu")
    assert [child[1]["label"][1] for _signature, child in entries[3][2]] == ["30 min", "1 h"]
    assert entries[4][1]["enabled"] == ("b", False)
    assert entries[5][1]["label"] == ("s", "Odd__name")
    assert "toggle-type" not in entries[5][1]
    assert entries[6][1]["toggle-type"] == ("s", "checkmark")
    assert entries[6][1]["toggle-state"] == ("i", 1)


def test_the_layout_by_level_and_by_name(shown: tray.LinuxTray, host: Host) -> None:
    _revision, (_root, _props, children) = host.menu("GetLayout", "iias", 0, 1, ["label"])
    assert all(not below and set(props) <= {"label"} for _signature, (_id, props, below) in children)
    _revision, (id_, _props, below) = host.menu("GetLayout", "iias", host.labels()["Pause"], -1, [])
    assert id_ == host.labels()["Pause"]
    assert len(below) == 2


def test_properties_of_a_group(shown: tray.LinuxTray, host: Host) -> None:
    ids = [host.labels()["Short walk"], 4711]
    assert host.menu("GetGroupProperties", "aias", ids, ["label"]) == ([(ids[0], {"label": ("s", "Short walk")})],)
    assert host.menu("GetProperty", "is", ids[0], "enabled") == (("b", True),)


def test_about_to_show(shown: tray.LinuxTray, host: Host) -> None:
    assert host.menu("AboutToShow", "i", 0) == (False,)
    assert host.menu("AboutToShowGroup", "ai", [0, 3]) == ([], [])


def test_a_click_posts_its_key(shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]) -> None:
    labels = host.labels()
    host.click(labels["Short walk"])
    host.click(labels["30 min"])
    assert [posted.get(timeout=SECONDS), posted.get(timeout=SECONDS)] == [MenuChosen("walk"), MenuChosen("pause 30m")]


def test_a_group_of_events(shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]) -> None:
    events = [(host.labels()["1 h"], "clicked", ("s", ""), 0), (4711, "clicked", ("s", ""), 0)]
    assert host.menu("EventGroup", "a(isvu)", events) == ([4711],)
    assert posted.get(timeout=SECONDS) == MenuChosen("pause 1h")


def test_what_is_no_click_on_an_entry_does_nothing(
    shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]
) -> None:
    labels = host.labels()
    host.click(labels["Snooze"])
    host.click(labels["Sat 24 min, helicopters in 6 min"])
    host.click(labels["Pause"])
    host.click(4711)
    host.menu("Event", "isvu", labels["Short walk"], "hovered", ("s", ""), 0)
    assert posted.empty()


def test_a_left_click_chooses_the_default(shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]) -> None:
    item = DBusAddress(ITEM_PATH, host.at, ITEM)
    for method, signature, body in (
        ("ContextMenu", "ii", (1, 1)),
        ("SecondaryActivate", "ii", (1, 1)),
        ("Scroll", "is", (1, "vertical")),
        ("Activate", "ii", (1, 1)),
    ):
        assert host.bus.call(item, method, signature, body) == ()
    assert posted.get(timeout=SECONDS) == MenuChosen("walk")
    assert posted.empty()


def test_only_what_changed_is_told(shown: tray.LinuxTray, host: Host) -> None:
    def told() -> list[str]:
        host.item("Id")  # signals come in order, before this reply
        return [host.signals.get()[0] for _ in range(host.signals.qsize())]

    shown.show(VIEW)
    assert told() == []
    shown.show(TrayView("sitting", 0.51, VIEW.tooltip, MENU_ENTRIES))
    assert told() == []
    shown.show(TrayView("sitting", 0.6, VIEW.tooltip, MENU_ENTRIES))
    assert told() == ["NewIcon"]
    shown.show(TrayView("sitting", 0.6, "Helicopters in 5 min", MENU_ENTRIES))
    assert told() == ["NewToolTip"]
    shown.show(TrayView("sitting", 0.6, "Helicopters in 5 min", MENU_ENTRIES[2:]))
    assert told() == ["LayoutUpdated"]


def test_a_click_on_a_menu_that_changes_does_what_was_read(
    shown: tray.LinuxTray, host: Host, posted: SimpleQueue[Message]
) -> None:
    before = host.labels()
    shown.show(TrayView("due", 1, "Stand up", (Entry("Stand up"), Entry("Skip", "skip"), *MENU_ENTRIES[2:])))
    after = host.labels()
    kept = {"Short walk", "Pause", "30 min", "1 h", "Snooze", "Odd__name"}
    assert {label: before[label] for label in kept} == {label: after[label] for label in kept}
    host.click(before["1 h"])
    assert posted.get(timeout=SECONDS) == MenuChosen("pause 1h")
    shown.show(VIEW)
    host.click(after["Skip"])
    assert posted.empty(), "it was gone when the click came"


def test_an_entry_whose_text_changes_stays_the_same(shown: tray.LinuxTray, host: Host) -> None:
    line, *rest = MENU_ENTRIES
    revision = host.menu("GetLayout", "iias", 0, 0, [])[0]
    before = host.labels()[line.label]
    shown.show(TrayView("sitting", 0.5, VIEW.tooltip, (Entry("Sat 25 min"), *rest)))
    texts = [(before, {"label": ("s", "Sat 25 min")})]
    assert host.signals.get(timeout=SECONDS) == ("ItemsPropertiesUpdated", texts, [])  # a host need ask for nothing
    assert host.labels()["Sat 25 min"] == before
    assert host.menu("GetLayout", "iias", 0, 0, [])[0] == revision


def test_an_entry_that_is_off_or_checked_now_is_told_alone(shown: tray.LinuxTray, host: Host) -> None:
    walk = Entry("Short walk", "walk", checked=False)
    shown.show(TrayView("sitting", 0.5, VIEW.tooltip, (walk, *MENU_ENTRIES)))
    assert host.signals.get(timeout=SECONDS)[0] == "LayoutUpdated"
    walk = replace(walk, checked=True, enabled=False)
    shown.show(TrayView("sitting", 0.5, VIEW.tooltip, (walk, *MENU_ENTRIES)))
    new = {"toggle-state": ("i", 1), "enabled": ("b", False)}
    told, ((_id, props),), gone = host.signals.get(timeout=SECONDS)
    assert (told, props, gone) == ("ItemsPropertiesUpdated", new, [])


def test_an_icon_that_closes_is_hidden(shown: tray.LinuxTray, host: Host) -> None:
    shown.close()
    assert host.item("Status") == "Passive"
    assert host.signals.get(timeout=SECONDS) == ("NewStatus", "Passive")
