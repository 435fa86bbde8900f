"""Prompts with buttons, by any server of the freedesktop.org notification specification.

Law: all state lives on the bus's reader thread, and one call is under way at a time. Replies and signals come in the
order of the bus, so an id is known before the first click on it, and a click on a prompt that is just being replaced
still carries that prompt's token. An id is good only for the owner that gave it. What is on the screen stands in a
small file as well, so that a prompt that a killed daemon left there is taken off by the next one.
"""

import contextlib
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from jeepney import DBusAddress

from breakd.adapters.bus import DBUS, Body, Bus, BusError
from breakd.folders import runtime_dir
from breakd.ports import Post, Prompt, PromptAnswered, Prompter, PromptsLost, PromptWavedAway, SourceChanged
from breakd.texts import _, later, with_how_to_answer

NAME = "org.freedesktop.Notifications"
SERVER = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)
DISMISSED = 2  # of the reasons of NotificationClosed: closed by the person. 1 is the server's timeout, 3 our own call
NOTIFY = "susssasa{sv}i"  # its arguments
NEVER, AS_USUAL = 0, -1  # values of expire_timeout
NORMAL, CRITICAL = 1, 2  # values of urgency
MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

# How a bubble without buttons is answered, as the server is set up by default.
CLICKS = {
    "dunst": (later("Middle click: start."), later("Click: snooze.")),
    "mako": (later("Click: start."), later("Right click: snooze.")),
}
# Servers that fold a normal prompt away after some seconds: the settings by which they show any, ours among them.
FOLDS_AWAY = {
    "gnome-shell": (
        "org.gnome.desktop.notifications show-banners",
        "org.gnome.desktop.notifications.application:/org/gnome/desktop/notifications/application/breakd/ show-banners",
    ),
    "cinnamon": ("org.cinnamon.desktop.notifications display-notifications",),
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    """The server's name for itself, and what it can do."""

    name: str
    abilities: frozenset[str]


class Notifications:
    """A Prompter on a session bus.

    What cannot be answered here, or insists on being seen, is asked by the `fallback`, if there is one; with no server
    it shows all there is. Its `show` and `withdraw` are called on the bus's reader thread, its `close` is ours to call,
    and it posts the answers itself.
    """

    def __init__(self, post: Post, bus: Bus, fallback: Prompter | None = None) -> None:
        self._post = post
        self._bus = bus
        self._fallback = fallback
        self._aside: Prompt | None = None  # what the fallback shows
        self.name = ""
        self._owner: str | None = None
        self._server: _Server | None = None
        self._busy = False
        self._wanted: Prompt | None = None
        self._shown: Prompt | None = None
        self._id = 0
        self._unseen = False  # the last prompt could not be shown
        self._silent = False  # somebody else shows the prompts
        self._at_rest: SimpleQueue[None] | None = None
        self._trace = Path(runtime_dir(), "breakd.prompt")
        self._left = self._read_trace()
        self._bus_went = False
        bus.on_lost(self._bus_lost)
        bus.watch_owner(NAME, self._owner_changed)
        bus.subscribe(self._invoked, sender=NAME, interface=NAME, member="ActionInvoked")
        bus.subscribe(self._closed, sender=NAME, interface=NAME, member="NotificationClosed")

    def show(self, prompt: Prompt) -> None:
        """Put the prompt on the screen, in place of the one there."""
        self._bus.soon(partial(self._want, prompt))

    def withdraw(self) -> None:
        """Take the prompt off the screen."""
        self._bus.soon(partial(self._want, None))

    def go_without(self) -> None:
        """Show all from now on as well as the server can, what the fallback should have shown first."""
        self._bus.soon(self._go_without)

    def rest(self) -> None:
        """Somebody else shows the prompts from now on: say no more who serves here."""
        self._bus.soon(self._fall_silent)

    def go_on(self, fallback: Prompter | None) -> None:
        """Show the prompts again, with nothing on the screen, and with this fallback in place of the one before."""
        self._bus.soon(partial(self._go_on, fallback))

    def close(self) -> None:
        """Withdraw, and wait until the server was told: the bus may be closed right after."""
        at_rest: SimpleQueue[None] = SimpleQueue()
        self._bus.soon(partial(self._rest, at_rest))
        with contextlib.suppress(Empty):  # a server that hangs keeps nobody here
            at_rest.get(timeout=1)
        if self._fallback is not None:
            self._fallback.close()

    # From here on: on the reader thread.

    def _go_without(self) -> None:
        aside, self._fallback, self._aside = self._aside, None, None
        self._serves("none" if self._server is None else self._server.name)
        if aside is not None:
            self._want(self._wanted or aside)

    def _fall_silent(self) -> None:
        self._silent, self._fallback, self._aside = True, None, None

    def _go_on(self, fallback: Prompter | None) -> None:
        self._silent, self._fallback, self._aside, self.name = False, fallback, None, ""
        if self._server is None and self._owner is None:
            self._look_for_one()
        else:
            self._serves("none" if self._server is None else self._server.name)

    def _want(self, prompt: Prompt | None) -> None:
        self._wanted = prompt
        self._unseen = False
        if prompt == self._aside and prompt is not None and not prompt.choices:
            self._aside = None  # it has left by itself
        if prompt is None:
            self._put_aside(None)  # at once: the server may hang
        self._step()

    def _rest(self, at_rest: SimpleQueue[None]) -> None:
        self._at_rest = at_rest
        self._want(None)

    def _step(self) -> None:
        """Make the next call on the way from what is shown to what is wanted."""
        if self._busy:
            return
        if self._server is None and (self._owner or self._wanted):
            self._ask()
            return
        here, aside = (None, self._wanted) if self._goes_aside(self._wanted) else (self._wanted, None)
        self._put_aside(aside)
        if here is not None and here != self._shown:
            self._notify(here)
        else:
            if here is None and self._shown is not None:
                self._take_off(self._shown)
            if self._at_rest is not None:
                self._at_rest.put(None)

    def _goes_aside(self, prompt: Prompt | None) -> bool:
        """Decide whether the fallback shows this.

        It does where there is no server, or one that takes no answer to what wants one, or keeps it to itself now.
        """
        if self._fallback is None or prompt is None:
            return False
        if prompt.insists and self._fallback.name != "none":  # one that cannot show it is not asked for nothing
            return True
        return self._server is None or bool(prompt.choices and "actions" not in self._server.abilities)

    def _put_aside(self, prompt: Prompt | None) -> None:
        """Have the fallback show this, or nothing."""
        if self._fallback is None or prompt == self._aside:
            return
        self._aside = prompt
        if prompt is None:
            self._fallback.withdraw()
        else:
            self._fallback.show(prompt)

    def _ask(self) -> None:
        """Ask the server who it is and what it can do; this starts one that the bus knows how to start."""

        def informed(reply: Body | BusError) -> None:
            if isinstance(reply, BusError):
                self._failed(reply)
            else:
                self._bus.call_later(SERVER, "GetCapabilities", on_reply=partial(able, reply[0]))

        def able(name: str, reply: Body | BusError) -> None:
            if isinstance(reply, BusError):
                self._failed(reply)
                return
            self._busy = False
            self._server = _Server(name, frozenset(reply[0]))
            self._serves(name)
            self._take_off_left()
            self._step()

        self._busy = True
        self._bus.call_later(SERVER, "GetServerInformation", on_reply=informed)

    def _notify(self, prompt: Prompt) -> None:
        assert self._server is not None
        self._busy = True
        body = _notification(prompt, self._server, replaces=self._id)
        self._bus.call_later(SERVER, "Notify", NOTIFY, body, on_reply=partial(self._notified, prompt, self._owner))

    def _notified(self, prompt: Prompt, owner: str | None, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self._failed(reply)
            return
        self._busy = False
        if owner != self._owner:  # another server took over meanwhile: this id means nothing to it
            self._lose()
        else:
            self._shown, self._id = prompt, reply[0]
            with contextlib.suppress(OSError):
                self._trace.write_text(f"{owner} {reply[0]}", encoding="ascii")
            if self._server is not None:
                self._serves(self._server.name)
        self._step()

    def _read_trace(self) -> list[str]:
        """Return the owner and the id of what an earlier daemon left on the screen."""
        try:
            return self._trace.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return []

    def _take_off_left(self) -> None:
        """Take off what an earlier daemon left, if the server is still the one that showed it."""
        left, self._left = self._left, []
        if left[:1] == [self._owner] and left[-1].isdigit() and self._id == 0:
            self._id = int(left[-1])
            self._take_off(Prompt(0, "breakd", ""))

    def _take_off(self, shown: Prompt) -> None:
        assert self._server is not None
        if self._server.name == "Notification Daemon":
            # notification-daemon 3.20 says that it closed the bubble, but leaves it; a timed-out one really goes.
            body = _notification(shown, self._server, replaces=self._id, milliseconds=100)
            self._bus.call_later(SERVER, "Notify", NOTIFY, body)
        self._close_on_server(self._id)
        self._forget()

    def _close_on_server(self, number: int) -> None:
        self._bus.call_later(SERVER, "CloseNotification", "u", (number,))

    def _forget(self) -> None:
        """Drop what was shown: it is no more."""
        if self._wanted == self._shown:
            self._wanted = None
        self._shown, self._id = None, 0
        with contextlib.suppress(OSError):
            self._trace.unlink()

    def _lose(self) -> None:
        """Say that what was shown, or was about to be, went with its server: the daemon shows it again."""
        self._wanted, self._shown, self._id, self._unseen = None, None, 0, False
        self._post(PromptsLost())

    def _failed(self, error: BusError) -> None:
        log.warning("no notification can be shown: %s", error)
        self._busy, self._server, self._shown, self._id = False, None, None, 0
        wanted = self._wanted
        if wanted is not None and self._goes_aside(wanted):
            self._put_aside(wanted)
            if not wanted.choices:
                self._wanted = None  # what is told is told: no server that comes later tells it again
        else:
            self._unseen, self._wanted = self._unseen or wanted is not None, None
        self._serves("none")
        if self._at_rest is not None:
            self._at_rest.put(None)

    def _serves(self, name: str) -> None:
        """Say who asks: this server, or the fallback in its place."""
        takes_answers = self._server is not None and "actions" in self._server.abilities
        if self._fallback is not None and self._fallback.name != "none" and name != "unknown" and not takes_answers:
            name = self._fallback.name
        if name != self.name and not self._silent:
            self.name = name
            self._post(SourceChanged("notifications", name))

    # What the bus tells.

    def _bus_lost(self) -> None:
        """Forget what is on the screen: on the next bus the same names and numbers are somebody else's."""
        self._bus_went, self._left = True, []
        with contextlib.suppress(OSError):
            self._trace.unlink()
        self._failed(BusError("the session bus is gone"))

    def _owner_changed(self, owner: str | None) -> None:
        self._owner, self._server = owner, None
        if self._shown is not None or (owner and self._unseen):
            self._lose()
        if owner is None:
            self._look_for_one()
        self._step()

    def _look_for_one(self) -> None:
        self._bus.call_later(DBUS, "ListActivatableNames", on_reply=self._activatable)

    def _activatable(self, reply: Body | BusError) -> None:
        """No server runs: it is not known which one the bus would start, and it is not started for the asking.

        A server started early at login could take the name from the desktop's own.
        """
        if self._owner is not None:
            return
        one = not isinstance(reply, BusError) and NAME in reply[0]
        self._serves("unknown" if one else "none")
        if one and self._bus_went:
            self._bus_went = False
            if self._unseen:
                self._lose()  # what went with the bus is asked again, which starts a server

    def _invoked(self, number: int, action: str) -> None:
        shown = self._shown
        if shown is None or number != self._id:
            return
        choice = shown.default if action == "default" else action
        self._forget()
        if not self._busy:  # else the next prompt is about to take its place, under this very id
            self._close_on_server(number)  # some servers leave an answered notification where it is
        if choice is not None:
            self._post(PromptAnswered(shown.token, choice))

    def _closed(self, number: int, reason: int) -> None:
        shown = self._shown
        if shown is None or number != self._id:
            return
        if reason == DISMISSED or not shown.choices:  # a prompt that its server took off is still to be answered
            self._forget()
        if reason == DISMISSED:
            self._post(PromptWavedAway(shown.token))


def tell(bus: Bus, title: str, text: str) -> None:
    """Show this, for a program that ends right after; nothing where nobody can show it."""
    with contextlib.suppress(BusError):
        name, *_more = bus.call(SERVER, "GetServerInformation")
        server = _Server(name, frozenset(bus.call(SERVER, "GetCapabilities")[0]))
        bus.call(SERVER, "Notify", NOTIFY, _notification(Prompt(0, title, text), server, replaces=0))


def _notification(prompt: Prompt, server: _Server, *, replaces: int, milliseconds: int | None = None) -> Body:
    """Return the arguments of Notify; `milliseconds` until the server takes it off (None: as fits the prompt)."""
    buttons = prompt.choices if "actions" in server.abilities else ()
    body = _body(prompt, server)
    if "body-markup" in server.abilities:
        body = body.translate(MARKUP)
    actions = [text for choice in buttons for text in (choice.key, choice.label)]
    if buttons and prompt.default:
        actions = ["default", "", *actions]  # xfce4-notifyd draws a default with a label as one more button
    # A critical one stays, unfolded, but shows even under do-not-disturb.
    urgent = prompt.choices and server.name in FOLDS_AWAY and all(map(_is_on, FOLDS_AWAY[server.name]))
    hints: dict[str, tuple[str, Any]] = {
        "desktop-entry": ("s", "breakd"),
        "urgency": ("y", CRITICAL if urgent else NORMAL),
    }
    if prompt.picture is not None:
        hints["image-path"] = ("s", Path(prompt.picture).as_uri())
    if milliseconds is None:
        milliseconds = NEVER if prompt.choices else AS_USUAL  # the daemon takes off what waits for an answer
    return "breakd", replaces, "", prompt.title, body, actions, hints, milliseconds


def _body(prompt: Prompt, server: _Server) -> str:
    """Return the text, with how it is answered where the bubble does not show that."""
    if prompt.choices and "actions" not in server.abilities:
        return with_how_to_answer(prompt.body)
    if prompt.default and server.name == "Xfce Notify Daemon":  # a click on the text only closes it
        return f"{prompt.body} {_('Use the buttons.')}".strip()
    if prompt.default and server.name in CLICKS:
        start, snooze = CLICKS[server.name]
        can_snooze = any(choice.key == "snooze" for choice in prompt.choices)
        how = f"{_(start)} {_(snooze)}" if can_snooze else _(start)
        return f"{how}\n{prompt.body}".strip()  # first: they cut off what is long
    return prompt.body


def _is_on(setting: str) -> bool:
    """Say whether the desktop's setting, a schema and a key of it, is on; one that cannot be read is not."""
    import subprocess  # noqa: PLC0415 - only where such a desktop is the server

    command = ["gsettings", "get", *setting.split()]
    try:
        read = subprocess.run(command, capture_output=True, text=True, timeout=1, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return read.stdout.strip() == "true"
