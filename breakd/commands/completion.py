"""`breakd completion SHELL`: the script by which a shell completes breakd's arguments.

Law: nothing is computed here. `make manual` made the scripts from the table of commands that --help shows, too.
"""

import argparse
from pathlib import Path

import breakd

SCRIPTS = Path(breakd.__file__).parent / "completions"


def run(args: argparse.Namespace) -> int:
    """Print the script for `args.shell`."""
    print((SCRIPTS / f"breakd.{args.shell}").read_text(encoding="utf-8"), end="")
    return 0
