"""Whose files breakd's are: nobody's but the person's.

Law: whatever breakd writes is 0600, and its folders 0700, whatever the umask that it was started with. Programs of the
person's own that it starts (hooks, an editor, a browser) get that one back.
"""

import os

_theirs = -1


def begin() -> None:
    """Have everything that this process makes from now on be readable to its person alone."""
    global _theirs  # noqa: PLW0603 - a process has one umask
    _theirs = os.umask(0o077)


def end() -> None:
    """Go back to the umask of the person, for what is theirs to read, too, or to start this program anew."""
    global _theirs  # noqa: PLW0603
    if _theirs >= 0:
        os.umask(_theirs)
        _theirs = -1


def theirs() -> int:
    """Return the umask for a program of the person's own, as subprocess takes it: -1 leaves it as it is."""
    return _theirs
