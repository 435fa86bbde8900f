"""`breakd run`: puts the daemon together from its adapters, runs it, and takes it apart.

Law: what is missing on this machine is said and gone without; only a wrong configuration, or another breakd that runs,
keeps it from starting. What is heavy loads last, after the icon is up.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Any

from breakd import __version__, folders, logfile, ports, privacy, view
from breakd.adapters import history, statefile
from breakd.adapters.clock import SystemClock, boot_id
from breakd.adapters.configfile import ConfigFile
from breakd.adapters.control import Control, TakenError, release_lock, take_the_lock
from breakd.adapters.hooks import HookRunner
from breakd.adapters.screen import has_screen
from breakd.adapters.signals import Endings
from breakd.adapters.supervisor import TAKEN, Supervisor
from breakd.config import Loaded, load
from breakd.core.durations import SECOND
from breakd.core.settings import Settings
from breakd.core.state import State
from breakd.core.state import load as load_state
from breakd.daemon import Daemon, Outside
from breakd.errors import BreakdError, UsageError
from breakd.texts import _
from breakd.timekeeping import Timekeeper

text_log = logging.getLogger(__name__)

Serve = Callable[[Callable[[], str]], str]
"""How the tray of macOS runs the daemon's loop beside its own, which must have the main thread."""


def run(args: argparse.Namespace) -> int:
    """Run until it is told to quit. Raises UsageError for the configuration, TakenError where another runs."""
    file = ConfigFile(args.config)
    try:
        loaded = file.load()
    except UsageError as error:
        if not sys.stderr.isatty():  # at login, or from the desktop's menu
            _tell_on_the_screen(str(error))
        raise
    logfile.begin(rotates=True, verbose=args.verbose)
    with ExitStack() as last, ExitStack() as stack:
        supervisor = Supervisor()
        daemon = Daemon(loaded.settings, SystemClock(), round(min(supervisor.longest_wait_s, 60) * SECOND))
        try:
            _take_the_lock(stack, daemon)
        except TakenError as error:
            if supervisor.listens:
                error.status = TAKEN
            raise
        python = ".".join(map(str, sys.version_info[:3]))
        text_log.info("breakd %s begins, by Python %s on %s", __version__, python, sys.platform)
        end = _run(args, loaded, daemon, stack, supervisor, file=file, last=last)
        if end != "restart":
            supervisor.stopping()
    text_log.info("breakd ends: %s", end)
    if end == "restart":
        supervisor.hand_over()
        privacy.end()
        os.execv(sys.executable, [sys.executable, "-P", "-m", "breakd", *sys.argv[1:]])  # noqa: S606 - this very program
    try:
        sys.stdout.flush()
    except OSError:  # it ends as it should, even where nobody could read what it said
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process is over
    return 0


def _tell_on_the_screen(wrong: str) -> None:
    """Say by a notification which mistakes keep breakd from starting: standard error is read by nobody."""
    if sys.platform != "linux":
        return
    from breakd.adapters.bus import Bus, BusError  # noqa: PLC0415 - only then
    from breakd.adapters.dbus_notify import tell  # noqa: PLC0415 - the same

    with suppress(BusError):
        bus = Bus.session()
        tell(bus, _("breakd does not start"), view.mistakes(wrong))
        bus.close()


def _endings() -> list[signal.Signals]:
    """Return the signals that end it: also a terminal that closes, but where `nohup` wants that survived."""
    wanted = [signal.SIGTERM, signal.SIGINT]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    return wanted


def _run(
    args: argparse.Namespace,
    loaded: Loaded,
    daemon: Daemon,
    stack: ExitStack,
    supervisor: Supervisor,
    *,
    file: ConfigFile,
    last: ExitStack,
) -> str:
    """Wire the adapters, run the loop, and return how it ended. `last` is for when even the lock is given back."""
    session = _bus(daemon, "session")
    if session is not None:
        stack.callback(session.close)
    in_console = args.console or not (session or has_screen())
    state_file = folders.state_dir() / "state.json"
    newcomer = not args.config and not os.environ.get("BREAKD_CONFIG") and _is_first(state_file)
    welcome = _welcome(in_terminal=args.console) if newcomer and not loaded.exists else None
    answered = _ask_in_the_terminal() if welcome == "terminal" else None
    stack.callback(Endings(_endings(), lambda: daemon.post(ports.Stop("end"))).close)
    settings = loaded.settings
    state, keeper = _saved(daemon, settings, state_file)
    log = history.Log(folders.log_file())
    outside = _outside(daemon, session, settings, log, file=file, state_file=state_file, in_console=in_console)
    outside.edit_config = lambda: _edit(daemon.post, loaded.path)
    outside.show_report = lambda: _show_report(daemon.post)
    outside.tell_week = lambda monday: _tell_week(daemon.post, monday)
    outside.alive = supervisor.alive
    parts = (
        outside.alarm,
        outside.login,
        outside.presence,
        outside.holds,
        outside.tray,
        outside.prompter,
        outside.back,
        outside.configuration,
    )
    for part in (*parts, outside.hooks):
        stack.callback(part.close)
    stack.callback(log.close)
    stack.callback(outside.routines.close)
    daemon.begin(outside, keeper, state, offers=log.last_offer())
    if answered is not None:
        daemon.reconfigure(answered)
    _listen(daemon, stack, last)
    supervisor.ready()
    file.watch(daemon.post)
    _tell_beginning(daemon, outside.prompter, alone=in_console and not args.console)
    if welcome == "window":
        _open_the_welcome(daemon, stack)
    elif newcomer and (welcome or not in_console):
        daemon.greet()
    serve: Serve | None = getattr(outside.tray, "serve", None)
    return serve(daemon.run) if serve else daemon.run()


