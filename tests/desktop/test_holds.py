"""Somebody works while a reason to hold is on: what the daemon asks and when, on real desktops, read from the log."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from adapters.test_camera import Holder
from adapters.test_inhibit import IDLE, SUSPEND, SessionManager
from breakd.adapters.bus import Bus
from breakd.adapters.camera import Camera
from breakd.adapters.clock import in_utc
from breakd.ports import InUse, Message, SourceChanged
from desktop.desk import SECONDS, Desk
from desktop.person import Person
from desktop.test_disturb import SWITCHES, pause_dunst, ran
from desktop.test_fullscreen import BACK, FULL, Window
from desktop.test_prompt_window import clicks, is_asked
from machine import Machine, settings
from private_pipewire import PrivatePipeWire

pytestmark = pytest.mark.desktop

AT_MOST = timedelta(seconds=2)
PORTAL = "xdg-desktop-portal-wlr"


class Worker(Person):
    """A person with lines of `[hold]`, and of `[prompt]`, in the configuration; a break comes due in two seconds."""

    def __init__(self, desk: Desk, folder: Path, name: str, hold: str = "", prompt: str = "") -> None:
        super().__init__(desk, folder, f"hold-{name}", every="2s")
        assert self.config is not None
        text = self.config.read_text().replace("[prompt]\n", f"[prompt]\n{prompt}\n")
        self.config.write_text(f"{text}\n[hold]\n{hold}\n")

    def is_held(self, reason: str) -> None:
        """Work until a break waits for this, and nothing is on the screen."""
        self.works_until(lambda: "held" in self.events(), f"{reason} holding")
        assert self.row("held")["reason"] == reason
        assert self.events() == ["due", "held"]
        assert not self.desk.bubbles()

    def is_prompted(self, offer: int = 1) -> None:
        self.works_until(lambda: "prompted" in self.events(offer), "the prompt")

    def at(self, event: str) -> datetime:
        """Return when this happened to the first offer."""
        (at,) = (row["at"] for row in self.log() if (row["event"], row["offer"]) == (event, 1))
        return datetime.fromisoformat(at)

    def was_held_until(self, end: datetime) -> None:
        """Say whether the prompt came when the hold had ended, and not before."""
        assert self.events() == ["due", "held", "prompted"]
        assert self.at("prompted") >= end

    def was_held_for(self, longest: timedelta) -> None:
        """Say whether the prompt came when the hold had lasted for so long, and not before."""
        assert self.events()[:3] == ["due", "held", "prompted"]
        assert self.at("prompted") - self.at("held") >= longest

    def skips(self) -> None:
        assert self.run("skip").returncode == 0


def now() -> datetime:
    """Return the time as the log writes it."""
    at = in_utc()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


Sits = Callable[..., Worker]


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="dunst") as desk:
        yield desk


@pytest.fixture(scope="module", params=["dunst", "xfce4-notifyd"])
def quiet(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Iterator[tuple[Desk, str]]:
    """A desk with a server that can be told to be silent."""
    with make_desk(server=request.param) as desk:
        yield desk, request.param


@pytest.fixture
def at_desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Worker]]:
    """Return what seats somebody at a desk, with lines of the configuration."""
    seated: list[Worker] = []

    def sit(desk: Desk, hold: str = "", prompt: str = "") -> Worker:
        seated.append(Worker(desk, tmp_path, request.node.name.removeprefix("test_"), hold, prompt))
        return seated[-1]

    yield sit
    for one in seated:
        one.close()


@pytest.fixture
def sits(desk: Desk, at_desk: Sits) -> Sits:
    """Return what seats somebody at the desk of the module."""
    return lambda *lines, **more: at_desk(desk, *lines, **more)


# Full-screen windows


@pytest.fixture
def window(desk: Desk) -> Iterator[Callable[[str], Window]]:
    """Return what opens a full-screen window of a class."""
    opened: list[Window] = []

    def make(name: str) -> Window:
        opened.append(Window(desk, name).do(FULL))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_a_film_holds_until_it_is_full_screen_no_more(sits: Sits, window: Callable[[str], Window]) -> None:
    film, person = window("film"), sits()
    person.starts("run")
    person.is_held("fullscreen")
    end = now()
    film.do(BACK)
    person.is_prompted()
    person.was_held_until(end)


def test_a_film_that_outlasts_at_most_holds_no_longer(sits: Sits, window: Callable[[str], Window]) -> None:
    window("film")
    person = sits(f'at_most = "{AT_MOST.seconds}s"')
    person.starts("run")
    person.is_prompted()
    person.was_held_for(AT_MOST)
    assert person.row("held")["reason"] == "fullscreen"


def process_name(window: Window) -> str:
    """Return what `ps` calls it."""
    return Path(f"/proc/{window.process.pid}/comm").read_text().strip()


@pytest.mark.parametrize("named_by", ["window class", "process name"])
def test_a_full_screen_editor_that_is_ignored_is_work(
    sits: Sits, window: Callable[[str], Window], named_by: str
) -> None:
    editor = window("editor")
    person = sits(f"ignore = ['{'Editor' if named_by == 'window class' else process_name(editor)}']")
    person.starts("run")
    person.is_prompted()
    assert person.events() == ["due", "prompted"]


@pytest.mark.parametrize("named_by", ["window class", "process name"])
def test_a_program_that_is_named_holds_whatever_else_does_not(
    sits: Sits, window: Callable[[str], Window], named_by: str
) -> None:
    slides = window("slides")
    person = sits(
        f"while = []\nprograms = ['nobody', '{'slides' if named_by == 'window class' else process_name(slides)}']"
    )
    person.starts("run")
    person.is_held("fullscreen")
    end = now()
    slides.do(BACK)  # it runs on, which holds nothing
    person.is_prompted()
    person.was_held_until(end)


def test_a_film_holds_nothing_where_only_a_program_does(sits: Sits, window: Callable[[str], Window]) -> None:
    window("film")
    person = sits("while = []\nprograms = ['slides']")
    person.starts("run")
    person.is_prompted()
    assert person.events() == ["due", "prompted"]


# Do-not-disturb

Switch = Callable[..., None]


@pytest.fixture
def switch(quiet: tuple[Desk, str]) -> Iterator[Switch]:
    """Return what switches the do-not-disturb of the desk's server."""
    desk, server = quiet

    def turn(*, on: bool) -> None:
        SWITCHES[server](desk, on=on)

    turn(on=True)
    yield turn
    turn(on=False)


