"""Full-screen windows on a real X screen with openbox."""

import gc
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Self

import pytest
import Xlib.display
import Xlib.X
from Xlib.protocol.event import ClientMessage

from breakd.adapters.xfullscreen import XWindows
from breakd.ports import InUse, SourceChanged
from desktop.desk import SCREEN, Desk, find_program
from windowwatch import Watch

pytestmark = pytest.mark.desktop

SECONDS = 20
WIDTH, HEIGHT = SCREEN
WINDOW = """
import sys, tkinter
root = tkinter.Tk(className=sys.argv[1])
root.title(sys.argv[1])
root.geometry("500x400+50+50")
root.client(__import__("os").uname().nodename)  # tells the process, too

def obey(*_):
    line = sys.stdin.readline()
    if not line:
        raise SystemExit
    exec(line, globals())
    root.update()
    print("done", flush=True)

root.tk.createfilehandler(sys.stdin, tkinter.READABLE, obey)
root.mainloop()
"""
FULL, BACK = "root.attributes('-fullscreen', 1)", "root.attributes('-fullscreen', 0)"


class Window:
    """A Tk window that does as it is told."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk = desk
        self.name = name
        args = [sys.executable, "-c", WINDOW, name]
        self.process = subprocess.Popen(args, env=desk.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.id = desk.window(name).id

    def do(self, line: str) -> Self:
        """Run a line of Python there; it is done when this returns."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], SECONDS)[0]
        assert self.process.stdout.readline() == "done\n"
        return self

    def activate(self) -> None:
        self._desk.run(["xdotool", "windowactivate", "--sync", str(self.id)])

    def close(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)
        self._desk.wait(lambda: self.id not in [window.id for window in self._desk.windows()], "the window gone")


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


@pytest.fixture
def session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", desk.env["DISPLAY"])
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def watch(session: None) -> Iterator[Watch]:
    watch = Watch("x11")
    yield watch
    watch.source.close()


@pytest.fixture
def window(desk: Desk) -> Iterator[Callable[[str], Window]]:
    """Return what opens a window by a name."""
    opened: list[Window] = []

    def make(name: str) -> Window:
        opened.append(Window(desk, name))
        return opened[-1]

    yield make
    for one in opened:
        if one.process.returncode is None:
            one.close()


Opens = Callable[[str], Window]


