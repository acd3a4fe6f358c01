"""Being told to end: clean up, then end of the signal, as whoever sent it expects to see."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType


class Interrupted(KeyboardInterrupt):
    """A signal asked the process to end; what is under way is cleaned up first."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def interrupt_on_signals() -> None:
    """Raise ``Interrupted`` on Ctrl-C, SIGTERM and SIGHUP, where nobody else handles them.

    The second of a kind ends the process at once.

    >>> before = signal.getsignal(signal.SIGTERM)
    >>> interrupt_on_signals()
    >>> try:
    ...     signal.raise_signal(signal.SIGTERM)
    ... except KeyboardInterrupt as error:
    ...     print(signal.Signals(error.number).name)
    SIGTERM
    >>> _ = signal.signal(signal.SIGTERM, before)
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    raise Interrupted(number)


def end_by(error: KeyboardInterrupt) -> int:
    """End this process by the signal that it was sent, so that a shell sees it.

    Return the exit code that says so where that is not what ends it.

    >>> import subprocess, sys
    >>> code = "from frontmap.cli.interrupts import end_by; end_by(KeyboardInterrupt())"
    >>> subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGINT
    True
    """
    number = error.number if isinstance(error, Interrupted) else signal.SIGINT
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number
