"""`breakd prompt-window`: the window in which breakd asks where no notification has buttons; the daemon starts it.

Law: the daemon says what is shown and when it goes; what the person does, or what keeps it from showing, is told back.
"""

import argparse

from breakd.adapters.appearance import settings_theme
from breakd.adapters.monitors import workplace
from breakd.errors import BreakdError
from breakd.routines.session import Link, NoWindowError
from breakd.texts import needs_tk


def run(args: argparse.Namespace) -> int:
    """Show what comes on the line `args.report` until it is answered, or the line ends.

    Raises BreakdError where no window can be opened.
    """
    link = Link(args.report)
    try:
        from breakd.windows import placing, prompt  # noqa: PLC0415 - Tk is not everywhere, and needs a screen

        place = workplace()
        prompt.show(link, settings_theme(args.theme).theme, placing.Area(*place) if place else None)
    except ImportError:
        why = needs_tk()
    except NoWindowError as error:
        why = str(error)
    else:
        return 0
    link("impossible", {"reason": why})
    raise BreakdError(why)
