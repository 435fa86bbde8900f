"""`breakd rating-window`: the window that asks how the back is; the daemon starts it.

Law: it says one thing, or nothing: the number that was clicked, or what keeps the window from opening.
"""

import argparse

from breakd.adapters.appearance import settings_theme
from breakd.adapters.monitors import workplace
from breakd.routines.session import Link, NoWindowError


def run(args: argparse.Namespace) -> int:
    """Ask until that is answered or closed, or the line `args.report` ends.

    Raises NoWindowError where no window can be opened.
    """
    link = Link(args.report)
    try:
        from breakd.windows import rating  # noqa: PLC0415 - Tk is not everywhere

        rating.show(link, settings_theme(args.theme).theme, workplace())
    except NoWindowError as error:
        link("impossible", {"reason": str(error)})
        raise
    return 0
