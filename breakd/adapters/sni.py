"""The tray icon as a StatusNotifierItem with its menu on com.canonical.dbusmenu: a back end of pystray without GTK.

Law: hosts are answered on the bus's thread from what was set last, which is replaced whole and never changed in place;
an id in the menu means the same action for as long as the icon lives, so a click on a menu that is on the screen while
the entries change does what the person read.

The icon needs no loop of its own: set `visible`. Whoever else knows pystray's insides is `xembed`.
"""

# ruff: noqa: N802 - do_Activate and the like carry the names that the bus knows

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jeepney import DBusAddress
from PIL import Image

from breakd.adapters.bus import Body, Bus, BusError
from breakd.adapters.icon import SIZES, Look, draw

# Else `import pystray` would open the display and load python-xlib. The programs that we start never see it.
os.environ["PYSTRAY_BACKEND"] = "dummy"
from pystray import Menu, MenuItem, _base

del os.environ["PYSTRAY_BACKEND"]

WATCHER = DBusAddress("/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")
ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
MENU, MENU_PATH = "com.canonical.dbusmenu", "/MenuBar"

Properties = dict[str, tuple[str, Any]]
Reply = tuple[str | None, Body]

NOTHING: Reply = (None, ())


class Icon(_base.Icon):  # type: ignore[misc]  # pystray has no types
    """An icon on the session bus; registers itself with each StatusNotifierWatcher that comes.

    `icon` is a Look; it is drawn when a host asks for the picture.
    `registered` is whether a watcher has it now (None: not known yet); `changed` is called, on the bus's thread, after
    each change of that.
    """

    HAS_NOTIFICATION = False

    def __init__(self, bus: Bus, changed: Callable[[], None], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registered: bool | None = None
        self._bus = bus
        self._changed = changed
        self._item = _Item(self)
        self._dbus_menu = _DBusMenu(self)

    def _show(self) -> None:
        self._bus.export(ITEM_PATH, ITEM, self._item)
        self._bus.export(MENU_PATH, MENU, self._dbus_menu)
        self._bus.watch_owner(WATCHER.bus_name, self._watcher_changed)

    def _hide(self) -> None:
        # An item cannot take itself off a watcher's list: it is gone with our name on the bus, and hidden until then.
        self._item.status = "Passive"
        self._emit("NewStatus", "s", ("Passive",))

    def _watcher_changed(self, owner: str | None) -> None:
        if owner is None:
            self._answered(BusError("there is no StatusNotifierWatcher"))
            return
        # By our name rather than by a path: every watcher takes that.
        name = (self._bus.unique_name,)
        self._bus.call_later(WATCHER, "RegisterStatusNotifierItem", "s", name, on_reply=self._answered)

    def _answered(self, reply: Body | BusError) -> None:
        self.registered = not isinstance(reply, BusError)
        self._changed()

    def _update_icon(self) -> None:
        self._icon_valid = True
        self._emit("NewIcon")

    def _update_title(self) -> None:
        """Tell of the tool tip, which pystray calls a title; the item's own title is always the name."""
        self._emit("NewToolTip")

    def _update_menu(self) -> None:
        """Tell the new texts where nothing else is new, so that no host asks for the whole menu each minute."""
        revision = self._dbus_menu.revision
        texts = self._dbus_menu.rebuild()
        if self._dbus_menu.revision != revision:
            self._bus.emit(MENU_PATH, MENU, "LayoutUpdated", "ui", (self._dbus_menu.revision, 0))
        elif texts:
            self._bus.emit(MENU_PATH, MENU, "ItemsPropertiesUpdated", "a(ia{sv})a(ias)", (texts, []))

    def _emit(self, member: str, signature: str | None = None, body: Body = ()) -> None:
        self._bus.emit(ITEM_PATH, ITEM, member, signature, body)


@lru_cache(maxsize=1)
def _pixmaps(look: Look) -> list[tuple[int, int, bytes]]:
    """Return the picture at all sizes, as ARGB in network byte order."""
    pixmaps = []
    for size in SIZES:
        red, green, blue, alpha = draw(look, size).split()
        pixmaps.append((size, size, Image.merge("RGBA", (alpha, red, green, blue)).tobytes()))
    return pixmaps


class _Item:
    """The interface org.kde.StatusNotifierItem."""

    def __init__(self, icon: Icon) -> None:
        self._icon = icon
        self.status = "Active"

    def props(self) -> Properties:
        title = self._icon.title or self._icon.name
        return {
            "Category": ("s", "ApplicationStatus"),
            "Id": ("s", self._icon.name),
            "Title": ("s", self._icon.name),
            "Status": ("s", self.status),
            "WindowId": ("u", 0),
            "IconName": ("s", ""),
            "IconPixmap": ("a(iiay)", _pixmaps(self._icon.icon)),
            "IconThemePath": ("s", ""),
            "OverlayIconName": ("s", ""),
            "OverlayIconPixmap": ("a(iiay)", []),
            "AttentionIconName": ("s", ""),
            "AttentionIconPixmap": ("a(iiay)", []),
            "AttentionMovieName": ("s", ""),
            "ToolTip": ("(sa(iiay)ss)", ("", [], title, "")),
            "ItemIsMenu": ("b", False),  # else a left click would open the menu
            "Menu": ("o", MENU_PATH),
        }

    def do_Activate(self, _x: int, _y: int) -> Reply:
        """Choose the default entry: a left click."""
        if self._icon.menu:
            self._icon.menu(self._icon)
        return NOTHING

    def do_SecondaryActivate(self, _x: int, _y: int) -> Reply:
        """Ignore a middle click."""
        return NOTHING

    def do_ContextMenu(self, _x: int, _y: int) -> Reply:
        """Leave the menu to the host, which draws it."""
        return NOTHING

    def do_Scroll(self, _delta: int, _orientation: str) -> Reply:
        """Ignore the wheel."""
        return NOTHING


@dataclass(frozen=True, slots=True)
class _Node:
    """An entry as it goes over the bus; `item` is None for the root."""

    id: int
    props: Properties
    item: MenuItem | None = None
    children: "Sequence[_Node]" = ()

    def wire(self, depth: int, names: Sequence[str]) -> tuple[int, Properties, list[tuple[str, Any]]]:
        """Return the node and `depth` levels below it (-1: all), with the properties named (none: all)."""
        below = self.children if depth else ()
        return (
            self.id,
            {name: value for name, value in self.props.items() if not names or name in names},
            [("(ia{sv}av)", child.wire(depth - 1, names)) for child in below],
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    revision: int
    nodes: dict[int, _Node] = field(default_factory=dict)


class _DBusMenu:
    """The interface com.canonical.dbusmenu."""

    def __init__(self, icon: Icon) -> None:
        self._icon = icon
        self._ids: dict[tuple[object, ...], int] = {}
        self._layout = _Layout(0)
        self.rebuild()

    @property
    def revision(self) -> int:
        """Return the number of the layout, which is new with each but for what its entries say."""
        return self._layout.revision

    def rebuild(self) -> list[tuple[int, Properties]]:
        """Take over the icon's menu; return the properties that are new, where the layout is the one before."""
        root = _Node(0, {"children-display": ("s", "submenu")}, None, self._nodes(0, self._icon.menu or ()))
        before, nodes = self._layout, {node.id: node for node in _all(root)}
        same = _shape(before.nodes) == _shape(nodes)
        self._layout = _Layout(before.revision + (not same), nodes)
        if not same:
            return []
        new = ((id_, _new(before.nodes[id_].props, node.props)) for id_, node in nodes.items())
        return [(id_, props) for id_, props in new if props]

    def _nodes(self, parent: int, menu: Menu | tuple[()]) -> list[_Node]:
        nodes, seen = [], Counter[object]()
        for item in menu:
            # An entry is known by what it does: its id stays when its text changes.
            does = item.text if item.submenu else item._action  # noqa: SLF001 - pystray offers no other way
            seen[does] += 1
            number = self._ids.setdefault((parent, does, seen[does]), len(self._ids) + 1)
            children = self._nodes(number, item.submenu) if item.submenu else []
            nodes.append(_Node(number, _properties(item), item, children))
        return nodes

    def props(self) -> Properties:
        return {
            "Version": ("u", 3),
            "TextDirection": ("s", "ltr"),
            "Status": ("s", "normal"),
            "IconThemePath": ("as", []),
        }

    def do_GetLayout(self, parent: int, depth: int, names: Sequence[str]) -> Reply:
        """Return the revision and what lies below `parent`."""
        layout = self._layout
        node = layout.nodes.get(parent, _Node(parent, {}))  # the host asks for what was there a moment ago
        return "u(ia{sv}av)", (layout.revision, node.wire(depth, names))

    def do_GetGroupProperties(self, ids: Sequence[int], names: Sequence[str]) -> Reply:
        """Return the properties of these entries (none named: of all)."""
        nodes = self._layout.nodes
        return "a(ia{sv})", ([nodes[id_].wire(0, names)[:2] for id_ in ids or nodes if id_ in nodes],)

    def do_GetProperty(self, id_: int, name: str) -> Reply:
        """Return one property."""
        return "v", (self._layout.nodes[id_].props[name],)

    def do_AboutToShow(self, _id: int) -> Reply:
        """Return whether the host must ask again: no, it was told of each change."""
        return "b", (False,)

    def do_AboutToShowGroup(self, _ids: Sequence[int]) -> Reply:
        """Return which submenus changed, and which do not exist."""
        return "aiai", ([], [])

    def do_Event(self, id_: int, kind: str, _data: Any, _time: int) -> Reply:
        """Choose the entry that was clicked."""
        node = self._layout.nodes.get(id_)
        if kind == "clicked" and node and node.item and node.item.enabled:
            node.item(self._icon)
        return NOTHING

    def do_EventGroup(self, events: Sequence[tuple[int, str, Any, int]]) -> Reply:
        """Handle several events and return the ids that do not exist."""
        for event in events:
            self.do_Event(*event)
        return "ai", ([id_ for id_, *_rest in events if id_ not in self._layout.nodes],)


def _properties(item: MenuItem) -> Properties:
    if item is Menu.SEPARATOR:
        return {"type": ("s", "separator"), "visible": ("b", True)}
    props: Properties = {
        "label": ("s", item.text.replace("_", "__")),  # one alone would underline the next letter
        "enabled": ("b", bool(item.enabled)),
        "visible": ("b", True),
    }
    if item.checked is not None:
        props["toggle-type"] = ("s", "radio" if item.radio else "checkmark")
        props["toggle-state"] = ("i", int(item.checked))
    if item.submenu:
        props["children-display"] = ("s", "submenu")
    return props


def _shape(nodes: dict[int, _Node]) -> list[tuple[int, set[str], list[int]]]:
    """Return which entries there are, in their order, with the names of their properties and what lies below."""
    return [(id_, set(node.props), [child.id for child in node.children]) for id_, node in nodes.items()]


def _new(before: Properties, after: Properties) -> Properties:
    return {name: value for name, value in after.items() if before[name] != value}


def _all(node: _Node) -> list[_Node]:
    return [node, *(below for child in node.children for below in _all(child))]
