"""The errors that a person is told, each with the exit status of the command that met it.

Law: the text says what is wrong, where, and what to do; the command line prints it and nothing else.
"""


class BreakdError(Exception):
    """It could not be done: status 1."""

    status = 1


class UsageError(BreakdError):
    """Wrong arguments, configuration or script: status 2. The text has one line a problem."""

    status = 2


class NoDaemonError(BreakdError):
    """No daemon is running where one is needed: status 3."""

    status = 3
