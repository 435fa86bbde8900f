"""A D-Bus peer on jeepney: one thread reads, every thread may call.

Law: callbacks (signals, replies, served methods, owners, loss) run on the reader thread, one at a time and in the order
of the bus. They must be short, and use `call_later` there, never `call`. A bus that is missing, or goes, is a BusError;
callers go on without it.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

Body = tuple[Any, ...]
OnReply = Callable[["Body | BusError"], None]
OnSignal = Callable[..., None]
OnOwner = Callable[["str | None"], None]

DBUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
PROPERTIES = "org.freedesktop.DBus.Properties"

log = logging.getLogger(__name__)


class BusError(Exception):
    """A call failed, or there is no bus. `name` is the D-Bus name of the error, empty where it is our own."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(text)
        self.name = name


class Served(Protocol):
    """An object on the bus: a method X is `do_X(*arguments)` and returns its signature (or None) and body."""

    def props(self) -> dict[str, tuple[str, Any]]:
        """Return the properties: name -> (signature, value)."""


class Bus:
    """A connection to one bus; `Bus.session()` or `Bus.system()`."""

    def __init__(self, address: str, *, fds: bool = False, starts: bool = True) -> None:
        """Connect to SESSION, SYSTEM or an address.

        `fds`: replies may carry file descriptors; without it such a reply never comes. `starts`: a call to a service
        that the bus knows how to start starts it. Raises BusError.
        """
        self._starts = starts
        try:
            self._connection = open_dbus_connection(address, enable_fds=fds)
        except (OSError, KeyError, ValueError, RuntimeError) as error:  # all that a missing or broken address raises
            raise BusError(f"no D-Bus at {address}: {error}") from error
        self.unique_name: str = self._connection.unique_name
        # Two threads that send at once would mix the bytes of their messages wherever the socket takes only a part.
        self._sending = threading.Lock()
        self._waiting: dict[int, OnReply] = {}
        self._subscriptions: list[_Subscription] = []
        self._objects: dict[tuple[str, str], Served] = {}
        self._on_lost: list[Callable[[], None]] = []
        self._closing = False
        self._thread = threading.Thread(target=self._read, name=f"dbus {address}", daemon=True)
        self._thread.start()

    @classmethod
    def session(cls, *, starts: bool = True) -> "Bus":
        """Connect to the session bus: its address, or the usual place where the environment does not say it."""
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and runtime:
            return cls(f"unix:path={runtime}/bus", starts=starts)
        return cls("SESSION", starts=starts)

    @classmethod
    def system(cls, *, starts: bool = True) -> "Bus":
        """Connect to the system bus; logind's Inhibit answers with a file descriptor."""
        return cls("SYSTEM", fds=True, starts=starts)

    def call(
        self, address: DBusAddress, method: str, signature: str | None = None, body: Body = (), *, timeout: float = 2.0
    ) -> Body:
        """Call a method and return the reply's body; raise BusError, also after `timeout` seconds with no reply."""
        assert threading.current_thread() is not self._thread, "the reader thread cannot wait for its own reply"
        replies: SimpleQueue[Body | BusError] = SimpleQueue()
        serial = self.call_later(address, method, signature, body, on_reply=replies.put)
        try:
            reply = replies.get(timeout=timeout)
        except Empty:
            self._waiting.pop(serial, None)
            raise BusError(f"{address.bus_name} did not answer {method} within {timeout:g} s") from None
        if isinstance(reply, BusError):
            raise reply
        return reply

    def call_later(
        self,
        address: DBusAddress,
        method: str,
        signature: str | None = None,
        body: Body = (),
        *,
        on_reply: OnReply | None = None,
    ) -> int:
        """Call a method and go on; `on_reply` gets the body or a BusError. Never raises for the bus's sake."""
        message = new_method_call(address, method, signature, body)
        if not self._starts:
            message.header.flags |= MessageFlag.no_auto_start
        serial: int = next(self._connection.outgoing_serial)
        if on_reply is None:
            message.header.flags |= MessageFlag.no_reply_expected
        else:
            self._waiting[serial] = on_reply
        try:
            self._send(message, serial)
        except BusError as error:
            waiting = self._waiting.pop(serial, None)
            if waiting is not None:
                waiting(error)
        return serial

    def soon(self, callback: Callable[[], None]) -> None:
        """Run this on the reader thread, after all that the bus has told until now; at once where the bus is gone."""
        self.call_later(DBUS, "GetId", on_reply=lambda _reply: callback())

    def get(self, address: DBusAddress, name: str, *, timeout: float = 2.0) -> Any:
        """Return the value of a property; raise BusError."""
        variant = self.call(
            address.with_interface(PROPERTIES), "Get", "ss", (address.interface, name), timeout=timeout
        )[0]
        return variant[1]

    def subscribe(
        self, on_signal: OnSignal, *, sender: str | None = None, arg0: str | None = None, **match: str
    ) -> None:
        """Call `on_signal(*body)` for each signal that matches `interface`, `member`, `path`, `sender`, `arg0`.

        Where `sender` is a well-known name, only its owner of that moment is heard.
        """
        subscription = _Subscription(_rule(arg0, **match), on_signal)
        if sender == DBUS.bus_name:
            subscription.hears = sender
        elif sender is not None:
            subscription.hears = ""
            self.watch_owner(sender, subscription.hear)
        self._subscriptions.append(subscription)
        rule = _rule(arg0, **match, **({} if sender is None else {"sender": sender}))
        self.call_later(DBUS, "AddMatch", "s", (rule.serialise(),))

    def watch_owner(self, name: str, on_owner: OnOwner) -> None:
        """Call `on_owner` with the unique name that owns `name` (None: nobody): now, and at each change."""

        def changed(_name: str, _old: str, new: str) -> None:
            on_owner(new or None)

        def known(reply: Body | BusError) -> None:
            on_owner(None if isinstance(reply, BusError) else reply[0])

        # The bus keeps the order of replies and signals, so no change is lost between the rule and the question.
        self.subscribe(changed, sender=DBUS.bus_name, interface=DBUS.interface, member="NameOwnerChanged", arg0=name)
        self.call_later(DBUS, "GetNameOwner", "s", (name,), on_reply=known)

    def export(self, path: str, interface: str, served: Served) -> None:
        """Serve an object."""
        self._objects[path, interface] = served

    def emit(self, path: str, interface: str, member: str, signature: str | None = None, body: Body = ()) -> None:
        """Send a signal; nothing where the bus is gone."""
        with contextlib.suppress(BusError):
            self._send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call this once when the bus goes; not at `close`."""
        self._on_lost.append(callback)

    def close(self) -> None:
        """Leave the bus and end the thread; calls that wait fail. Not from a callback."""
        self._closing = True
        with contextlib.suppress(OSError):  # it is gone already
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _send(self, message: Message, serial: int | None = None) -> None:
        with self._sending:
            try:
                self._connection.send(message, serial=serial)
            except OSError as error:
                raise BusError(f"the bus is gone: {error}") from error

    def _read(self) -> None:
        """Read until the bus goes or `close` hangs up."""
        try:
            while True:
                self._guarded(self._handle, self._connection.receive())
        except OSError as error:
            log.log(logging.DEBUG if self._closing else logging.WARNING, "the bus is gone: %s", error)
        except Exception:  # what jeepney cannot parse leaves the stream out of step
            log.exception("a message that cannot be read ends the connection")
        with self._sending:
            self._connection.close()
        while self._waiting:
            _serial, on_reply = self._waiting.popitem()
            self._guarded(on_reply, BusError("the bus is gone"))
        if not self._closing:
            for callback in self._on_lost:
                self._guarded(callback)

    @staticmethod
    def _guarded(callback: Callable[..., None], *args: object) -> None:
        """Run a callback; its failure must not end the thread that serves all the others."""
        try:
            callback(*args)
        except Exception:
            log.exception("a D-Bus callback failed")

    def _handle(self, message: Message) -> None:
        fields = message.header.fields
        match message.header.message_type:
            case MessageType.method_return:
                self._reply(fields[HeaderFields.reply_serial], message.body)
            case MessageType.error:
                text = str(message.body[0]) if message.body else ""
                name = fields[HeaderFields.error_name]
                self._reply(fields[HeaderFields.reply_serial], BusError(text or name, name))
            case MessageType.signal:
                sender = fields.get(HeaderFields.sender)
                for subscription in tuple(self._subscriptions):
                    if subscription.hears in {None, sender} and subscription.rule.matches(message):
                        self._guarded(subscription.on_signal, *message.body)
            case MessageType.method_call:
                answer = self._serve(message)
                if not message.header.flags & MessageFlag.no_reply_expected:
                    with contextlib.suppress(BusError):  # the reader is about to notice
                        self._send(answer)

    def _reply(self, serial: int, reply: Body | BusError) -> None:
        on_reply = self._waiting.pop(serial, None)
        if on_reply is not None:
            on_reply(reply)

    def _serve(self, message: Message) -> Message:
        """Return the answer to a call of an object that we export."""
        fields = message.header.fields
        path, member = fields[HeaderFields.path], fields[HeaderFields.member]
        interface = fields.get(HeaderFields.interface, "")
        method = self._method(path, interface, member)
        if method is None:
            return new_error(message, f"{DBUS.interface}.Error.UnknownMethod", "s", (f"{path} has no {member}",))
        try:
            return new_method_return(message, *method(*message.body))
        except KeyError as error:  # panels ask for properties that others have
            return new_error(message, f"{DBUS.interface}.Error.InvalidArgs", "s", (f"there is no {error}",))
        except Exception as error:  # the caller is another program: it is told, and we go on
            log.exception("serving %s.%s failed", interface, member)
            return new_error(message, f"{DBUS.interface}.Error.Failed", "s", (str(error),))

    def _method(self, path: str, interface: str, member: str) -> Callable[..., tuple[str | None, Body]] | None:
        """Return what serves this method, or None."""
        here = {name: served for (at, name), served in self._objects.items() if at == path}
        match interface, member:
            case "org.freedesktop.DBus.Peer", "Ping":
                return lambda: (None, ())
            case "org.freedesktop.DBus.Introspectable", "Introspect" if here:
                return lambda: ("s", ("<node>" + "".join(f'<interface name="{name}"/>' for name in here) + "</node>",))
            case "org.freedesktop.DBus.Properties", "GetAll" if here:
                return lambda name: ("a{sv}", (here[name].props() if name in here else {},))
            case "org.freedesktop.DBus.Properties", "Get" if here:
                return lambda name, key: ("v", (here[name].props()[key],))
            case _:
                return getattr(here.get(interface), f"do_{member}", None)


@dataclass(slots=True)
class _Subscription:
    """Signals that match the rule go to `on_signal`; `hears` is the only sender that counts, None for anyone."""

    rule: MatchRule
    on_signal: OnSignal
    hears: str | None = None

    def hear(self, owner: str | None) -> None:
        self.hears = owner or ""


def _rule(arg0: str | None, **match: str) -> MatchRule:
    rule = MatchRule(type="signal", **match)
    if arg0 is not None:
        rule.add_arg_condition(0, arg0)
    return rule
