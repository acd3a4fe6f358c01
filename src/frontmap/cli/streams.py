"""Standard output and error that fail no verb: what could not be written shows in the exit code.

A verb that has recorded something must not end as if it had not because nobody reads what it
prints. So writing never raises; what went wrong is kept until the verb has ended.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

EXIT_OUTPUT = 6
_OF_THE_SYSTEM = (io.BufferedWriter, io.FileIO)  # the latter by PYTHONUNBUFFERED


class Loss(NamedTuple):
    """What is said of output that was lost, and the exit code of a verb that else had none."""

    message: str
    exit_code: int


class UnfailingOutput(io.RawIOBase):
    """Writes to a file handle until that fails; from then on nothing is written.

    ``failure`` is what went wrong, None while nothing has; ``is_extra`` says that what is written
    comes on top of what the verb is for, which is done.

    >>> unread, handle = os.pipe()
    >>> os.close(unread)
    >>> output = UnfailingOutput(handle)
    >>> output.write(b"to nobody"), output.failure
    (9, BrokenPipeError(32, 'Broken pipe'))
    >>> os.close(handle)
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.failure: OSError | None = None
        self.is_extra = False

    def fileno(self) -> int:
        """Return the handle of the file."""
        return self._handle

    def isatty(self) -> bool:
        """Whether a person reads what is written."""
        return os.isatty(self._handle)

    def writable(self) -> bool:
        """Return True: it takes whatever it is given."""
        return True

    def write(self, data: Buffer) -> int:
        """Write all of it, or keep why not; return its length."""
        rest = memoryview(data)
        while rest and self.failure is None:
            try:
                rest = rest[os.write(self._handle, rest) :]
            except BlockingIOError:
                select.select([], [self._handle], [])
            except OSError as error:
                self.failure = error
        return len(memoryview(data))


def guard() -> None:
    """Put streams that fail no verb in the place of standard output and error.

    A stream that was closed before frontmap began is one that fails; its number is taken, so that
    no file of an archive is opened under it and written to in its stead. Streams that are not the
    system's (a notebook's, a test's) stay as they are.

    >>> guard()  # here they are the test's
    >>> lost_output() is None
    True
    """
    for number, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest free number is this one
    sys.stdout = _guarded(sys.stdout, 1)
    sys.stderr = _guarded(sys.stderr, 2)


def _guarded(stream: TextIO | None, number: int) -> TextIO:
    if stream is not None:
        if not isinstance(stream, io.TextIOWrapper):
            return stream
        if not isinstance(stream.buffer, _OF_THE_SYSTEM) or stream.fileno() != number:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
            return stream
        stream.flush()
    output = UnfailingOutput(number)
    return io.TextIOWrapper(
        io.BufferedWriter(output),
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        line_buffering=number == 2 or output.isatty(),  # noqa: PLR2004  standard error
    )


def only_extra_follows() -> None:
    """Say that the verb has done what it is for, so that losing output is no failure of it.

    >>> only_extra_follows()  # here standard output is the test's
    """
    if output := _unfailing():
        output.is_extra = True


def lost_output() -> Loss | None:
    """Return what to say when standard output did not take what was printed; None when it did.

    A reader that has gone (``| head``) has seen what it wanted: then nothing is lost.

    >>> lost_output() is None
    True
    """
    sys.stdout.flush()
    output = _unfailing()
    if output is None or output.failure is None or output.failure.errno == errno.EPIPE:
        return None
    why = f"standard output: {os.strerror(output.failure.errno or 0)}; what it shows is cut short"
    if output.is_extra:
        return Loss(f"{why}; what was recorded is recorded", 0)
    return Loss(why, EXIT_OUTPUT)


def _unfailing() -> UnfailingOutput | None:
    output = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return output if isinstance(output, UnfailingOutput) else None
