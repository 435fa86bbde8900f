"""What SQLite and the system say of a log that cannot be used, in a person's words.

Law: one line, which says what is wrong, where, and what to do.
"""

import errno
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from breakd.errors import BreakdError
from breakd.texts import _

DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,  # our statements are fixed: where one makes no sense, the tables are not ours
}
"""The codes by which SQLite says that the file is none of ours, or not whole."""


class DamagedError(sqlite3.DatabaseError):
    """The check of the whole file found it damaged."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def code(problem: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 where the error is not SQLite's own."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF


def explain(path: Path, problem: BreakdError | OSError | sqlite3.Error) -> str:
    """Return what is wrong, where, and what to do, in one line."""
    if isinstance(problem, BreakdError):
        return str(problem)
    if isinstance(problem, OSError):
        kind, why = problem.errno, problem.strerror or str(problem)
    else:
        kind, why = _ERRNO.get(code(problem)), str(problem)
    folder = path.parent
    if kind in {errno.ENOSPC, errno.EDQUOT} or (kind == errno.EIO and _is_full(folder)):
        return _("no space is left on the disk of {path}: free some").format(path=path)
    if kind in {errno.EEXIST, errno.ENOTDIR}:
        return _("{folder} is not a folder: move away what is in its place").format(folder=folder)
    if kind in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("{path} is not yours to use: give yourself the rights to it and to its folder").format(path=path)
    if kind == errno.EBUSY:
        return _("{path} is locked by another program: close that program").format(path=path)
    if kind == errno.ENOENT:
        return _("{path} cannot be opened: see that it is a file in a folder of yours").format(path=path)
    if kind == errno.EBADMSG:
        return _("{path} is damaged: breakd restart sets it aside and begins a new one").format(path=path)
    return _("{path}: {why}: see to the disk that it is on").format(path=path, why=why)


_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
    sqlite3.SQLITE_CANTOPEN: errno.ENOENT,
    sqlite3.SQLITE_IOERR: errno.EIO,
} | dict.fromkeys(DAMAGE, errno.EBADMSG)
"""What SQLite's codes mean in the system's own, so that one text serves both."""


def _is_full(folder: Path) -> bool:
    """Say whether SQLite's complaint of the disk is one of too little space for the files that it works with."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free < 1 << 20
    return False