def test_do_not_disturb_holds_until_it_ends(quiet: tuple[Desk, str], switch: Switch, at_desk: Sits) -> None:
    person = at_desk(quiet[0])
    person.starts("run")
    person.is_held("do-not-disturb")
    end = now()
    switch(on=False)
    person.is_prompted()
    person.was_held_until(end)
    person.desk.wait(person.desk.bubbles, "the prompt on the server")
    assert not person.desk.windows()
    person.skips()


def test_what_do_not_disturb_would_swallow_is_asked_by_the_window(
    quiet: tuple[Desk, str], switch: Switch, at_desk: Sits
) -> None:
    desk, _server = quiet
    person = at_desk(desk, f'at_most = "{AT_MOST.seconds}s"')
    person.starts("run")
    window = is_asked(person)
    assert not desk.bubbles()
    person.was_held_for(AT_MOST)
    assert person.row("held")["reason"] == "do-not-disturb"
    person.shot("asked")
    clicks(desk, "Start", window)
    desk.window("Done")
    assert person.events() == ["due", "held", "prompted", "started", "taken"]
    assert person.row("started")["source"] == "notification"
    switch(on=False)
    person.is_prompted(offer=2)
    desk.wait(desk.bubbles, "the next prompt on the server")
    assert not [window for window in desk.windows() if "Done" not in window.title]
    person.skips()


@pytest.fixture
def paused(desk: Desk) -> Iterator[None]:
    """Pause the dunst of the module's desk."""
    pause_dunst(desk, on=True)
    yield
    pause_dunst(desk, on=False)


def waiting(desk: Desk) -> int:
    """Return how many notifications dunst keeps to itself."""
    done = desk.run(["dunstctl", "count", "waiting"])
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_where_no_window_is_ever_wanted_the_server_keeps_the_prompt(desk: Desk, sits: Sits, paused: None) -> None:
    person = sits('at_most = "1s"', prompt='window = "never"')
    person.starts("run")
    person.works_until(lambda: waiting(desk) == 1, "the prompt with the server")
    person.was_held_for(timedelta(seconds=1))
    assert not desk.windows()
    assert not desk.bubbles()
    pause_dunst(desk, on=False)
    desk.wait(desk.bubbles, "the prompt on the screen")
    person.skips()


def test_the_prompt_of_the_window_is_nowhere_else(desk: Desk, sits: Sits, paused: None) -> None:
    person = sits('at_most = "1s"')
    person.starts("run")
    window = is_asked(person)
    assert waiting(desk) == 0
    pause_dunst(desk, on=False)
    assert person.run("snooze").returncode == 0
    desk.wait(lambda: window not in desk.windows(), "the window gone")
    desk.wait(desk.bubbles, "the prompt again, on the server")
    assert person.events() == ["due", "held", "prompted", "snoozed", "prompted"]
    ran(desk, "dunstctl", "action")
    desk.wait(lambda: "started" in person.events(), "the answer in the log")


# Screen sharing


@pytest.fixture
def pipewire(tmp_path: Path) -> Iterator[PrivatePipeWire]:
    private = PrivatePipeWire(tmp_path)
    private.start()
    yield private
    private.close()


