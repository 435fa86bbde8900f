"""The command line: reads the arguments, calls the command, tells what went wrong.

Law: no traceback reaches a person, and a command that only talks to the daemon loads nothing that it does not need:
each command's module loads when it is called for.
"""

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from breakd import __version__
from breakd.errors import BreakdError
from breakd.texts import _

if TYPE_CHECKING:
    from collections.abc import Callable

    Adder = Callable[..., argparse.ArgumentParser]


def main(argv: list[str] | None = None) -> int:
    """Do what the arguments say and return the exit status: 0 done, 1 could not, 2 wrong usage, 3 no daemon."""
    args = _parser().parse_args(argv)
    try:
        return int(import_module(f"breakd.commands.{args.module}").run(args))
    except BreakdError as error:
        print(error, file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = None  # whoever read us has gone, and must not be told of it at the end
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort, so that no traceback is shown
        where = import_module("breakd.logfile").record_crash()
        text = _("breakd met a defect of its own ({name}: {error}); the details are in {where}")
        print(text.format(name=type(error).__name__, error=error, where=where), file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="breakd", description=_("A break reminder for people who sit at a computer."))
    parser.add_argument("--version", action="version", version=f"breakd {__version__}")
    commands = parser.add_subparsers(title=_("commands"), dest="command", metavar=_("COMMAND"), required=True)

    def add(name: str, text: str, module: str | None = None) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(module=module or name)
        return command

    run = add("run", _("start breakd here; it runs until it is told to quit"))
    run.add_argument("--console", action="store_true", help=_("ask on this terminal"))
    _config_option(run)
    _client_commands(add)
    _log_commands(add)
    _exercise_commands(add)
    config = add("config", _("show, check or create the configuration file"))
    config.add_argument("action", choices=["path", "show", "check", "init"])
    _config_option(config)
    add("try", _("see how breakd asks, now; nothing is logged"), "try_out")
    return parser


def _config_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", metavar=_("FILE"), help=_("read this configuration file"))


def _client_commands(add: "Adder") -> None:
    """Add the commands that talk to the running daemon."""
    for name, text in (("status", _("what breakd is doing")), ("why", _("why there is, or is no, prompt now"))):
        add(name, text, "client").add_argument("--json", action="store_true", help=_("print one JSON document"))
    start = add("start", _("start the break that is open, or one of your own accord"), "client")
    start.add_argument("exercise", nargs="?", metavar=_("EXERCISE"))
    snooze = add("snooze", _("ask again later"), "client")
    snooze.add_argument("for", nargs="?", metavar=_("DURATION"), help=_("such as 10m"))
    add("skip", _("not this break"), "client")
    pause = add("pause", _("no prompts for a while"), "client")
    pause.add_argument("for", nargs="?", metavar=_("DURATION"), help=_("such as 30m; without one, until you resume"))
    pause.add_argument("--until", metavar="HH:MM", help=_("until this time, or until tomorrow"))
    add("resume", _("end the pause"), "client")
    add("restart", _("end the daemon and start it anew"), "client")
    add("quit", _("end the daemon"), "client")


def _log_commands(add: "Adder") -> None:
    log = add("log", _("what happened to your breaks"))
    for name, text in (("--since", _("the first day")), ("--until", _("the last day"))):
        log.add_argument(name, metavar=_("DATE"), help=_("{text}: 2026-06-01, today, yesterday, 7d").format(text=text))
    log.add_argument("--format", choices=["table", "json", "csv"], default="table")
    simulate = add("simulate", _("when would this configuration ask me?"))
    simulate.add_argument("script", nargs="?", metavar=_("SCRIPT"), help=_("a day in JSON Lines; none: always there"))
    simulate.add_argument("--from", dest="first", metavar=_("DATE"), help=_("the first day (today)"))
    simulate.add_argument("--to", dest="last", metavar=_("DATE"), help=_("the last day (six days after the first)"))
    simulate.add_argument("--tz", metavar=_("ZONE"), help=_("such as Europe/Berlin"))
    simulate.add_argument("--json", action="store_true", help=_("print the log's events as JSON Lines"))
    _config_option(simulate)


def _exercise_commands(add: "Adder") -> None:
    exercises = add("exercises", _("the exercises, and what to mind"))
    exercises.add_argument("--json", action="store_true", help=_("print one JSON document"))
    routine = add("routine", _("do an exercise now, guided; the log knows nothing of it"))
    routine.add_argument("exercise", metavar=_("EXERCISE"))
    routine.add_argument("--length", metavar=_("DURATION"), help=_("such as 2m"))
    routine.add_argument("--theme", choices=["light", "dark"], default="light")
    routine.add_argument("--terminal", action="store_true", help=_("in this terminal"))
    routine.add_argument("--report", type=int, metavar="FD", help=argparse.SUPPRESS)
