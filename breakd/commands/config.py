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

    data = example().encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path.parent, error) from None
    try:
        # Exclusive: neither a file nor a link that leads nowhere is written over, whoever made it a moment ago.
        file = path.open("xb")
    except FileExistsError:
        raise BreakdError(_("{file} exists already; nothing was written").format(file=path)) from None
    except OSError as error:
        raise _not_written(path, error) from None
    try:
        # In one write, at the end: before it the file is empty, and so says the defaults too.
        with file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_written(path, error) from None
    print(_("Wrote {file}").format(file=path))


def _not_written(path: Path, error: OSError) -> BreakdError:
    text = _("{file} cannot be written: {reason}; name another place with --config FILE")
    return BreakdError(text.format(file=path, reason=error.strerror))