def test_nothing_is_shown_to_an_audience_however_long_it_stays(sits: Sits, pipewire: PrivatePipeWire) -> None:
    pipewire.offer(PORTAL)
    call = pipewire.take("firefox")
    pipewire.link(PORTAL, "firefox")
    person = sits('at_most = "1s"')
    person.env["PIPEWIRE_RUNTIME_DIR"] = pipewire.env["PIPEWIRE_RUNTIME_DIR"]
    person.starts("run")
    person.is_held("screen-share")
    far = person.at("held") + timedelta(seconds=3)

    def shared_for_long() -> bool:
        assert not person.desk.bubbles()
        assert not person.desk.windows()
        return now() > far

    person.works_until(shared_for_long, "longer than at_most")
    assert person.events() == ["due", "held"]
    end = now()
    pipewire.end(call)
    person.is_prompted()
    person.was_held_until(end)
    person.desk.wait(person.desk.bubbles, "the prompt")


# Programs that keep the desktop from going idle


@pytest.fixture
def session(desk: Desk) -> Iterator[SessionManager]:
    bus = Bus(desk.env["DBUS_SESSION_BUS_ADDRESS"])
    manager = SessionManager(bus)
    manager.own()
    yield manager
    bus.close()


def test_who_keeps_the_desktop_from_idling_holds_where_that_is_wanted(sits: Sits, session: SessionManager) -> None:
    session.inhibit("rhythmbox", SUSPEND)
    film = session.inhibit("org.gnome.Totem", IDLE)
    person = sits('while = ["idle-inhibit"]')
    person.starts("run")
    person.is_held("idle-inhibit")
    end = now()
    session.uninhibit(film)
    person.is_prompted()
    person.was_held_until(end)


def test_who_keeps_the_desktop_from_idling_outlasts_at_most(sits: Sits, session: SessionManager) -> None:
    session.inhibit("org.gnome.Totem", IDLE)
    person = sits(f'while = ["idle-inhibit"]\nat_most = "{AT_MOST.seconds}s"')
    person.starts("run")
    person.is_prompted()
    person.was_held_for(AT_MOST)


@pytest.mark.parametrize("hold", ["", 'while = ["idle-inhibit"]\nignore = ["totem"]'], ids=["default", "ignored"])
def test_who_keeps_the_desktop_from_idling_holds_nothing_else(sits: Sits, session: SessionManager, hold: str) -> None:
    session.inhibit("org.gnome.Totem", IDLE)
    person = sits(hold)
    person.starts("run")
    person.is_prompted()
    assert person.events() == ["due", "prompted"]


# The camera: no daemon of its own can be given a stand-in, so one on a fake machine hears the real source.


class InCall:
    """A machine, and a process that holds its camera until it is let go."""

    def __init__(self, folder: Path, **hold: Any) -> None:
        (folder / "video0").touch()
        micro = {"name": "micro", "every": "30m", "length": "2m", "routines": ["helicopters"]}
        always = {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-17:00"]}
        self.machine = Machine(config=settings(work=always, hold=hold, **{"break": [micro]}))
        self._told: SimpleQueue[Message] = SimpleQueue()
        self.call = Holder("zoom", folder / "video0")
        self.source = Camera(self._told.put, folder / "video[0-9]*", 0.02)
        self.is_told(on=True)

    def is_told(self, *, on: bool) -> None:
        """Pass on what the source tells until that is whether somebody holds the camera."""
        while True:
            message = self._told.get(timeout=SECONDS)
            self.machine.tell(message)
            assert isinstance(message, InUse | SourceChanged)
            if isinstance(message, InUse) and bool(message.users) == on:
                return

    def hangs_up(self) -> None:
        self.call.end()
        self.is_told(on=False)

    def close(self) -> None:
        self.source.close()
        self.call.end()


@pytest.fixture
def in_call(tmp_path: Path) -> Iterator[Callable[..., InCall]]:
    begun: list[InCall] = []

    def begin(**hold: Any) -> InCall:
        begun.append(InCall(tmp_path, **hold))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def test_the_camera_holds_until_the_call_ends(in_call: Callable[..., InCall]) -> None:
    call = in_call()
    call.machine.sit(40)
    assert call.machine.events()[-2:] == ["due", "held"]
    assert call.machine.history.rows[-1].reason == "camera"
    assert call.machine.screen() is None
    call.hangs_up()
    assert call.machine.last() == ("09:40:00", "prompted")


def test_a_call_by_camera_that_outlasts_at_most_holds_no_longer(in_call: Callable[..., InCall]) -> None:
    call = in_call(at_most="5m")
    call.machine.sit(34)
    assert call.machine.last() == ("09:30:00", "held")
    call.machine.sit(2)
    assert call.machine.last() == ("09:35:00", "prompted")


@pytest.mark.parametrize("hold", [{"while": ["microphone"]}, {"ignore": ["zoom"]}], ids=["not watched", "ignored"])
def test_a_camera_that_is_not_to_hold_holds_nothing(in_call: Callable[..., InCall], hold: dict[str, Any]) -> None:
    call = in_call(**hold)
    call.machine.sit(31)
    assert call.machine.last() == ("09:30:00", "prompted")
