"""A private desktop for a test: an X screen, a session bus, a window manager, a notification server, a tray host.

Law: nothing of it is shared with the desktop that the tests run on, and all of it ends with it; what it starts carries
a mark in its environment, so that services which the bus starts are found and ended too. `Desk.wait` is the one place
that waits. A program that is missing fails the test and names its package.
"""

import contextlib
import os
import secrets
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import Xlib.display
import Xlib.error
import Xlib.X
from jeepney import DBusAddress
from PIL import Image, ImageGrab

from breakd.adapters.bus import DBUS, Bus, BusError
from breakd.adapters.monitors import DENSE_PX
from desktop import ocr
from desktop.ocr import Word

ROOT = Path(__file__).parents[2]
SECONDS = 20.0  # how long a desktop may take for anything, on a busy machine
SCREEN = (1280, 800)
NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
SERVERS = {
    "notification-daemon": "/usr/lib/notification-daemon/notification-daemon",
    "xfce4-notifyd": "/usr/lib/*/xfce4/notifyd/xfce4-notifyd",  # the architecture's folder
    "dunst": "dunst",
    "mako": "mako",  # under Wayland only
}
MAKO = "mako-notifier"
PACKAGES = {path: name for name, path in SERVERS.items()} | {"Xvfb": "xvfb", "mako": MAKO, "makoctl": MAKO}
PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=6;x=0;y=0"/>
   <property name="length" type="uint" value="100"/>
   <property name="position-locked" type="bool" value="true"/>
   <property name="size" type="uint" value="28"/>
   <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
  </property>
 </property>
 <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""

T = TypeVar("T")


