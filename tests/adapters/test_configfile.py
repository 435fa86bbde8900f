"""The file of the configuration is watched: whatever way it is saved, that is told, with the file whole."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest

from breakd.adapters import configfile
from breakd.adapters.configfile import QUIET_S, ConfigFile
from breakd.core.durations import MINUTE
from breakd.errors import UsageError
from breakd.ports import ConfigChanged, Message
from fakeprograms import until

SECONDS = 20
DEFAULT = 30
"""Minutes: `every` of the first break where no file says otherwise."""


def text(minutes: int) -> str:
    return f'[[break]]\nname = "micro"\nevery = "{minutes}m"\nlength = "1m"\nroutines = ["walk"]\n'


class Watched:
    """A file that is watched; None names the usual place."""

    def __init__(self, named: Path | str | None = None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.file = ConfigFile(None if named is None else str(named))
        self.file.load()

    def begin(self) -> None:
        self.file.watch(self.told.put)

    def every(self) -> int:
        """Return the minutes that the file says now."""
        return self.file.read().tiers[0].every // MINUTE

    def tells(self) -> None:
        """Wait until a change is told."""
        assert self.told.get(timeout=SECONDS) == ConfigChanged()

    def becomes(self, minutes: int) -> None:
        """Read at each change that is told, until the file says so."""
        self.tells()
        while self.every() != minutes:
            self.tells()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the usual place of the file; not even its folder is there."""
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home/.config"))
    return tmp_path / "home/.config/breakd/config.toml"


@pytest.fixture
def path(place: Path) -> Path:
    """Return the usual place, with a file."""
    place.parent.mkdir(parents=True)
    place.write_text(text(31))
    return place


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    """Return what watches a file from now on."""
    made: list[Watched] = []

    def begin(named: Path | str | None = None) -> Watched:
        made.append(watched := Watched(named))
        watched.begin()
        until(lambda: looks(watched), lambda: "it does not watch")
        return watched

    yield begin
    for each in made:
        each.file.close()


def looks(watched: Watched) -> bool:
    """Return whether the watch stands."""
    watch = watched.file._watch
    return watch is not None and watch._way is not None


# Ways to save


def truncates(path: Path, new: str) -> None:
    """As nano does, and vim where `backupcopy` is set."""
    path.write_text(new)


def renames(path: Path, new: str) -> None:
    """As most editors do."""
    draft = path.with_name(".draft")
    draft.write_text(new)
    draft.rename(path)


