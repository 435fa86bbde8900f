"""Full-screen windows under a real sway, by its own socket and by the protocol that lists windows."""

import gc
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.swayipc import Sway
from breakd.adapters.toplevels import Toplevels
from breakd.ports import InUse, SourceChanged
from desktop.wayland import WaylandDesk
from windowwatch import Watch

pytestmark = pytest.mark.desktop

SECONDS = 20
WAYS = ["sway", "foreign-toplevel"]
TITLES = """
read -r < "$0"
for ((n = 0; n < 300; n++)); do printf "\\e]0;typed %s\\a" $n; sleep 0.002; done
echo done > "$0"
sleep 1000
"""


class Sight:
    """sway, and the windows in it."""

    def __init__(self, desk: WaylandDesk) -> None:
        self.desk = desk
        self._opened: list[subprocess.Popen[bytes]] = []

    def open(self, name: str, *program: str) -> "subprocess.Popen[bytes]":
        """Open a window, which becomes the active one."""
        process = self.desk.start(["foot", f"--app-id={name}", *(program or ("sleep", "1000"))])
        self._opened.append(process)
        self.desk.wait(lambda: self._window(name).get("focused") or self._full(), f"the window {name}")
        return process

    def do(self, *command: str) -> None:
        done = self.desk.run(["swaymsg", *command])
        assert done.returncode == 0, done.stdout + done.stderr

    def close(self) -> None:
        for process in self._opened:
            if process.poll() is None:
                self.desk.stop(process)
        self.desk.wait(lambda: not list(self._windows(self._tree())), "no windows")
        self.do("workspace", "1")

    def _tree(self) -> Any:
        return json.loads(self.desk.run(["swaymsg", "-t", "get_tree"]).stdout)

    def _windows(self, node: Any) -> Iterator[Any]:
        if node.get("pid"):
            yield node
        for child in node["nodes"] + node["floating_nodes"]:
            yield from self._windows(child)

    def _window(self, name: str) -> Any:
        return next((window for window in self._windows(self._tree()) if window["app_id"] == name), {})

    def _full(self) -> bool:
        return any(window["fullscreen_mode"] for window in self._windows(self._tree()))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaylandDesk]:
    with WaylandDesk(tmp_path_factory.mktemp("sway")) as desk:
        yield desk


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, desk: WaylandDesk, monkeypatch: pytest.MonkeyPatch) -> str:
    choose(request.param, desk, monkeypatch)
    way: str = request.param
    return way