def _is_first(state_file: Path) -> bool:
    """Return whether breakd runs here for the first time, and keep that it did; where that cannot be kept, say no."""
    if os.path.exists(state_file):  # noqa: PTH110 - Path's raises where the folder cannot be read
        return False
    return statefile.save(state_file, {}) is None


def _welcome(*, in_terminal: bool) -> str | None:
    """Return how a newcomer can be welcomed here: `window`, `terminal` or None."""
    if has_screen() and not in_terminal:
        return "window"
    from breakd.adapters.console import in_foreground  # noqa: PLC0415 - only for a newcomer with no screen

    return "terminal" if in_foreground() and sys.stdout.isatty() else None


def _ask_in_the_terminal() -> Settings | None:
    """Ask the newcomer; return what the answers have made the configuration, None where they were skipped."""
    from breakd.commands.welcome import in_the_terminal  # noqa: PLC0415 - only for a newcomer

    try:
        in_the_terminal(folders.config_file())
    except BreakdError as error:
        print(_("{problem}\nbreakd goes on with its defaults.").format(problem=error))
    return _written()


def _written() -> Settings | None:
    """Return what the configuration at its usual place says, None where there is none that can be used."""
    try:
        loaded = load()
    except UsageError:
        return None
    return loaded.settings if loaded.exists else None


def _open_the_welcome(daemon: Daemon, stack: ExitStack) -> None:
    from breakd.adapters.welcome import WelcomeProcess  # noqa: PLC0415 - only for a newcomer

    welcome = WelcomeProcess(daemon.post, _written)
    stack.callback(welcome.close)
    welcome.open()


def _take_the_lock(stack: ExitStack, daemon: Daemon) -> None:
    """Be the one daemon of this person, wherever else they are logged in."""
    try:
        stack.callback(release_lock, take_the_lock())
    except TakenError:
        raise
    except (OSError, BreakdError) as error:
        _complain(daemon, "lock", _("no lock can be made, so a second breakd could start: {why}").format(why=error))


def _listen(daemon: Daemon, stack: ExitStack, last: ExitStack) -> None:
    """Serve the commands. Whoever asks it to quit is let go last, and knows by that when another can start."""
    try:
        control = Control(daemon.post)
    except BreakdError as error:
        _complain(daemon, "control", _("the commands cannot reach breakd: {why}").format(why=error))
    else:
        stack.callback(control.stop)
        last.callback(control.close)


def _complain(daemon: Daemon, about: str, text: str) -> None:
    """Say what is wrong on standard error, and have `status` say it."""
    daemon.problem(about, text)
    with suppress(OSError):
        print(text, file=sys.stderr)


def _bus(daemon: Daemon, which: str) -> Any:
    """Return the session or the system bus, None where there is none."""
    if sys.platform != "linux":
        return None
    from breakd.adapters.bus import Bus, BusError  # noqa: PLC0415 - only where there can be one

    try:
        return Bus.session() if which == "session" else Bus.system()
    except BusError as error:
        if which == "session":
            daemon.problem("bus", _("no session bus: {why}").format(why=error))
        return None


def _saved(daemon: Daemon, settings: Settings, file: Path) -> tuple[State | None, Timekeeper]:
    """Return the state that an earlier daemon saved, and the time that goes on from it.

    What cannot be read is set aside and said, on standard error and in `status`.
    """
    found, reading = statefile.load(file), SystemClock().read()
    problem = found.problem
    if found.document:
        try:
            state = load_state(found.document["engine"], settings)
            return state, Timekeeper(reading, boot_id(), found.document["time"] or {})
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            problem = statefile.set_aside(file, str(error))
    if problem:
        _complain(daemon, "saved-state", problem)
    return None, Timekeeper(reading, boot_id(), None)