def keeps_a_backup(path: Path, new: str) -> None:
    """As vim does: the old file leaves its name, a new one takes it."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    with path.open("w") as file:
        file.write(new)
        file.flush()
        os.fsync(file.fileno())
    backup.unlink()


def links_a_backup(path: Path, new: str) -> None:
    """As gedit does."""
    draft = path.with_name(".goutputstream-X1")
    draft.write_text(new)
    backup = path.with_name(path.name + "~")
    backup.unlink(missing_ok=True)
    backup.hardlink_to(path)
    draft.rename(path)


def uses_sed(path: Path, new: str) -> None:
    minutes = new.partition('every = "')[2].partition('"')[0]
    subprocess.run(["sed", "-i", f's/every = .*/every = "{minutes}"/', path], check=True)


def makes_anew(path: Path, new: str) -> None:
    """As git does."""
    path.unlink()
    path.write_text(new)


def keeps_the_time(path: Path, new: str) -> None:
    """As `cp -p` and `rsync -t` of an old file do."""
    path.write_text(new)
    os.utime(path, (1, 1))


SAVES = [truncates, renames, keeps_a_backup, links_a_backup, uses_sed, makes_anew, keeps_the_time]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_it_is_told_however_it_is_saved(
    path: Path, watch: Callable[..., Watched], save: Callable[[Path, str], None]
) -> None:
    watched = watch()
    for minutes in (41, 42, 43):
        save(path, text(minutes))
        watched.becomes(minutes)


def other_file(path: Path) -> None:
    """Have another file beside it."""
    path.with_name("other.toml").write_text(text(49))


def test_a_file_that_is_half_written_is_left_alone(path: Path, watch: Callable[..., Watched]) -> None:
    other_file(path)
    watched, other = watch(), watch(path.with_name("other.toml"))
    with path.open("w") as file:
        file.write(text(41)[:-20])
        file.flush()
        path.with_name("other.toml").write_text(text(50))
        other.becomes(50)
        assert watched.told.empty()
        file.write(text(41)[-20:])
    watched.tells()
    assert watched.every() == 41


def test_a_new_file_with_nothing_in_it_yet_is_left_alone(path: Path, watch: Callable[..., Watched]) -> None:
    path.unlink()
    other_file(path)
    watched, other = watch(), watch(path.with_name("other.toml"))
    with path.open("w") as file:
        path.with_name("other.toml").write_text(text(50))
        other.becomes(50)
        assert watched.told.empty()
        file.write(text(41))
    watched.tells()
    assert watched.every() == 41


def test_other_files_beside_it_are_none_of_its_business(path: Path, watch: Callable[..., Watched]) -> None:
    other_file(path)
    watched, other = watch(), watch(path.with_name("other.toml"))
    for name in ("config.toml~", "picture.png", "config"):
        path.with_name(name).write_text("")
    path.with_name("folder").mkdir()
    path.with_name("other.toml").write_text(text(50))
    other.becomes(50)
    assert watched.told.empty()


def test_a_burst_is_told_as_one(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch()
    began = time.monotonic()
    for _ in range(100):
        renames(path, text(41))
        truncates(path, text(42))
    renames(path, text(43))
    watched.tells()
    told = 1
    while watched.every() != 43:
        watched.tells()
        told += 1
    assert told <= 2 + (time.monotonic() - began) / QUIET_S


# What comes and goes


def test_without_a_file_there_are_the_defaults_again(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch()
    path.unlink()
    watched.becomes(DEFAULT)
    path.write_text(text(41))
    watched.becomes(41)


def test_a_file_that_must_be_there_is_missed(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(path)
    path.unlink()
    watched.tells()
    with pytest.raises(UsageError, match="there is no such file"):
        watched.every()
    path.write_text(text(41))
    watched.becomes(41)


def test_neither_the_folder_nor_its_folder_is_there_yet(place: Path, watch: Callable[..., Watched]) -> None:
    watched = watch()
    assert watched.every() == DEFAULT
    place.parents[2].mkdir()
    place.parents[1].mkdir()
    place.parent.mkdir()
    place.write_text(text(41))
    watched.becomes(41)
    place.write_text(text(42))
    watched.becomes(42)


def test_a_file_that_is_linked_to_its_name_is_there_at_once(place: Path, watch: Callable[..., Watched]) -> None:
    """As `breakd config init` writes it."""
    watched = watch()
    place.parent.mkdir(parents=True)
    draft = place.with_name("config.toml.new")
    draft.write_text(text(41))
    place.hardlink_to(draft)
    draft.unlink()
    watched.becomes(41)


@pytest.mark.parametrize("up", [0, 1, 2])
def test_a_folder_on_the_way_goes_and_comes(path: Path, watch: Callable[..., Watched], up: int) -> None:
    watched = watch()
    folder = path.parents[up]
    aside = folder.with_name("aside")
    folder.rename(aside)
    watched.becomes(DEFAULT)
    path.parent.mkdir(parents=True)
    path.write_text(text(41))
    watched.becomes(41)
    path.unlink()
    for each in path.parents[: up + 1]:
        each.rmdir()
    watched.becomes(DEFAULT)
    aside.rename(folder)
    watched.becomes(31)


# Links


def repoints_in_place(link: Path, target: Path | str) -> None:
    new = link.with_name(".link")
    new.symlink_to(target)
    new.rename(link)


def repoints_anew(link: Path, target: Path | str) -> None:
    link.unlink()
    link.symlink_to(target)


REPOINTS = pytest.mark.parametrize("repoint", [repoints_in_place, repoints_anew])


@REPOINTS
@pytest.mark.parametrize("relative", [True, False])
def test_a_link_to_a_file(
    path: Path, watch: Callable[..., Watched], repoint: Callable[[Path, Path | str], None], *, relative: bool
) -> None:
    dotfiles = path.parents[2] / "dotfiles"
    dotfiles.mkdir()
    one, two = dotfiles / "one.toml", dotfiles / "two.toml"
    one.write_text(text(41))
    two.write_text(text(51))
    path.unlink()
    path.symlink_to("../../dotfiles/one.toml" if relative else one)
    watched = watch()
    for minutes, save in enumerate(SAVES, 60):
        save(one, text(minutes))
        watched.becomes(minutes)
    repoint(path, "../../dotfiles/two.toml" if relative else two)
    watched.becomes(51)
    two.write_text(text(52))
    watched.becomes(52)
    path.unlink()
    path.write_text(text(53))
    watched.becomes(53)


@REPOINTS
def test_a_link_to_a_folder(
    path: Path, watch: Callable[..., Watched], repoint: Callable[[Path, Path | str], None]
) -> None:
    """As stow makes it."""
    one, two = path.parents[2] / "one", path.parents[2] / "two"
    path.parent.rename(one)
    two.mkdir()
    (two / path.name).write_text(text(51))
    path.parent.symlink_to(one)
    watched = watch()
    (one / path.name).write_text(text(41))
    watched.becomes(41)
    repoint(path.parent, two)
    watched.becomes(51)
    renames(two / path.name, text(52))
    watched.becomes(52)


def test_a_link_by_way_of_another(path: Path, watch: Callable[..., Watched]) -> None:
    """As Kubernetes mounts it: one link is renamed, and all that lead by way of it are new."""
    folder = path.parent
    path.unlink()
    for name, minutes in (("..2026_1", 41), ("..2026_2", 42)):
        (folder / name).mkdir()
        (folder / name / path.name).write_text(text(minutes))
    (folder / "..data").symlink_to("..2026_1")
    path.symlink_to(f"..data/{path.name}")
    watched = watch()
    assert watched.every() == 41
    repoints_in_place(folder / "..data", "..2026_2")
    watched.becomes(42)
    (folder / "..2026_2" / path.name).write_text(text(43))
    watched.becomes(43)


@pytest.mark.parametrize("target", ["config.toml", "nowhere/config.toml"])
def test_a_link_that_leads_nowhere_is_mended(path: Path, watch: Callable[..., Watched], target: str) -> None:
    watched = watch()
    repoints_in_place(path, target)
    watched.tells()
    with pytest.raises(UsageError):
        watched.every()
    path.with_name("good.toml").write_text(text(41))
    repoints_in_place(path, "good.toml")
    watched.becomes(41)


def test_a_link_to_a_folder_that_comes_later(path: Path, watch: Callable[..., Watched]) -> None:
    repoints_in_place(path, "later/on/config.toml")
    watched = Watched.__new__(Watched)
    watched.told, watched.file = SimpleQueue(), ConfigFile(None)
    with pytest.raises(UsageError, match="no such file"):
        watched.file.load()
    watched.begin()
    (path.parent / "later/on").mkdir(parents=True)
    path.write_text(text(41))
    watched.becomes(41)
    watched.file.close()


# Beginning and end


def test_what_is_saved_before_the_watch_stands_is_told(path: Path) -> None:
    watched = Watched()
    path.write_text(text(41))
    watched.begin()
    watched.becomes(41)
    watched.file.close()


def test_a_file_named_from_where_one_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, watch: Callable[..., Watched]
) -> None:
    monkeypatch.chdir(path.parents[1])
    watched = watch("breakd/../breakd/./config.toml")
    path.write_text(text(41))
    watched.becomes(41)


def test_what_came_through_a_pipe_is_read_once(tmp_path: Path) -> None:
    """As by `--config <(...)` of bash."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", 'printf %s "$1" > "$2"', "sh", text(41), str(pipe)]):
        file = ConfigFile(str(pipe))
        assert file.read().tiers[0].every == 41 * MINUTE
    os.utime(pipe, (1, 1))
    assert not file.changed()


