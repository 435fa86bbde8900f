"""`breakd config path|show|check|init`: where the configuration is, what it says, whether it is right, a first one.

Law: a file that exists is never written over.
"""

import argparse
from pathlib import Path

from breakd import config
from breakd.errors import BreakdError
from breakd.texts import _


def run(args: argparse.Namespace) -> int:
    """Do `args.action` with the file `args.config` (None: the usual place) and return the exit status.

    Raises ConfigError for a wrong file and BreakdError where none can be written.
    """
    match args.action:
        case "path":
            print(config.locate(args.config)[0])
        case "show":
            _show(config.load(args.config))
        case "check":
            _check(config.load(args.config))
        case "init":
            _init(config.locate(args.config)[0])
        case _:
            raise AssertionError(args.action)
    return 0


def _show(loaded: config.Loaded) -> None:
    import tomli_w  # noqa: PLC0415 - needed here only

    print(tomli_w.dumps(loaded.document), end="")


def _check(loaded: config.Loaded) -> None:
    text = _("{file}: OK") if loaded.exists else _("{file}: there is no such file; the defaults are in use: OK")
    print(text.format(file=loaded.path))


def _init(path: Path) -> None:
    from breakd.config.example import example  # noqa: PLC0415 - needed here only
    from breakd.config.writing import NotWrittenError, create  # noqa: PLC0415 - the same

    try:
        create(path, example())
    except NotWrittenError as error:
        raise BreakdError(_("{problem}; name another place with --config FILE").format(problem=error)) from None
    print(_("Wrote {file}").format(file=path))
