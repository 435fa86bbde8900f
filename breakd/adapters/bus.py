"""A D-Bus peer on jeepney: one thread reads, every thread may call.

Law: callbacks (signals, replies, served methods, owners, loss) run on the reader thread, one at a time and in the order
of the bus. They must be short, and use `call_later` there, never `call`. A bus that is missing, or gone, is a BusError
at once; callers go on without it. One that went is looked for again at its address, with growing waits; when it is
back, what was subscribed, watched and exported is so again.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
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
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket

from breakd.adapters.backoff import Backoff

Body = tuple[Any, ...]
OnReply = Callable[["Body | BusError"], None]
OnSignal = Callable[..., None]
OnOwner = Callable[["str | None"], None]
End = Callable[[], None]

DBUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
PROPERTIES = "org.freedesktop.DBus.Properties"
GREETING_S = 1.0
"""How long a bus may take to know us; it takes less than a millisecond."""

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
        self._starts, self._fds = starts, fds
        # Two threads that send at once would mix the bytes of their messages wherever the socket takes only a part.
        self._sending = threading.Lock()
        self._gone = self._closing = self._ended = False
        try:
            self.place = get_bus(address)
            """Where its socket is, for who needs another connection."""
            self._connection = self._connected()
        except (OSError, KeyError, ValueError, RuntimeError) as error:  # all that a missing or broken address raises
            raise BusError(f"no D-Bus at {address}: {error}") from error
        self.unique_name: str = self._connection.unique_name
        self._serials = count(2)  # 1 was the greeting
        self._waiting: dict[int, OnReply] = {}
        self._subscriptions: list[_Subscription] = []
        self._watched: list[tuple[str, OnOwner]] = []
        self._objects: dict[tuple[str, str], Served] = {}
        self._on_lost: list[Callable[[], None]] = []
        self._errands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()  # for the reader, while the bus is gone
        self._thread = threading.Thread(target=self._run, name=f"dbus {address}", daemon=True)
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
        message = self._question(address, method, signature, body, answered=True)
        with self._sending:
            serial = self._send(message, replies.put)
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
    ) -> None:
        """Call a method and go on; `on_reply` gets the body or a BusError. Never raises for the bus's sake."""
        message = self._question(address, method, signature, body, answered=on_reply is not None)
        with self._sending:
            try:
                self._send(message, on_reply)
            except BusError as error:
                failed = error
            else:
                return
            if on_reply is None:
                return
            if not self._ended:  # the reader thread is looking for the bus, or about to notice
                self._errands.put(partial(on_reply, failed))
                return
        on_reply(failed)

    def soon(self, callback: Callable[[], None]) -> None:
        """Run this on the reader thread, after all that the bus has told until now."""
        self.call_later(DBUS, "GetId", on_reply=lambda _reply: callback())

    def get(self, address: DBusAddress, name: str, *, timeout: float = 2.0) -> Any:
        """Return the value of a property; raise BusError."""
        variant = self.call(
            address.with_interface(PROPERTIES), "Get", "ss", (address.interface, name), timeout=timeout
        )[0]
        return variant[1]

    def subscribe(
        self, on_signal: OnSignal, *, sender: str | None = None, arg0: str | None = None, **match: str
    ) -> End:
        """Call `on_signal(*body)` for each signal that matches `interface`, `member`, `path`, `sender`, `arg0`.

        Where `sender` is a well-known name, only its owner of that moment is heard. Call what is returned to end it.
        """
        endings: list[End] = []
        rule = _rule(arg0, **match, **({} if sender is None else {"sender": sender}))
        subscription = _Subscription(_rule(arg0, **match), on_signal, rule.serialise())
        if sender == DBUS.bus_name:
            subscription.hears = sender
        elif sender is not None:
            subscription.hears = ""
            endings.append(self.watch_owner(sender, subscription.hear))
        self._subscriptions.append(subscription)
        self._add_match(subscription)

        def end() -> None:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
                self.call_later(DBUS, "RemoveMatch", "s", (subscription.match,))
            for ending in endings:
                ending()

        return end

    def watch_owner(self, name: str, on_owner: OnOwner) -> End:
        """Call `on_owner` with the unique name that owns `name` (None: nobody): now, and at each change.

        When the bus goes nobody owns it, and when the bus is back its owner is told anew. Call what is returned to end
        it.
        """

        def changed(_name: str, _old: str, new: str) -> None:
            on_owner(new or None)

        # The bus keeps the order of replies and signals, so no change is lost between the rule and the question.
        deaf = self.subscribe(
            changed, sender=DBUS.bus_name, interface=DBUS.interface, member="NameOwnerChanged", arg0=name
        )
        watched = (name, on_owner)
        self._watched.append(watched)
        self._ask_owner(name, on_owner)

        def end() -> None:
            deaf()
            if watched in self._watched:
                self._watched.remove(watched)

        return end

    def export(self, path: str, interface: str, served: Served) -> None:
        """Serve an object."""
        self._objects[path, interface] = served

    def emit(self, path: str, interface: str, member: str, signature: str | None = None, body: Body = ()) -> None:
        """Send a signal; nothing where the bus is gone."""
        with contextlib.suppress(BusError), self._sending:
            self._send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call this each time that the bus goes; not at `close`."""
        self._on_lost.append(callback)

    def close(self) -> None:
        """Leave the bus and end the thread; calls that wait fail. Not from a callback."""
        self._closing = True
        self._errands.put(None)
        self._hang_up()
        self._thread.join()

    def _question(
        self, address: DBusAddress, method: str, signature: str | None, body: Body, *, answered: bool
    ) -> Message:
        """Return a call, which may start a service only where this bus may."""
        message = new_method_call(address, method, signature, body)
        if not self._starts:
            message.header.flags |= MessageFlag.no_auto_start
        if not answered:
            message.header.flags |= MessageFlag.no_reply_expected
        return message

    def _add_match(self, subscription: "_Subscription") -> None:
        self.call_later(DBUS, "AddMatch", "s", (subscription.match,))

    def _ask_owner(self, name: str, on_owner: OnOwner) -> None:
        def known(reply: Body | BusError) -> None:
            on_owner(None if isinstance(reply, BusError) else reply[0])

        self.call_later(DBUS, "GetNameOwner", "s", (name,), on_reply=known)

    def _send(self, message: Message, on_reply: OnReply | None = None) -> int:
        """Send a message, with the lock held, and return its number; raise BusError where that cannot be.

        `on_reply` gets the answer.
        """
        if self._gone:
            raise BusError("the bus is gone")
        serial = next(self._serials)
        if on_reply is not None:
            self._waiting[serial] = on_reply
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            self._waiting.pop(serial, None)
            self._hang_up()  # part of the message may be on its way: nothing could follow it
            raise BusError(f"the bus is gone: {error}") from error
        return serial

    def _hang_up(self) -> None:
        """End the connection, or the greeting, that the reader thread waits on."""
        with contextlib.suppress(OSError):  # it is gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> DBusConnection:
        """Return a connection to the bus. Raises OSError and more."""
        self._socket = prep_socket(self.place, self._fds, timeout=GREETING_S)
        if self._closing:
            self._hang_up()
        try:
            return DBusConnection(self._socket, self._fds)
        except BaseException:
            self._socket.close()
            raise

    # --- on the reader thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        """Read until `close` hangs up; a bus that goes is looked for."""
        while True:
            self._read()
            self._let_go()
            if not self._find_again():
                break
        with self._sending:
            self._ended = True
        while not self._errands.empty():
            self._do_errands(0)

    def _read(self) -> None:
        """Read until the bus goes or `close` hangs up."""
        try:
            while True:
                self._guarded(self._handle, self._connection.receive())
        except OSError as error:
            log.log(logging.DEBUG if self._closing else logging.WARNING, "the bus is gone: %s", error)
        except Exception:  # what jeepney cannot parse leaves the stream out of step
            log.exception("a message that cannot be read ends the connection")

    def _let_go(self) -> None:
        """Fail what waits, and tell that the bus is gone."""
        with self._sending:
            self._gone = True
            self._connection.close()
        with contextlib.suppress(KeyError):  # asking whether it is empty would not do: a caller may give up meanwhile
            while True:
                self._guarded(self._waiting.popitem()[1], BusError("the bus is gone"))
        if not self._closing:
            for callback in tuple(self._on_lost):
                self._guarded(callback)
            for _name, on_owner in tuple(self._watched):
                self._guarded(on_owner, None)

    def _find_again(self) -> bool:
        """Wait for the bus, and take all up again there; return False where `close` ends that."""
        backoff = Backoff()
        while True:
            self._do_errands(backoff.next_s())
            if self._closing:
                return False
            try:
                connection = self._connected()
            except Exception as error:  # noqa: BLE001 - whatever is wrong there may be right at the next try
                log.debug("still no bus: %s", error)
                continue
            with self._sending:
                self._connection, self.unique_name, self._gone = connection, connection.unique_name, False
            self._do_errands(0)
            log.info("the bus is back: %s", self.unique_name)
            for subscription in tuple(self._subscriptions):
                self._add_match(subscription)
            for name, on_owner in tuple(self._watched):
                self._ask_owner(name, on_owner)
            return True

    def _do_errands(self, seconds: float) -> None:
        """Do what was left to this thread, for so many seconds; no longer once `close` was called."""
        end = time.monotonic() + seconds
        with contextlib.suppress(Empty):
            while (errand := self._errands.get(timeout=max(0.0, end - time.monotonic()))) is not None:
                self._guarded(errand)

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
                    with contextlib.suppress(BusError), self._sending:  # the reader is about to notice
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


@dataclass(slots=True, eq=False)
class _Subscription:
    """Signals that match the rule go to `on_signal`; `hears` is the only sender that counts, None for anyone.

    `match` is what the bus is asked for.
    """

    rule: MatchRule
    on_signal: OnSignal
    match: str
    hears: str | None = None

    def hear(self, owner: str | None) -> None:
        self.hears = owner or ""


def _rule(arg0: str | None, **match: str) -> MatchRule:
    rule = MatchRule(type="signal", **match)
    if arg0 is not None:
        rule.add_arg_condition(0, arg0)
    return rule