def test_it_leaves_nothing_behind(path: Path) -> None:
    def held() -> tuple[int, list[str]]:
        return len(list(Path("/proc/self/fd").iterdir())), [thread.name for thread in threading.enumerate()]

    before = held()
    for number in range(5):
        watched = Watched()
        watched.begin()
        path.write_text(text(41 + number))
        watched.becomes(41 + number)
        watched.file.close()
    assert held() == before
    Watched().file.close()  # which was never begun


def test_what_was_lost_on_the_way_is_looked_for(path: Path, watch: Callable[..., Watched]) -> None:
    """The kernel's queue overflows after 16384 events, and says so."""
    inner = watch().file._watch
    assert inner is not None
    assert inner._heard([SimpleNamespace(wd=-1, mask=configfile._OVERFLOW, name="")])
    assert inner._way is None


SCRIPT = """
import os, resource, sys, threading, time
from pathlib import Path
from breakd.adapters.configfile import ConfigFile

path = Path(sys.argv[1])
file = ConfigFile(str(path))
file.load()
if sys.argv[2] == "limit":
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 1024))
file.watch(print)
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
assert not file.changed()
path.write_text(path.read_text().replace("31m", "47m"))
os.utime(path, (1, 1))  # it has been there for a while
assert file.changed()
assert file.read().tiers[0].every == 47 * 60_000_000
assert not file.changed()
path.write_text("")
os.utime(path, (later := time.time() + 1000, later))
assert file.changed()
path.unlink()
assert file.changed()
file.close()
"""


@pytest.mark.parametrize("lacks", ["limit", "library"])
def test_where_nothing_can_be_watched_it_is_compared(path: Path, tmp_path: Path, lacks: str) -> None:
    if lacks == "library":  # as on macOS and Windows
        (tmp_path / "inotify_simple.py").write_text("raise ImportError('none here')")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), lacks],
        env=os.environ | {"PYTHONPATH": str(tmp_path)}, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
