"""How shells are called. No input or output."""

from __future__ import annotations

from collections.abc import Sequence

from weighbridge.workloads.tables import table

SHELLS = frozenset[str](table("programs")["shells"])


def is_shell(program: str) -> bool:
    """Return whether a program is a shell."""
    return program.rpartition("/")[2] in SHELLS


def script_of(argv: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the command line that `sh -c` would run and its `$0 $1 …`; `None` when it runs a file or its input."""
    position, command = 1, False
    while position < len(argv) and argv[position][:1] in ("-", "+") and len(argv[position]) > 1:
        option = argv[position]
        position += 1
        if option == "--":
            break
        if not option.startswith("--"):
            command = command or "c" in option[1:]
            position += option[-1] in "oO"
    if not command or position >= len(argv):
        return None
    return argv[position], tuple(argv[position + 1 :])


def file_of(argv: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the script file that a command runs, itself or by a shell, and its `$0 $1 …`; empty when there is none."""
    if not is_shell(argv[0]):
        return argv[0], tuple(argv)
    position = 1
    while position < len(argv) and argv[position][:1] in ("-", "+") and len(argv[position]) > 1:
        position += 1 + (argv[position][-1] in "oO" and not argv[position].startswith("--"))
    return (argv[position], tuple(argv[position:])) if position < len(argv) else ("", ())
