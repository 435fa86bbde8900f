"""The commands and their arguments.

Law: only the parser of the command at hand is built.
"""

import argparse
from collections.abc import Callable, Iterator

from breakd import __version__
from breakd.texts import _, later

THEMES = ("auto", "light", "dark", "high-contrast")
SHELLS = ("bash", "zsh", "fish")
WIDTH = 96


class _Help(argparse.HelpFormatter):
    """Help of a fixed width: asking the terminal for its own would load shutil, for every command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=WIDTH)

    def _format_action(self, action: argparse.Action) -> str:
        """Return an argument with its help; the commands are listed by what they are for."""
        return super()._format_action(action) if action.dest != "command" else "\n".join(_listing())


def _listing() -> Iterator[str]:
    """Yield the lines that list the commands."""
    from textwrap import fill  # noqa: PLC0415 - argparse, too, loads it only where it shows help

    column = max(map(len, COMMANDS))
    for heading, names in GROUPS:
        yield f"  {_(heading)}"
        for name in names:
            lead = f"    {name:<{column}}"
            yield fill(_(COMMANDS[name][1]), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))
        yield ""


def parse(argv: list[str]) -> argparse.Namespace:
    """Return what the arguments say: `command`, the `module` that does it, and the command's own.

    Where they are wrong, or ask for help, this says so and raises SystemExit.
    """
    return parser(argv[0] if argv else "").parse_args(argv)


def parser(first: str = "") -> argparse.ArgumentParser:
    """Return the parser; where the first argument names a command, with that command alone."""
    text = _("A break reminder for people who sit at a computer.")
    whole = argparse.ArgumentParser(prog="breakd", description=text, formatter_class=_Help)
    whole.add_argument("--version", action="version", version=f"breakd {__version__}", help=_("print the version"))
    commands = whole.add_subparsers(title=_("commands"), dest="command", metavar=_("COMMAND"), required=True)
    for name in [first] if first in COMMANDS else COMMANDS:
        module, text, arguments = COMMANDS[name]
        if text:
            command = commands.add_parser(name, help=_(text), description=_(text), formatter_class=_Help)
        else:
            command = commands.add_parser(name, formatter_class=_Help)
        command.set_defaults(module=module)
        for add in arguments:
            add(command)
    return whole


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", metavar=_("FILE"), help=_("this configuration file, in place of the usual one"))


def _json(command: argparse._ActionsContainer) -> None:
    command.add_argument("--json", action="store_true", help=_("print JSON, for programs"))


def _status(command: argparse.ArgumentParser) -> None:
    form = command.add_mutually_exclusive_group()
    _json(form)
    form.add_argument("--format", choices=["waybar", "plain"], help=_("print one line, for a bar"))
    command.add_argument("--follow", action="store_true", help=_("print a line now and at each change"))


def _run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--console", action="store_true", help=_("ask on this terminal"))
    command.add_argument(
        "-v", "--verbose", action="store_true", help=_("show the text log on standard error, in detail")
    )


def _exercise(command: argparse.ArgumentParser) -> None:
    command.add_argument("exercise", nargs="?", metavar=_("EXERCISE"), help=_("such as helicopters"))


def _for(command: argparse.ArgumentParser) -> None:
    command.add_argument("for", nargs="?", metavar=_("DURATION"), help=_("such as 10m or 1h30m"))


def _pause(command: argparse.ArgumentParser) -> None:
    end = command.add_mutually_exclusive_group()
    end.add_argument("for", nargs="?", metavar=_("DURATION"), help=_("such as 30m; without one, until you resume"))
    end.add_argument("--until", metavar="HH:MM", help=_("until this time, or until tomorrow"))


def _felt(command: argparse.ArgumentParser) -> None:
    command.add_argument("rating", metavar="N", help=_("from 0 (no pain) to 10 (the worst pain imaginable)"))


def _days(command: argparse.ArgumentParser) -> None:
    dates = _("2026-06-01, today, yesterday, or 7d for the last seven days")
    command.add_argument("--since", metavar=_("DATE"), help=_("the first day: {dates}").format(dates=dates))
    command.add_argument("--until", metavar=_("DATE"), help=_("the last day"))


def _log(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=["table", "json", "csv"],
        default="table",
        help=_("a table (the default), JSON Lines or CSV"),
    )
    command.add_argument("--window", action="store_true", help=argparse.SUPPRESS)
    command.add_argument(
        "--debug", action="store_true", help=_("print breakd's own text log, for whoever looks for a defect")
    )
    command.add_argument("--delete-before", metavar=_("DATE"), help=_("delete the days before this one; asks first"))
    command.add_argument("--yes", action="store_true", help=_("delete without asking"))


def _stats(command: argparse.ArgumentParser) -> None:
    periods = ["day", "week", "month", "all"]
    text = _("today, the last 7 days (the default), the last 30, or all")
    command.add_argument("period", nargs="?", choices=periods, help=text)
    command.add_argument("--explain", action="store_true", help=_("say what each number means, and how it is made"))


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", metavar=_("FILE"), help=_("write the page there; it prints where it is"))
    command.add_argument("--open", action="store_true", help=_("open it in the browser"))


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=["json", "csv"], default="json", help=_("JSON Lines (the default) or CSV"))
    command.add_argument(
        "--output", metavar=_("FILE"), help=_("write it there, in place of what the file has; without it, print it")
    )
    command.epilog = _(
        "It has the events, not for how long you sat. `breakd import` takes the JSON Lines. To keep all of a log, copy"
        " the file log.db while breakd is not running."
    )


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar=_("FILE"), help=_("JSON Lines as `breakd export` prints them; - is the input"))
    command.epilog = _(
        "What is there already is not added again, and nothing is imported from a file with a mistake in it. For how"
        " long you sat is not in such a file: the figures that need it stay empty for the days that come with it."
    )


def _week(command: argparse.ArgumentParser) -> None:
    command.add_argument("day", nargs="?", help=argparse.SUPPRESS)


def _simulate(command: argparse.ArgumentParser) -> None:
    command.add_argument("script", nargs="?", metavar=_("SCRIPT"), help=_("a day in JSON Lines; none: always there"))
    command.add_argument("--from", dest="first", metavar=_("DATE"), help=_("the first day (today)"))
    command.add_argument("--to", dest="last", metavar=_("DATE"), help=_("the last day (six days after the first)"))
    command.add_argument("--tz", metavar=_("ZONE"), help=_("such as Europe/Berlin"))


def _theme(command: argparse.ArgumentParser) -> None:
    command.add_argument("--theme", choices=THEMES, help=_("the colours, in place of the configured ones"))


def _routine(command: argparse.ArgumentParser) -> None:
    command.add_argument("exercise", metavar=_("EXERCISE"), help=_("such as helicopters"))
    command.add_argument("--length", metavar=_("DURATION"), help=_("such as 2m"))
    _theme(command)
    command.add_argument("--terminal", action="store_true", help=_("in this terminal"))
    command.add_argument("--render", metavar=_("FILE"), help=_("write a picture: .gif moves, .png shows its poses"))
    command.add_argument("--report", type=int, metavar="FD", help=argparse.SUPPRESS)


def _prompt_window(command: argparse.ArgumentParser) -> None:
    command.add_argument("--theme", choices=THEMES, default="auto")
    command.add_argument("--report", type=int, metavar="FD", required=True)


def _welcome(command: argparse.ArgumentParser) -> None:
    command.add_argument("--terminal", action="store_true", help=_("in this terminal"))
    _theme(command)
    command.set_defaults(theme="auto")
    command.add_argument("--report", type=int, metavar="FD", help=argparse.SUPPRESS)


_CONFIG_ACTIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "path": (later("print where the file is"), ()),
    "show": (later("print what holds, the defaults included"), ()),
    "check": (later("say whether the file is right"), ()),
    "init": (later("write a first file, with every key and a schema for editors beside it"), ()),
    "edit": (later("open the file in $VISUAL or $EDITOR, which must wait (as code --wait does), and check it"), ()),
    "set": (
        later("change one key; comments and layout stay, and the file before is kept as config.toml~"),
        (
            ("key", later("such as prompt.snooze, break.micro.every or work.overrides.fri")),
            ("value", later("such as 5m, yes, mon,tue,wed or 09:00-12:30,13:30-17:30")),
        ),
    ),
    "unset": (
        later("take a key out, so that its default holds again; or a break or an exercise, as in break.micro"),
        (("key", later("such as prompt.snooze, break.micro or work.overrides")),),
    ),
    "schema": (later("print a JSON Schema of the file, for editors"), ()),
}
"""What `config` can do: what it is for, and its arguments with what they may be."""


def _config_action(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(title=_("actions"), dest="action", required=True)
    for name, (text, arguments) in _CONFIG_ACTIONS.items():
        action = actions.add_parser(name, help=_(text), description=_(text), formatter_class=_Help)
        for argument, meaning in arguments:
            action.add_argument(argument, metavar=argument.upper(), help=_(meaning))
        file = _("this configuration file, in place of the usual one")
        # One without a default: it would take the place of what stands before the action.
        action.add_argument("--config", metavar=_("FILE"), default=argparse.SUPPRESS, help=file)


def _shell(command: argparse.ArgumentParser) -> None:
    command.add_argument("shell", choices=SHELLS, help=_("whose script is printed"))


def _install(command: argparse.ArgumentParser) -> None:
    text = _("how (default: by what really starts programs here)")
    command.add_argument("--with", dest="way", choices=["systemd", "xdg", "launchd", "registry"], help=text)
    command.add_argument("--dry-run", action="store_true", help=_("only print what it would do"))
    command.epilog = _(
        "The exit status is 1 where nothing but your window manager's own configuration can start breakd: the line for"
        " it is printed."
    )


def _uninstall(command: argparse.ArgumentParser) -> None:
    command.add_argument("--purge", action="store_true", help=_("also delete the log and the configuration"))
    command.add_argument("--yes", action="store_true", help=_("do not ask"))
    command.add_argument("--dry-run", action="store_true", help=_("only print what it would do"))


def _doctor(command: argparse.ArgumentParser) -> None:
    command.epilog = _(
        "The exit status is 1 where something is missing that keeps breakd from reminding (who asks, a configuration"
        " that is right, a log that is whole), else 0. Nothing of it is private: paste it into a bug report."
    )


COMMANDS: dict[str, tuple[str, str, tuple[Callable[[argparse.ArgumentParser], None], ...]]] = {
    "run": ("run", later("start breakd here; it runs until it is told to quit"), (_run, _config)),
    "status": ("client", later("what breakd is doing"), (_status,)),
    "why": ("client", later("why there is, or is no, prompt now"), (_json,)),
    "start": ("client", later("start the break that is open, or one of your own accord"), (_exercise,)),
    "snooze": ("client", later("ask again later"), (_for,)),
    "skip": ("client", later("not this break"), ()),
    "pause": ("client", later("no prompts for a while"), (_pause,)),
    "resume": ("client", later("end the pause"), ()),
    "stand": ("client", later("you work standing: no clock counts until you sit, lock the screen or leave"), ()),
    "sit": ("client", later("you sit again: the clocks count"), ()),
    "felt": ("client", later("say how your back is, once a day; it goes into the log"), (_felt,)),
    "log": ("log", later("what happened to your breaks"), (_days, _log)),
    "stats": ("stats", later("what came of your breaks, in figures, and how sure that is"), (_stats, _days, _json)),
    "report": ("report", later("what came of your breaks, as a page for a browser"), (_days, _report)),
    "export": ("export", later("the log's events as JSON Lines or CSV, for other programs"), (_days, _export)),
    "import": ("importing", later("add the events of an export, or of another machine, to the log"), (_import,)),
    "exercises": ("exercises", later("the exercises, what is known, and what to mind"), (_exercise, _json, _config)),
    "evidence": (
        "evidence",
        later("what is known of breaks and exercises, how well, and what is not"),
        (_exercise, _json, _config),
    ),
    "routine": ("routine", later("do an exercise now, guided; nothing of it is logged"), (_routine, _config)),
    "welcome": ("welcome", later("a few questions, which write a first configuration file"), (_welcome,)),
    "try": ("try_out", later("see how breakd asks, now; nothing of it is logged"), (_config,)),
    "config": ("config", later("show, check, create or change the configuration file"), (_config_action, _config)),
    "simulate": ("simulate", later("when would this configuration ask me?"), (_simulate, _json, _config)),
    "panel": ("panel", later("the tray's menu in a window, where there is no tray"), ()),
    "doctor": ("doctor", later("what was found on this machine, and what mends it"), (_doctor, _json)),
    "completion": ("completion", later("print the script by which a shell completes breakd's arguments"), (_shell,)),
    "install": ("install", later("have breakd start at login, and put it into the desktop's menu"), (_install,)),
    "uninstall": ("uninstall", later("take away what breakd left on this machine"), (_uninstall,)),
    "launch": ("launch", "", ()),
    "prompt-window": ("prompt", "", (_prompt_window,)),
    "rating-window": ("rating", "", (_prompt_window,)),
    "week": ("week", "", (_week,)),
    "restart": ("client", later("end the daemon and start it anew"), ()),
    "quit": ("client", later("end the daemon"), ()),
}
"""Every command: the module that does it, what it is for, and its arguments. What only breakd itself starts says
nothing of what it is for, and is not listed.
"""

GROUPS = (
    (
        later("at any time:"),
        ("status", "why", "start", "snooze", "skip", "pause", "resume", "stand", "sit", "felt", "panel"),
    ),
    (
        later("exercises, and what came of them:"),
        ("exercises", "evidence", "routine", "try", "log", "stats", "report", "export", "import"),
    ),
    (later("your settings:"), ("welcome", "config", "simulate")),
    (later("the program itself:"), ("run", "restart", "quit", "install", "uninstall", "doctor", "completion")),
)
"""The commands that are listed, by what they are for, in the order of the list and of the manual."""
