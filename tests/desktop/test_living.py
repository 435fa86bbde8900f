"""Living on a machine, end to end: installed from the wheel, there after a login, changed by saving a file, mended by
a start, and removed without a trace.

Law: everything is real: the wheel in a clean virtual environment, Xfce's session manager that starts what XDG
autostart names, its panel, and a home in which nothing was before.
"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from breakd.adapters.bus import BusError
from desktop.desk import PANEL, SCREEN, WATCHER, Box, Desk
from packages import ROOT, build, installed
from running import CALM

# The wheel's dependencies come from an index, which may be far.
pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

SESSION = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-session" version="1.0">
 <property name="general" type="empty">
  <property name="FailsafeSessionName" type="string" value="Failsafe"/>
  <property name="SaveOnExit" type="bool" value="false"/>
 </property>
 <property name="startup" type="empty">
  <property name="ssh-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
  <property name="gpg-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
 </property>
 <property name="sessions" type="empty">
  <property name="Failsafe" type="empty">
   <property name="IsFailsafe" type="bool" value="true"/>
   <property name="Count" type="int" value="1"/>
   <property name="Client0_Command" type="array">
    <value type="string" value="xfce4-panel"/><value type="string" value="--disable-wm-check"/>
   </property>
   <property name="Client0_Priority" type="int" value="25"/>
   <property name="Client0_PerScreen" type="bool" value="false"/>
  </property>
 </property>
</channel>
"""
"""A session of the panel alone, beside what autostart names; openbox is there before it."""

OTHERS = (".ICEauthority", ".Xauthority", ".cache/", ".config/xfce4/", ".config/dconf/", ".config/user-dirs", ".dbus/")
"""What the desktop's own programs leave in a home."""

MINT, NEARLY = (0x74, 0xE3, 0xB6), 8  # the ring that fills

MINUTE_US = 60_000_000


class Login:
    """Somebody whose breakd is installed in an environment of its own, at a desk with nothing but a window manager."""

    def __init__(self, desk: Desk, program: Path) -> None:
        self.desk = desk
        self.home = Path(desk.env["HOME"])
        self._program = program
        self._env = {"XDG_CURRENT_DESKTOP": "XFCE"}
        self.config = self.home / ".config/breakd/config.toml"
        self.state = self.home / ".local/state/breakd/state.json"
        self._session: subprocess.Popen[bytes] | None = None

    def logs_in(self) -> None:
        """Start the session, which starts the rest, and wait for breakd's icon."""
        channels = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channels.mkdir(parents=True)
        (channels / "xfce4-panel.xml").write_text(PANEL)
        (channels / "xfce4-session.xml").write_text(SESSION)
        self._session = self.desk.start(["xfce4-session"], **self._env)
        self.desk.wait(lambda: self.desk.owned(WATCHER), "the panel")

    def logs_out(self) -> None:
        """End the session, and take away its socket, which it leaves outside the desk."""
        if self._session is not None:
            self.desk.stop(self._session)
            Path("/tmp/.ICE-unix", str(self._session.pid)).unlink(missing_ok=True)

    def runs(self, *args: str) -> str:
        """Run a command of breakd, which succeeds, and return what it says."""
        done = self.desk.run([str(self._program), *args], **self._env)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def starts(self) -> None:
        self.desk.start([str(self._program), "run"], **self._env)

    def status(self) -> dict[str, Any]:
        """Return what `breakd status --json` prints; nothing while no daemon answers."""
        done = self.desk.run([str(self._program), "status", "--json"], **self._env)
        status: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return status

    def tooltips(self) -> list[str]:
        """Return the tooltips of the icons that the panel has, read from the bus as the panel reads them."""
        items = self._property(WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems")
        found = []
        for item in items or []:
            name, slash, path = item.partition("/")
            tooltip = self._property(name, slash + path, "org.kde.StatusNotifierItem", "ToolTip")
            if tooltip:  # else it went meanwhile
                found.append(tooltip[2])
        return found

    def is_told(self, every: int, sat: int = 0) -> None:
        """Use the keyboard until the one icon says of a break each `every` minutes that so many were sat, at least."""

        def told() -> bool:
            self.desk.key("shift")
            said = [re.fullmatch(r"Sat (\d+) min, helicopters in (\d+) min", tooltip) for tooltip in self.tooltips()]
            return [(int(one[1]) >= sat, int(one[1]) + int(one[2])) for one in said if one] == [(True, every)]

        self.desk.wait(told, f"the tooltip for {every} min, {sat} of them sat")
        if sat:
            self.desk.wait(self._ring, "the icon")

    def _ring(self) -> bool:
        """Say whether the icon's ring, as far as it is full, is drawn on the panel."""
        panel = self.desk.picture(Box(0, 0, SCREEN[0], 40))
        apart = ImageChops.difference(panel, Image.new("RGB", panel.size, MINT)).convert("L")
        return any(apart.histogram()[:NEARLY])

    def sat_before(self, minutes: int) -> None:
        """Have breakd remember so many minutes of sitting: nobody waits for them here."""
        pid = self.status()["pid"]
        os.kill(pid, signal.SIGTERM)
        self.desk.wait(lambda: not Path("/proc", str(pid)).exists(), "its end")  # the session, its parent, sees to that
        document = json.loads(self.state.read_text())
        document["engine"]["tiers"]["micro"]["sat"] = minutes * MINUTE_US
        self.state.write_text(json.dumps(document))
        self.starts()

    def files(self) -> set[str]:
        """Return the files in the home but those of the desktop's own programs, and the folders of breakd."""
        found = {str(path.relative_to(self.home)): path.is_dir() for path in self.home.rglob("*")}
        return {name for name, folder in found.items() if "breakd" in name or not (folder or name.startswith(OTHERS))}

    def _property(self, name: str, path: str, interface: str, what: str) -> Any:
        """Return a property's value on the session bus, None where nobody has it."""
        get = ("org.freedesktop.DBus.Properties", "Get", "ss", interface, what)
        try:
            return self.desk.bus_call(name, path, *get)[0][1]
        except BusError:
            return None


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return breakd from the wheel, in a clean virtual environment."""
    _archive, wheel = build(ROOT, tmp_path_factory.mktemp("dist"))
    return installed(wheel, tmp_path_factory.mktemp("environment"))


@pytest.fixture
def login(make_desk: Callable[..., Desk], program: Path) -> Iterator[Login]:
    with make_desk() as desk:
        login = Login(desk, program)
        yield login
        login.logs_out()


def test_from_the_wheel_to_the_last_file(login: Login) -> None:
    desk = login.desk
    login.config.parent.mkdir(parents=True)
    login.config.write_text(CALM)
    before = login.files()

    login.runs("install")
    assert list(login.home.glob(".config/autostart/*breakd*"))
    assert login.status() == {}, "it runs before the login"
    login.logs_in()
    login.is_told(every=30)
    login.sat_before(minutes=20)
    login.is_told(every=30, sat=20)
    desk.shot("living-login")

    login.config.write_text(CALM.replace('"30m"', '"45m"'))
    login.is_told(every=45, sat=20)
    desk.shot("living-changed")

    os.kill(login.status()["pid"], signal.SIGKILL)
    desk.wait(lambda: not login.tooltips(), "the icon gone")
    login.starts()
    login.is_told(every=45, sat=20)
    desk.shot("living-again")

    login.runs("uninstall")
    desk.wait(lambda: not login.tooltips(), "the icon gone")
    assert login.files() - before == {".local/share/breakd", ".local/share/breakd/log.db"}
    assert login.config.read_text() == CALM.replace('"30m"', '"45m"')
