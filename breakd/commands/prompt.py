"""`breakd prompt-window`: the window in which breakd asks where no notification has buttons; the daemon starts it.

Law: the daemon says what is shown and when it goes; what the person does, or what keeps it from showing, is told back.
"""

import argparse

from breakd.adapters.appearance import settings_theme
from breakd.adapters.monitors import workplace
from breakd.routines.session import Link, NoWindowError


def run(args: argparse.Namespace) -> int:
    """Show what comes on the line `args.report` until it is answered, or the line ends.

    Raises NoWindowError where no window can be opened.
    """
    link = Link(args.report)
    try:
        from breakd.windows import prompt  # noqa: PLC0415 - Tk is not everywhere

        prompt.show(link, settings_theme(args.theme).theme, workplace())
    except NoWindowError as error:
        link("impossible", {"reason": str(error)})
        raise
    return 0
