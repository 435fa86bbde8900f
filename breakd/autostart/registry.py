"""The Run key of the registry, for Windows. It has never run there.

Law: nothing but breakd's own value is touched.
"""

# ruff: noqa: PLC0415 - winreg exists on Windows alone
import subprocess
import sys
from contextlib import suppress

from breakd.autostart.start import Command, Start, start

KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
PATH = rf"HKEY_CURRENT_USER\{KEY}"
NAME = "breakd"


def text(command: Command) -> str:
    """Return the value's text: the command, quoted as Windows' programs read it."""
    return subprocess.list2cmdline(command)


def value() -> str | None:
    """Return the value that is there, None where there is none."""
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY) as key:
            return str(winreg.QueryValueEx(key, NAME)[0])
    return None


def write(command: Command) -> None:
    """Set the value. Raises OSError."""
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, KEY) as key:
            winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, text(command))


def remove() -> None:
    """Remove the value. Raises OSError."""
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY, access=winreg.KEY_SET_VALUE) as key:
            winreg.DeleteValue(key, NAME)


def found() -> Start | None:
    """Return the start by the Run key, None where it does not name breakd."""
    said = value()
    return None if said is None else start("registry", PATH, _words(said))


def _words(line: str) -> list[str]:
    """Return the words of what `text` writes: the program's path has no quotes in it on Windows."""
    program, rest = line[1:].split('"', 1) if line.startswith('"') else (line.partition(" ")[::2])
    return [program, *rest.split()]
