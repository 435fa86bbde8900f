"""Desktop entries: the one in the autostart folder, and the launcher's.

Law: both are valid by the Desktop Entry Specification, whatever characters the path of breakd has.
"""

import re
from pathlib import Path

from breakd.autostart import session
from breakd.autostart.start import ENV, Command, Start, config_home, data_home, read, start, without_env
from breakd.texts import _

NAME = "breakd.desktop"
ODD = re.compile(r"[%\"'\\$`]")
RESERVED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")

ENTRY = """\
[Desktop Entry]
Type=Application
Name=breakd
Comment={comment}
Exec={command}
Icon=breakd
Terminal=false
StartupNotify=false
"""

FOR_MENU = """\
GenericName={kind}
Categories=Utility;
Keywords={words}
"""


def path() -> Path:
    """Return where the autostart entry lies."""
    return config_home() / "autostart" / NAME


def launcher() -> Path:
    """Return where the launcher's entry lies. Its name is what notifications send as `desktop-entry`."""
    return data_home() / "applications" / NAME


def text(command: Command) -> str:
    """Return the autostart entry that runs this command."""
    return ENTRY.format(comment=_("Asks for breaks by how long you really sat"), command=_exec(command))


def launcher_text(command: Command) -> str:
    """Return the launcher's entry that runs this command."""
    words = _("break;pause;rest;reminder;sitting;back;posture;exercise;rsi;")
    return text(command) + FOR_MENU.format(kind=_("Break Reminder"), words=words)


def _exec(command: Command) -> str:
    if ODD.search(command[0]):  # readers look for such a program under its escaped name, but know an argument's own
        command = (ENV, *command)
    return " ".join(map(_quoted, command)).replace("\\", "\\\\").replace("%", "%%")


def _quoted(word: str) -> str:
    """Return the word as an argument of Exec; the escapes of a value's string come on top of these."""
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"' if not word or RESERVED.search(word) else word


def _entries(text: str) -> dict[str, str]:
    """Return the keys of the entry itself, not those of its actions."""
    body = re.split(r"^\[", text.partition("[Desktop Entry]")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^([\w-]+)[ \t]*=[ \t]*(.*?)[ \t]*$", body, re.MULTILINE))


def _command(entries: dict[str, str]) -> list[str]:
    words = re.findall(r'"((?:\\.|[^"\\])*)"|([^\s"]+)', entries.get("Exec", "").replace("\\\\", "\\"))
    plain = [bare or re.sub(r"\\(.)", r"\1", quoted) for quoted, bare in words]
    return [re.sub("%(.)", lambda match: "%" if match[1] == "%" else "", word) for word in without_env(plain)]


def found() -> Start | None:
    """Return the start by the autostart entry, None where there is none."""
    text = read(path())
    if text is None:
        return None
    entries = _entries(text)
    return start("xdg", path(), _command(entries), _why_not(entries))


def _why_not(entries: dict[str, str]) -> str | None:
    if entries.get("Hidden") == "true":
        return _("it is switched off by Hidden=true")
    if entries.get("X-GNOME-Autostart-enabled") == "false":
        return _("it is switched off by X-GNOME-Autostart-enabled=false")
    desktops = session.names()
    if desktops and not session.runs_autostart():
        return _("{desktop} does not start what lies there").format(desktop=desktops[0])
    return None
