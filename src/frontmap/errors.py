"""Every error that frontmap raises on purpose: one base, one child for each exit code.

A message is one line that names the file, the place in it and the remedy. What was mended instead
is said by the one warning.
"""

from __future__ import annotations


class FrontmapError(Exception):
    """Base of all errors that frontmap raises on purpose.

    ``exit_code`` is what the command line ends with when the error reaches it.
    """

    exit_code = 70


class InputError(FrontmapError):
    """A file, table or value that frontmap was given cannot be taken as it is."""

    exit_code = 1


class UsageError(FrontmapError):
    """A call whose arguments do not go together."""

    exit_code = 2


class NotFoundError(FrontmapError):
    """There is no such archive, date, revision, place or file."""

    exit_code = 3


class ConflictError(FrontmapError):
    """Two revisions claim to be in force, or the one a caller started from no longer is."""

    exit_code = 4


class IntegrityError(FrontmapError):
    """A recorded revision is not what was recorded."""

    exit_code = 5


class StorageError(FrontmapError):
    """The lock is held, the disk is full, or the system refused to read or write."""

    exit_code = 6


class MendedWarning(UserWarning):
    """What was given to be recorded was mended on the way; the message says what and where."""