def choose(way: str, desk: WaylandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process be in the desk's session, where one of the ways is the first."""
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setenv("WAYLAND_DISPLAY", desk.env["WAYLAND_DISPLAY"])
    monkeypatch.delenv("SWAYSOCK", raising=False)
    if way == "sway":
        monkeypatch.setenv("SWAYSOCK", desk.env["SWAYSOCK"])


@pytest.fixture
def sight(desk: WaylandDesk) -> Iterator[Sight]:
    sight = Sight(desk)
    yield sight
    sight.close()


@pytest.fixture
def watch(way: str, sight: Sight) -> Iterator[Watch]:
    watch = Watch(way)
    yield watch
    watch.source.close()


def test_a_film_in_and_out_and_its_end(watch: Watch, sight: Sight) -> None:
    film = sight.open("film")
    for _ in range(2):
        sight.do("fullscreen", "enable")
        assert watch.seen() == ["film"]
        sight.do("fullscreen", "disable")
        assert watch.seen() == []
    sight.do("fullscreen", "enable")
    assert watch.seen() == ["film"]
    film.kill()
    assert watch.seen() == []


def test_what_is_full_screen_at_the_start_is_known_at_once(way: str, sight: Sight) -> None:
    sight.open("film")
    sight.do("fullscreen", "enable")
    watch = Watch(way)
    assert watch.seen() == ["film"]
    watch.source.close()


def test_another_workspace_with_work_on_it_ends_it(watch: Watch, sight: Sight) -> None:
    sight.open("film")
    sight.do("fullscreen", "enable")
    assert watch.seen() == ["film"]
    sight.do("workspace", "2")
    sight.open("mail")
    assert watch.seen() == []
    sight.do("workspace", "1")
    assert watch.seen() == ["film"]


def test_one_of_two_windows_takes_the_screen_from_the_other(watch: Watch, sight: Sight) -> None:
    sight.open("film")
    sight.open("mail")
    sight.do("fullscreen", "enable")
    assert watch.seen() == ["mail"]
    sight.do("[app_id=film]", "fullscreen", "enable")
    while watch.seen() != ["film"]:  # for a moment it can be neither
        pass


def test_breakds_own_windows_do_not_count(watch: Watch, sight: Sight) -> None:
    sight.open("breakd")
    sight.do("fullscreen", "enable")
    sight.do("fullscreen", "disable")
    sight.open("film")
    sight.do("fullscreen", "enable")
    assert watch.seen() == ["film"]


def test_titles_wake_it_seldom_and_hide_nothing(watch: Watch, sight: Sight, tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    sight.open("terminal", "bash", "--norc", "-c", TITLES, str(line))
    sight.do("fullscreen", "enable")
    assert watch.seen() == ["terminal"]
    before = wake_ups()
    line.write_text("begin\n")
    assert line.read_text() == "done\n"
    assert wake_ups() - before <= 60
    sight.do("fullscreen", "disable")
    assert watch.seen() == []


@pytest.mark.parametrize("way", WAYS)
def test_on_another_output_it_is_seen_beside_the_work(
    way: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WaylandDesk(tmp_path_factory.mktemp("outputs")) as desk:
        choose(way, desk, monkeypatch)
        sight, watch = Sight(desk), Watch(way)
        sight.do("create_output")
        sight.do("focus", "output", "HEADLESS-1")
        sight.open("film")
        sight.do("fullscreen", "enable")
        assert watch.seen() == ["film"]
        sight.do("focus", "output", "HEADLESS-2")
        sight.open("mail")
        sight.do("[app_id=film]", "fullscreen", "disable")
        assert watch.seen() == []
        sight.do("[app_id=film]", "fullscreen", "enable")
        assert watch.seen() == ["film"]
        watch.source.close()


def test_sways_own_socket_tells_the_process_too(desk: WaylandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    choose("sway", desk, monkeypatch)
    sight, watch = Sight(desk), Watch("sway")
    sight.open("film")
    sight.do("fullscreen", "enable")
    told = watch.next()
    assert told == InUse("fullscreen", "sway", (("film", "foot"),))
    watch.source.close()
    sight.close()


def test_a_full_screen_container_holds_its_windows(desk: WaylandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    choose("sway", desk, monkeypatch)
    sight, watch = Sight(desk), Watch("sway")
    sight.open("notes")
    sight.open("film")
    sight.do("splitv")
    sight.open("mail")
    sight.do("focus", "parent")
    sight.do("fullscreen", "enable")
    assert sorted(watch.seen()) == ["film", "mail"]
    watch.source.close()
    sight.close()


@pytest.mark.parametrize("way", WAYS)
def test_lost_and_found_ten_times_it_leaves_nothing(
    way: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("lost")
    control = folder / "sway"  # a sway that starts anew has another socket
    with WaylandDesk(folder) as desk:
        choose(way, desk, monkeypatch)
        if way == "sway":
            monkeypatch.setenv("SWAYSOCK", str(control))
            monkeypatch.setenv("WAYLAND_DISPLAY", "")
        counts = []
        control.symlink_to(desk.env["SWAYSOCK"])
        watch = Watch(way)
        for _ in range(10):
            counts.append(held())
            desk.kill_screen()
            assert watch.next() == SourceChanged("hold:fullscreen", "none")
            desk.revive_screen()
            control.unlink()
            control.symlink_to(desk.env["SWAYSOCK"])
            assert watch.next() == SourceChanged("hold:fullscreen", way)
        assert set(counts[1:]) == {held()}
        watch.source.close()


def test_sway_that_starts_anew_is_seen_by_the_other_way(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WaylandDesk(tmp_path_factory.mktemp("anew")) as desk:
        choose("sway", desk, monkeypatch)
        watch, sight = Watch("sway"), Sight(desk)
        sight.open("film")
        sight.do("fullscreen", "enable")
        assert watch.seen() == ["film"]
        desk.restart_screen()
        assert watch.seen() == []
        while watch.next() != SourceChanged("hold:fullscreen", "foreign-toplevel"):
            pass
        watch.source.close()


def wake_ups() -> int:
    """Return how often the source's thread has waited for something."""
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "fullscreen"]
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(status.split("voluntary_ctxt_switches:")[1].split()[0])


def held() -> tuple[int, int, int]:
    """Return how many descriptors, threads and connections there are."""
    gc.collect()
    connections = sum(isinstance(one, Sway | Toplevels) for one in gc.get_objects())
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), connections