@pytest.fixture
def halves(desk: Desk) -> Iterator[None]:
    """Make a monitor of each half of the screen."""
    size = f"{WIDTH // 2}/160x{HEIGHT}/200"
    for name, left in (("left", 0), ("right", WIDTH // 2)):
        assert desk.run(["xrandr", "--setmonitor", name, f"{size}+{left}+0", "none"]).returncode == 0
    yield
    for name in ("left", "right"):
        desk.run(["xrandr", "--delmonitor", name])


def test_a_film_in_and_out(watch: Watch, window: Opens) -> None:
    film = window("film")
    for _ in range(3):
        film.do(FULL)
        assert watch.seen() == ["film"]
        film.do(BACK)
        assert watch.seen() == []


def test_a_user_has_the_names_of_its_class_and_its_process(watch: Watch, window: Opens) -> None:
    window("film").do(FULL)
    told = watch.next()
    assert isinstance(told, InUse)
    (user,) = told.users
    assert set(user) >= {"film", "Film", Path(os.path.realpath(sys.executable)).name}


def test_what_is_full_screen_at_the_start_is_known_at_once(session: None, window: Opens) -> None:
    window("film").do(FULL).activate()
    watch = Watch("x11")
    assert watch.source.known.wait(SECONDS)
    assert watch.seen() == ["film"]
    watch.source.close()


def test_it_ends_with_the_window(watch: Watch, window: Opens) -> None:
    film = window("film").do(FULL)
    assert watch.seen() == ["film"]
    film.close()
    assert watch.seen() == []


def test_a_window_that_is_minimised_or_elsewhere_is_not_seen(watch: Watch, window: Opens, desk: Desk) -> None:
    film = window("film").do(FULL)
    assert watch.seen() == ["film"]
    film.do("root.iconify()")
    assert watch.seen() == []
    film.do("root.deiconify()")
    assert watch.seen() == ["film"]
    desk.run(["xdotool", "set_num_desktops", "2"])
    for desktop, seen in (("1", []), ("0", ["film"])):
        desk.run(["xdotool", "set_desktop", desktop])
        assert watch.seen() == seen


def test_work_in_front_of_it_ends_it_but_its_own_dialog_does_not(watch: Watch, window: Opens, desk: Desk) -> None:
    film = window("film").do(FULL)
    assert watch.seen() == ["film"]
    film.do(
        "box = tkinter.Toplevel(class_='Film', name='dialog'); box.title('box'); box.transient(root); box.focus_force()"
    )
    box = str(desk.window("box").id)
    desk.wait(lambda: desk.run(["xdotool", "getactivewindow"]).stdout.strip() == box, "the dialog active")
    film.do("box.destroy()")
    mail = window("mail")
    assert watch.seen() == []
    film.activate()
    assert watch.seen() == ["film"]
    mail.activate()
    assert watch.seen() == []
    mail.do(FULL)
    assert watch.seen() == ["mail"]
    mail.close()
    assert watch.seen() == ["film"]


def test_on_another_monitor_it_is_seen_beside_the_work(halves: None, watch: Watch, window: Opens) -> None:
    mail = window("mail")
    film = window("film").do(f"root.geometry('300x300+{WIDTH // 2 + 100}+100')").do(FULL)
    assert watch.seen() == ["film"]
    mail.activate()
    notes = window("notes").do(f"root.geometry('{WIDTH // 2 - 40}x{HEIGHT - 60}+{WIDTH // 2 + 10}+20')")
    notes.activate()
    assert watch.seen() == []  # it lies over the film
    mail.activate()
    notes.close()
    assert watch.seen() == ["film"]
    film.close()
    assert watch.seen() == []


def test_a_desktop_breakds_own_windows_and_lockers_do_not_count(watch: Watch, window: Opens, desk: Desk) -> None:
    window("breakd").do(FULL)
    folders = window("folders").do("root.withdraw(); root.attributes('-type', 'desktop')").do("root.deiconify()")
    folders.do(FULL)
    window("locker").do(f"root.overrideredirect(1); root.geometry('{WIDTH}x{HEIGHT}+0+0')").do("root.lift()").close()
    window("film").do(FULL)
    assert watch.seen() == ["film"]


def test_a_window_as_large_as_the_monitor_goes_full_screen_without_a_new_size(
    watch: Watch, window: Opens, desk: Desk
) -> None:
    film = window("film")
    take_title(desk, film)
    film.do(f"root.geometry('{WIDTH}x{HEIGHT}+0+0')")
    desk.wait(lambda: desk.window("film").box[2:] == (WIDTH, HEIGHT), "a window without a title bar")
    film.activate()
    for _ in range(3):
        film.do(FULL)
        assert watch.seen() == ["film"]
        film.do(BACK)
        assert watch.seen() == []


def take_title(desk: Desk, window: Window) -> None:
    """Have openbox take the window's title bar off."""
    display = Xlib.display.Display(desk.env["DISPLAY"])
    state, bare = map(display.intern_atom, ("_NET_WM_STATE", "_OB_WM_STATE_UNDECORATED"))
    told = ClientMessage(window=window.id, client_type=state, data=(32, [1, bare, 0, 1, 0]))
    mask = Xlib.X.SubstructureRedirectMask | Xlib.X.SubstructureNotifyMask
    display.screen().root.send_event(told, event_mask=mask)
    display.close()


def test_a_title_that_changes_at_each_key_wakes_nobody(watch: Watch, window: Opens, desk: Desk) -> None:
    terminal = window("terminal")
    terminal.do(FULL)
    assert watch.seen() == ["terminal"]
    terminal.do(BACK)
    assert watch.seen() == []
    terminal.do("root.title('typing')")
    before = settled(desk)
    for number in range(300):
        terminal.do(f"root.title('typed {number}')")
    assert wake_ups() == before
    terminal.do(FULL)
    assert watch.seen() == ["terminal"]


def test_titles_of_a_full_screen_window_wake_it_seldom_and_hide_nothing(watch: Watch, window: Opens) -> None:
    film = window("film").do(FULL)
    assert watch.seen() == ["film"]
    before = wake_ups()
    for number in range(300):
        film.do(f"root.title('frame {number}')")
    assert wake_ups() - before <= 60
    film.do(BACK)
    assert watch.seen() == []


def test_closed_it_tells_nothing_more(watch: Watch, window: Opens) -> None:
    threads = threading.active_count()
    watch.source.close()
    assert threading.active_count() == threads - 1
    window("film").do(FULL)
    with pytest.raises(Empty):
        watch.told.get_nowait()


def wake_ups() -> int:
    """Return how often the source's thread has waited for something."""
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "fullscreen"]
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(status.split("voluntary_ctxt_switches:")[1].split()[0])


def settled(desk: Desk) -> int:
    """Wait until the thread has had nothing to do for a second, and return its wake-ups."""
    last = wake_ups(), time.monotonic()

    def quiet() -> bool:
        nonlocal last
        if last[0] != (now := wake_ups()):
            last = now, time.monotonic()
        return time.monotonic() - last[1] > 1

    desk.wait(quiet, "the source at rest")
    return last[0]


class Screen:
    """An X screen that can be killed, and started again under the same number."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.number = self._start()

    def _start(self, *number: str) -> str:
        reader, writer = os.pipe()
        args = [find_program("Xvfb"), *number, "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"]
        with os.fdopen(reader) as told:
            self._xvfb = subprocess.Popen(args, pass_fds=[writer], stderr=subprocess.DEVNULL)
            os.close(writer)
            return f":{told.readline().strip()}"

    def manage(self) -> None:
        self._manager = self._desk.start(["openbox"], DISPLAY=self.number)

    def kill(self) -> None:
        self._xvfb.kill()
        self._xvfb.wait(SECONDS)
        self._manager.wait(SECONDS)
        Path(f"/tmp/.X{self.number[1:]}-lock").unlink(missing_ok=True)
        Path(f"/tmp/.X11-unix/X{self.number[1:]}").unlink(missing_ok=True)

    def start(self) -> None:
        self._start(self.number)
        self.manage()

    def close(self) -> None:
        self._xvfb.terminate()
        self._xvfb.wait(SECONDS)


@pytest.fixture
def screen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    screen = Screen(desk)
    monkeypatch.setenv("DISPLAY", screen.number)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield screen
    screen.close()


def test_without_a_window_manager_nobody_tells_until_it_comes(screen: Screen) -> None:
    watch = Watch("unknown")
    assert watch.source.known.wait(SECONDS)
    screen.manage()
    assert watch.next() == SourceChanged("hold:fullscreen", "x11")
    watch.source.close()


# python-xlib leaves the socket of a try that fails to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_x_server_lost_and_found_ten_times_leaves_nothing(screen: Screen, desk: Desk) -> None:
    screen.manage()
    watch = Watch("unknown")
    counts = []
    for _ in range(10):
        found(watch, "x11")
        counts.append(held())
        screen.kill()
        while watch.next() != SourceChanged("hold:fullscreen", "none"):
            pass
        screen.start()
    found(watch, "x11")
    assert set(counts[1:]) == {held()}
    watch.source.close()


def found(watch: Watch, name: str) -> None:
    """Wait until it is found, and has told what is on."""
    while watch.next() != SourceChanged("hold:fullscreen", name):
        pass
    watch.name = name


def held() -> tuple[int, int, int]:
    """Return how many descriptors, threads and connections to X there are."""
    gc.collect()
    connections = sum(isinstance(one, XWindows) for one in gc.get_objects())
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), connections
