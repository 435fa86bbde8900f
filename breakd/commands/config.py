"""`breakd config ...`: where the configuration is, what it says, whether it is right, a first one, and changes of it.

Law: a file that exists is written over by nothing but a change that somebody asked for and that leaves it right.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from breakd import config
from breakd.errors import BreakdError
from breakd.texts import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from breakd.config.editing import Edited

_TRIES = 100
"""How often a change begins anew because the file has changed meanwhile."""


def run(args: argparse.Namespace) -> int:
    """Do `args.action` with the file `args.config` (None: the usual place) and return the exit status.

    Raises ConfigError for a wrong file, key or value, and BreakdError where nothing can be written.
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
        case "edit":
            from breakd.commands.config_edit import edit  # noqa: PLC0415 - needed here only

            edit(config.locate(args.config)[0])
        case "set":
            _set(config.locate(args.config)[0], args.key, args.value)
        case "unset":
            _unset(config.locate(args.config)[0], args.key)
        case "schema":
            from breakd.config.schema import text  # noqa: PLC0415 - needed here only

            print(text(), end="")
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
    with_schema(path)


def with_schema(path: Path) -> None:
    """Write the schema beside a configuration that names it, or say why it cannot be written; that is no failure."""
    from breakd.config.schema import write_beside  # noqa: PLC0415 - needed here only

    if problem := write_beside(path):
        print(problem, file=sys.stderr)


def _set(path: Path, name: str, typed: str) -> None:
    from breakd.config.editing import with_key  # noqa: PLC0415 - needed here only
    from breakd.config.problems import literal  # noqa: PLC0415 - the same

    edited = _changed(path, lambda before: with_key(path, before, name, typed))
    value = literal(edited.value)
    if edited.data is None:
        print(_("{key} is {value} already; nothing was written").format(key=name, value=value))
        return
    was = _("it was {value}").format(value=literal(edited.before)) if edited.before is not None else _("it was not set")
    print(f"{name} = {value} ({was})")
    if edited.with_defaults:
        print(_("The file named no break; it has all of the default ones now, with this change."))


def _unset(path: Path, name: str) -> None:
    from breakd.config.editing import without_key  # noqa: PLC0415 - needed here only
    from breakd.config.problems import literal  # noqa: PLC0415 - the same

    edited = _changed(path, lambda before: without_key(path, before, name))
    if edited.data is None:
        text = _("{key} is not in {file}; it has its default: {value}")
    elif edited.place == ("break",):
        text = _("{key} is taken out; the file names no break any more, so the default ones hold")
    elif edited.value is None:
        text = _("{key} is taken out")
    else:
        text = _("{key} has its default again: {value}")
    value = _("none") if edited.value is None else literal(edited.value)
    print(text.format(key=name, file=path, value=value))


def _changed(path: Path, change: "Callable[[bytes | None], Edited]") -> "Edited":
    """Change the file and return what came of it; where somebody else was quicker, begin anew with what is there now.

    Raises BreakdError.
    """
    from breakd.config.writing import MeanwhileError  # noqa: PLC0415 - needed here only

    for again in range(_TRIES):
        before = config.stored(path, required=False)
        edited = change(before)
        if edited.data is None:
            break
        try:
            save(path, edited.data, before)
        except MeanwhileError:
            if again == _TRIES - 1:
                raise
        else:
            break
    return edited


def save(path: Path, data: bytes, before: bytes | None) -> None:
    """Write the configuration, and the schema where it names it, and say so.

    `before` is what the file held when the change began, None where there was none. Raises BreakdError.
    """
    from breakd.config.example import SCHEMA_LINE  # noqa: PLC0415 - needed here only
    from breakd.config.writing import create, replace  # noqa: PLC0415 - the same

    if before is None:
        create(path, data.decode())
        print(_("Wrote {file}").format(file=path))
    else:
        kept = replace(path, data, before)
        print(_("Wrote {file}; the one before is {kept}").format(file=path, kept=kept))
    if SCHEMA_LINE.encode() in data:
        with_schema(path)