class Box(NamedTuple):
    """A place on the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2


class Window(NamedTuple):
    """A window under the window manager."""

    id: int
    title: str
    box: Box


class Desk:
    """A desktop of its own: `with Desk(folder, server="dunst") as desk`.

    `server` is one of SERVERS, `tray` is `xfce4-panel` (StatusNotifierItem) or `trayer` (XEmbed); None for none.
    `folder` keeps the home, the programs' output (`log`) and the pictures.
    """

    def __init__(
        self, folder: Path, *, server: str | None = None, tray: str | None = None, size: tuple[int, int] = SCREEN
    ) -> None:
        self.size = size
        self._zoom = 2 if size[1] >= DENSE_PX else 1  # all is drawn so much larger than OCR needs it
        self._folder = folder
        self._short = Path(tempfile.mkdtemp(prefix="desk-"))  # a socket's path holds 107 bytes
        self._mark = f"DESK_ID={secrets.token_hex(8)}"
        self._log = (folder / "log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._screen: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._tray: subprocess.Popen[bytes] | None = None
        self._bus: Bus | None = None
        self._display: Any = None
        self.env = self._environment()
        try:
            self._start_screen()
            self._start_bus()
            self._start_manager()
            if server:
                self.start_server(server)
            if tray:
                self.start_tray(tray)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # Programs

    def start(self, args: Sequence[str], **env: str) -> "subprocess.Popen[bytes]":
        """Start a program; it is ended with the desk. Its output goes to `log` in the folder."""
        program = find_program(args[0])
        process = subprocess.Popen(
            [program, *args[1:]],
            env=self.env | env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        self._processes.append(process)
        return process

    def run(self, args: Sequence[str], *, input: str | None = None, **env: str) -> "subprocess.CompletedProcess[str]":  # noqa: A002 - subprocess.run's own name
        """Run a program to its end, from the checkout's root; its output is text."""
        return subprocess.run(
            [find_program(args[0]), *args[1:]],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=True,
            env=self.env | env,
            cwd=ROOT,
            timeout=30,
            check=False,
        )

    def stop(self, process: "subprocess.Popen[bytes]", signal_: int = signal.SIGTERM) -> int:
        """Send the signal, wait for the end and return the exit status."""
        process.send_signal(signal_)
        try:
            return process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{process.args!r} does not end") from None

    def wait(self, ready: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
        """Return what `ready` returns as soon as that is true; fail, with a picture, when it takes too long."""
        end = time.monotonic() + seconds
        while not (value := ready()):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds:g} s: {what} (the screen then: {self.shot('failed')})")
            time.sleep(0.02)
        return value

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Have the screen answer nothing meanwhile; nor may the test ask it anything."""
        assert self._screen is not None
        self._screen.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._screen.send_signal(signal.SIGCONT)

    # The notification server and the tray host

    def start_server(self, name: str) -> None:
        self._server = self.start([SERVERS[name]])
        self.wait(lambda: self.owned(NOTIFICATIONS), f"{name} on the bus")

    def stop_server(self) -> None:
        """Kill the notification server, as a crash does; another instance can be started."""
        assert self._server is not None
        self.stop(self._server, signal.SIGKILL)
        self.wait(lambda: not self.owned(NOTIFICATIONS), "the server off the bus")

    def start_tray(self, name: str) -> None:
        if name == "xfce4-panel":
            channel = Path(self.env["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml"
            channel.mkdir(parents=True, exist_ok=True)
            (channel / "xfce4-panel.xml").write_text(PANEL)  # or it asks which panel to start with
            self._tray = self.start(["xfce4-panel", "--disable-wm-check"])
            self.wait(lambda: self.owned(WATCHER), "the panel's tray")
        else:
            place = "--edge top --align right --widthtype request --height 24 --SetDockType true --expand true"
            self._tray = self.start([name, *place.split()])
            selection = self._display.intern_atom("_NET_SYSTEM_TRAY_S0")
            self.wait(lambda: self._display.get_selection_owner(selection), name)

    def stop_tray(self) -> None:
        """End the tray host."""
        assert self._tray is not None
        self.stop(self._tray, signal.SIGKILL)
        self.wait(lambda: not self.owned(WATCHER), "the tray off the bus")

    # The bus

    @property
    def bus(self) -> Bus:
        """A connection of the test's own to the session bus."""
        if self._bus is None:
            self._bus = Bus(self.env["DBUS_SESSION_BUS_ADDRESS"])
        return self._bus

    def bus_call(
        self, name: str, path: str, interface: str, member: str, signature: str | None = None, *args: Any
    ) -> tuple[Any, ...]:
        """Call a method on the session bus and return the reply's values; raise BusError."""
        return self.bus.call(DBusAddress(path, name, interface), member, signature, args, timeout=SECONDS)

    def owned(self, name: str) -> bool:
        """Say whether somebody owns the name on the session bus."""
        return bool(self.bus.call(DBUS, "NameHasOwner", "s", (name,), timeout=SECONDS)[0])

    # What is on the screen

    def windows(self) -> list[Window]:
        """Return the windows under the window manager, a panel too: no notifications, no menus, no tray icons."""
        listed = self._property(self._display.screen().root, "_NET_CLIENT_LIST") or []
        found = []
        for number in listed:
            window = self._display.create_resource_object("window", number)
            box = self._box(window)
            if box is not None:
                title = self._property(window, "_NET_WM_NAME") or b""
                found.append(Window(number, bytes(title).decode(), box))
        return found

    def window(self, title: str) -> Window:
        """Wait for the window whose title holds this, and return it."""
        found = self.wait(lambda: [w for w in self.windows() if title in w.title], f"a window titled {title!r}")
        return found[0]

    def bubbles(self) -> list[Box]:
        """Return what lies on the screen outside the window manager, from 100x40 on: notifications and menus."""
        managed = {window.box for window in self.windows()}
        boxes = []
        for child in self._display.screen().root.query_tree().children:
            box = self._box(child, visible=True)
            if box and box.width >= 100 and box.height >= 40 and box not in managed and self._unmanaged(child):
                boxes.append(box)
        return boxes

    def picture(self, within: Box | None = None) -> Image.Image:
        """Return what is on the screen now."""
        if within is None:
            return ImageGrab.grab(xdisplay=self.env["DISPLAY"]).convert("RGB")
        left, top = max(within.left, 0), max(within.top, 0)
        right, bottom = min(within.left + within.width, self.size[0]), min(within.top + within.height, self.size[1])
        size = right - left, bottom - top
        root = self._display.screen().root
        pixels = root.get_image(left, top, *size, Xlib.X.ZPixmap, 0xFFFFFFFF).data  # a grab is of the whole screen
        return Image.frombytes("RGB", size, pixels, "raw", "BGRX")

    def shot(self, name: str) -> Path:
        """Keep a picture of the screen in the folder, or in BREAKD_SHOTS, to be looked at."""
        folder = Path(os.environ.get("BREAKD_SHOTS", self._folder))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        self.picture().save(path)
        return path

    def words(self, within: Box | None = None) -> list[Word]:
        """Return the words on the screen, or within a place of it, as far as OCR reads them."""
        return [self._on_screen(word, within) for word in ocr.words(self._legible(self.picture(within)))]

    def text(self, within: Box | None = None) -> str:
        """Return the words as one text."""
        return " ".join(word.text for word in self.words(within))

    def find(self, label: str, within: Box | None = None) -> Word | None:
        """Return the lowest word that begins with the label: buttons lie below the text.

        Within a place also light words on dark, and on coloured buttons, are read. None also where the word has moved
        since it was read: a bubble that slides in would be missed by a click.
        """
        image = self.picture(within)
        read = ocr.find(label, self._legible(image), hard=within is not None)
        if read is None:
            return None
        word = self._on_screen(read, within)
        around = Box(word.x - 20, word.y - 8, 40, 16)
        left, top = (max(within.left, 0), max(within.top, 0)) if within else (0, 0)
        now = self.picture(around)
        x, y = max(around.left, 0) - left, max(around.top, 0) - top
        return word if image.crop((x, y, x + now.width, y + now.height)).tobytes() == now.tobytes() else None

    def _legible(self, image: Image.Image) -> Image.Image:
        return image.reduce(self._zoom)

    def _on_screen(self, word: Word, within: Box | None) -> Word:
        """Return the word with its place on the screen."""
        left, top = (max(within.left, 0), max(within.top, 0)) if within else (0, 0)
        return Word(word.text, word.x * self._zoom + left, word.y * self._zoom + top)

    # The person

    def move(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y))

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click there with a mouse button; the pointer comes from beside, so that what is there notices it."""
        beside = ("mousemove", str(x - 7), str(y - 3), "mousemove", "--sync", str(x), str(y))
        self._xdotool(*beside, "click", str(button))

    def click_word(self, label: str, within: Box | None = None) -> None:
        """Wait for a word that begins with the label, and click it."""
        word = self.wait(lambda: self.find(label, within), f"{label!r} on the screen")
        assert word is not None
        self.click(word.x, word.y)

    def key(self, *keys: str) -> None:
        """Press and release keys, by their X names: `Return`, `ctrl+q`; `shift` is a sign that types nothing."""
        self._xdotool("key", *keys)

    def type(self, text: str) -> None:
        self._xdotool("type", "--", text)

    # Its own parts

    def close(self) -> None:
        """End everything that the desk started, and what that started in turn."""
        if self._bus is not None:
            self._bus.close()
        if self._display is not None:
            self._display.close()
        while pids := self._marked():
            for pid in pids:  # nothing here has anything to save
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for process in self._processes:
                process.wait(SECONDS)
        if self._screen is not None:  # last, and gently: it has a lock and a socket to remove
            self._screen.terminate()
            self._screen.wait(SECONDS)
        self._log.close()
        shutil.rmtree(self._short, ignore_errors=True)

    def _marked(self) -> list[int]:
        """Return the processes that carry this desk's mark, but for its screen."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):  # it ended meanwhile, or is not ours
                if self._mark.encode() in entry.read_bytes().split(b"\0"):
                    found.append(int(entry.parent.name))
        return [pid for pid in found if self._screen is None or pid != self._screen.pid]

    def _environment(self) -> dict[str, str]:
        home = self._folder / "home"
        runtime = self._short / "run"
        runtime.mkdir(mode=0o700)
        home.mkdir()
        name, _, value = self._mark.partition("=")
        kept = {key: os.environ[key] for key in ("PATH", "TMPDIR", "PYTHONPATH", "XDG_DATA_DIRS") if key in os.environ}
        return kept | {
            name: value,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_SESSION_TYPE": "x11",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._short}/bus",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._short}/no-system-bus",
            "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "GSETTINGS_BACKEND": "memory",
        }

    def _start_screen(self) -> None:
        """Start Xvfb, which takes a free display and tells its number."""
        reader, writer = os.pipe()
        size = f"{self.size[0]}x{self.size[1]}x24"
        args = [find_program("Xvfb"), "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
        with open(reader, "rb") as told:  # noqa: PTH123 - a pipe
            self._screen = subprocess.Popen(args, env=self.env, pass_fds=[writer], stdout=self._log, stderr=self._log)
            os.close(writer)
            ready, _, _ = select.select([told], [], [], SECONDS)
            number = told.readline().decode().strip() if ready else ""
        assert number, f"Xvfb did not start: see {self._log.name}"
        self.env["DISPLAY"] = f":{number}"
        self._display = Xlib.display.Display(self.env["DISPLAY"])

    def _start_manager(self) -> None:
        """Start the window manager, and lay the pointer where nothing comes up."""
        self.start(["openbox"])
        self.wait(lambda: self._property(self._display.screen().root, "_NET_SUPPORTING_WM_CHECK"), "openbox")
        self.move(400, 500)

    def _start_bus(self) -> None:
        """Start a session bus with this machine's services but the notification servers: which one runs is a choice."""
        services = self._short / "services"
        services.mkdir()
        for service in Path("/usr/share/dbus-1/services").glob("*.service"):
            if "\nName=org.freedesktop.Notifications" not in service.read_text():
                (services / service.name).symlink_to(service)
        config = self._short / "bus.conf"
        config.write_text(
            f"<busconfig><type>session</type><keep_umask/><listen>unix:path={self._short}/bus</listen>"
            f"<auth>EXTERNAL</auth><servicedir>{services}</servicedir><policy context='default'>"
            "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/>"
            "</policy></busconfig>"
        )
        self._run_bus()

    def _run_bus(self) -> None:
        self._dbus = self.start(["dbus-daemon", f"--config-file={self._short}/bus.conf", "--nofork", "--nopidfile"])
        self.wait((self._short / "bus").exists, "the session bus")

    def restart_bus(self) -> None:
        """Kill the session bus, and what ends with it, and start another at its address."""
        self.kill_bus()
        self.revive_bus()

    def kill_bus(self) -> None:
        self.stop(self._dbus, signal.SIGKILL)
        for lives_by_it in filter(None, (self._server, self._tray)):
            self.stop(lives_by_it, signal.SIGKILL)
        (self._short / "bus").unlink()

    def revive_bus(self) -> None:
        """Start another session bus, after it was killed."""
        self._run_bus()
        self.wait(self._answers, "the session bus again")

    def _answers(self) -> bool:
        with contextlib.suppress(BusError):
            return not self.owned(NOTIFICATIONS)
        return False

    def _xdotool(self, *args: str) -> None:
        done = self.run(["xdotool", *args])
        assert done.returncode == 0, done.stderr

    def _property(self, window: Any, name: str) -> Any:
        """Return a window's property, or None."""
        try:
            # All of it at once: between two requests it can become shorter than what is asked for, a BadValue, which
            # python-xlib takes for an error of RandR and breaks on.
            got = window.get_full_property(self._display.intern_atom(name), Xlib.X.AnyPropertyType, sizehint=4096)
        except Xlib.error.XError:  # the window went meanwhile
            return None
        return got.value if got else None

    def _box(self, window: Any, *, visible: bool = False) -> Box | None:
        """Return where a window is; None where it went, or `visible` is asked for and it is not."""
        try:
            if visible and window.get_attributes().map_state != Xlib.X.IsViewable:
                return None
            size = window.get_geometry()
            at = self._display.screen().root.translate_coords(window, 0, 0)
        except Xlib.error.XError:
            return None
        return Box(at.x, at.y, size.width, size.height)

    def _unmanaged(self, window: Any) -> bool:
        """Say whether the window bypasses the window manager (a frame of openbox does not, nor does the panel)."""
        try:
            return bool(window.get_attributes().override_redirect)
        except Xlib.error.XError:
            return False


def find_program(name: str) -> str:
    """Return where the program is; fail with the package to install."""
    found = next(map(str, Path("/").glob(name[1:])), None) if "*" in name else shutil.which(name)
    assert found, f"{name} is not installed: apt install {PACKAGES.get(name, name)}"
    return found
