"""Where a command's result goes: standard output, whatever it is."""

from __future__ import annotations

import os
import sys

from weighbridge.errors import OutputError


def show(text: str) -> None:
    """
    Write to standard output, as UTF-8 whatever the locale is.

    A reader that has had enough (`weighbridge check | head`) is no error. Raises `OutputError` when nothing can be written.
    """
    if sys.stdout is None:
        raise OutputError("standard output: closed. Fix: send it to a file or a terminal")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _discard()
    except OSError as error:
        _discard()
        raise OutputError(
            f"standard output: cannot be written: {error.strerror}. Fix: make room or choose another file"
        ) from None


def _discard() -> None:
    """Python writes what is left once more at its end: let that go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
