"""What takes the desktop's place on macOS and Windows. It never ran there.

Law: as on Linux, by the adapters that serve the daemon.
"""

import sys

from breakd.adapters.screen import has_screen
from breakd.doctor.finding import Finding, missing, ok
from breakd.doctor.machine import Machine
from breakd.texts import _


def screen(_machine: Machine) -> Finding:
    return ok(_("it answers")) if has_screen() else missing(_("none answers"))


def notifications(_machine: Machine) -> Finding:
    return ok(_("the system's own, without buttons"))


def prompts(_machine: Machine) -> Finding:
    return ok(_("notifications without buttons ask; answer with the tray icon, or with `breakd start`"))


def tray(_machine: Machine) -> Finding:
    return ok(_("the menu bar") if sys.platform == "darwin" else _("the notification area"))
