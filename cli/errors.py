"""Failures that the person at the terminal can mend: printed as one message, without a traceback."""


class CommandError(Exception):
    """A command cannot go on; the message says why and what to do."""