def _outside(
    daemon: Daemon,
    session: Any,
    settings: Settings,
    log: history.Log,
    *,
    file: ConfigFile,
    state_file: Path,
    in_console: bool,
) -> Outside:
    """Return the adapters that serve here."""
    from breakd.adapters import nothing, rating, routine  # noqa: PLC0415 - in the order of their weight
    from breakd.adapters.ticker import Ticker  # noqa: PLC0415

    tray: ports.Tray = nothing.NoTray()
    back: ports.BackQuestion = nothing.NoBackQuestion()
    ask_by: dict[str, Any] = {}
    if in_console:
        from breakd.adapters.console import Console  # noqa: PLC0415

        prompter: ports.Prompter = (console := Console(daemon.post))
        routines = routine.RoutineProcess(daemon.post, ["--terminal"], console.pause, console.listen)
    else:
        from breakd.adapters import notify  # noqa: PLC0415
        from breakd.adapters import tray as trays  # noqa: PLC0415

        tray = trays.connect(daemon.post, session)
        prompts = notify.connect(daemon.post, session, window=settings.prompt_window, theme=settings.routine.theme)
        prompter, ask_by = prompts, {"ask_by": prompts.ask_by}
        routines = routine.RoutineProcess(daemon.post)
        back = rating.RatingWindow(daemon.post)
    from breakd.adapters import presence as presences  # noqa: PLC0415
    from breakd.adapters.holds import Watched  # noqa: PLC0415

    system = _bus(daemon, "system")
    presence = presences.connect(daemon.post, session, settings.away_after / SECOND, system_bus=system)
    login: ports.Login
    if sys.platform == "linux":
        from breakd.adapters import login as logins  # noqa: PLC0415 - needs jeepney

        login = logins.connect(daemon.post, system, session)
    else:
        login = nothing.NoLogin(daemon.post)
    return Outside(
        clock=SystemClock(),
        history=log,
        prompter=prompter,
        tray=tray,
        presence=presence,
        holds=Watched(daemon.post, session),
        login=login,
        routines=routines,
        alarm=Ticker(lambda job: daemon.post(ports.Rang(job))),
        save=lambda document: statefile.save(state_file, document),
        show_log=_show_log,
        configuration=file,
        hooks=HookRunner(daemon.post),
        back=back,
        **ask_by,
    )


def _edit(post: ports.Post, path: Path) -> None:
    """Open the configuration, which is written first where there is none."""
    from breakd.adapters.opener import open_file  # noqa: PLC0415 - rarely wanted

    def failed(why: str) -> None:
        text = _("{why}. Edit {file} by hand; saving it is enough.").format(why=why, file=path)
        post(ports.Notice("edit", _("The settings cannot be opened here"), text))

    if not os.path.lexists(path):
        from breakd.config.example import example  # noqa: PLC0415 - only once
        from breakd.config.schema import write_beside  # noqa: PLC0415 - the same
        from breakd.config.writing import create  # noqa: PLC0415 - the same

        try:
            create(path, example())
            write_beside(path)  # an editor can do without it
        except BreakdError as error:
            post(ports.Notice("edit", _("The settings cannot be opened here"), str(error)))
            return
    open_file(str(path), failed)


def _show_log() -> None:
    """Open the log of the last seven days in a window of its own, which outlives the daemon."""
    from breakd.adapters.opener import start_program  # noqa: PLC0415 - rarely wanted

    start_program([sys.executable, "-P", "-m", "breakd", "log", "--window", "--since", "7d"])


def _show_report(post: ports.Post) -> None:
    """Write the report and open it, in a process that ends; where that fails the person is told why."""
    from breakd.adapters.opener import run_program  # noqa: PLC0415 - rarely wanted

    def failed(why: str) -> None:
        post(ports.Notice("report", _("The report cannot be shown"), why))

    run_program([sys.executable, "-P", "-m", "breakd", "report", "--open"], failed)


def _tell_week(post: ports.Post, monday: date) -> None:
    from breakd.adapters.week import tell_week  # noqa: PLC0415 - once a week

    tell_week(post, monday)


def _tell_beginning(daemon: Daemon, prompter: ports.Prompter, *, alone: bool) -> None:
    """Say in a line what comes next, in the terminal also which keys answer.

    Where breakd is left `alone` with the terminal, say what is missing, too.
    """
    with suppress(OSError):
        if alone:
            print(
                _("No screen and no session bus answer here (DISPLAY, DBUS_SESSION_BUS_ADDRESS): no tray, no window.")
            )
        text = view.beginning(daemon.state)
        if not daemon.state.work.inside:
            text += " " + _("`breakd start helicopters` starts one now.")
        print(text)
        has_keys = getattr(prompter, "has_keys", None)  # the terminal's prompter alone knows
        if has_keys is not None:
            keys = _("Keys: s start, z snooze, k skip, q quit.")
            print(keys if has_keys else _("Answer with `breakd start`, `breakd snooze` or `breakd skip`."))
        sys.stdout.flush()
