"""
One command of a script → what it fetches, or what the Python text it runs loads.

No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from weighbridge.model.refs import Role
from weighbridge.model.serving import Settings
from weighbridge.workloads.command_lines import Told
from weighbridge.workloads.downloads import Fetched, fetched, ollama
from weighbridge.workloads.engines import GENERIC
from weighbridge.workloads.files import Files
from weighbridge.workloads.flags import Syntax, read_line
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.python_scripts import read_python
from weighbridge.workloads.serving_settings import settings
from weighbridge.workloads.shell import Command, commands

_INSTALLERS = frozenset({"pip", "pip3", "uv", "conda", "mamba"})
_CREATE = Syntax({"file": 1, "quantize": 1, "experimental": 0}, {"f": "file", "q": "quantize"}, {}, ())
_FROM = re.compile(r"^[ \t]*(FROM|ADAPTER)[ \t]+(\S{1,500})", re.MULTILINE | re.IGNORECASE)
NAMED = 20
"""Models of one Modelfile that are read."""
_WITH_VALUE = ("-W", "-X", "-Q")


def fetches(command: Command) -> Fetched | None:
    """Return what a command fetches, `None` when it is no downloader."""
    return fetched(command.argv, command.directory)


def installs(script: Sequence[Command]) -> bool:
    """Return whether a script installs Python packages before it starts a server."""
    return any(
        (one.argv[0].rpartition("/")[2] in _INSTALLERS and "install" in one.argv[1:4])
        or ("-m" in one.argv[1:3] and "pip" in one.argv[2:4] and "install" in one.argv[3:5])
        for one in script
    )


def creates(command: Command, files: Files) -> Sequence[Mention]:
    """
    Return what `ollama create NAME -f FILE` makes a model of: FROM and ADAPTER of a Modelfile.

    https://docs.ollama.com/modelfile; without `-f` the file is called Modelfile.
    """
    argv = command.argv
    if argv[0].rpartition("/")[2] != "ollama" or "create" not in argv[1:2]:
        return ()
    flags = {flag.name: flag.values for flag in read_line(argv[2:], _CREATE).flags}
    path = next(iter(flags.get("file", ())), "Modelfile")
    file = files.read(path, command.directory)
    if file.text is None:
        because = f"ollama create: {path[:100]}, which says of what the model is made, {file.because}"
        return (Mention(path, "base", "ollama create", because=because),)
    found = []
    for instruction, place in _FROM.findall(file.text)[:NAMED]:
        role: Role = "adapter" if instruction.upper() == "ADAPTER" else "base"
        is_path = place.startswith(("/", "./", "../", "~")) or place.endswith((".gguf", ".safetensors"))
        via = f"ollama create {instruction}"
        found.append(Mention(place, role, via, form="path") if is_path else ollama(place, role, via))
    return found


def reads_python(command: Command, files: Files) -> Told | None:
    """Return what the Python text says that a command runs, `None` when it runs none that is at hand."""
    found = _source(command, files)
    if found is None:
        return None
    text, via = found
    said = read_python(text, command.environment, via)
    mentions = list(said.mentions)
    for line in said.commands:
        for one in commands(("sh", "-c", line), command.environment, command.directory).commands:
            inner = fetches(one)
            mentions.extend(inner.mentions if inner is not None else ())
    stated = settings(GENERIC, tuple(said.flags), command.environment) if said.flags else Settings()
    return Told(tuple(_named_once(mentions)), stated)


def _named_once(mentions: Sequence[Mention]) -> Sequence[Mention]:
    return tuple(dict.fromkeys(mentions))


def _source(command: Command, files: Files) -> tuple[str, str] | None:
    """Return the Python text a command runs and how to call it."""
    position = 0
    argv = command.argv
    if not argv[0].rpartition("/")[2].startswith("python"):
        path = argv[0]
        text = files.read(path, command.directory).text if "/" in path else None
        is_python = text is not None and (path.endswith(".py") or "python" in text.partition("\n")[0])
        return (text, path[-60:]) if text is not None and is_python else None
    position = 1
    while position < len(argv) and argv[position].startswith("-") and argv[position] != "-":
        option = argv[position]
        if option == "-c" or (option.endswith("c") and not option.startswith("--") and len(option) < 5):
            return (argv[position + 1], "python -c") if position + 1 < len(argv) else None
        if option == "-m":
            return None
        position += 2 if option in _WITH_VALUE else 1
    if position >= len(argv) or argv[position] == "-":
        return (command.given, "python") if command.given is not None else None
    text = files.read(argv[position], command.directory).text
    return (text, argv[position][-60:]) if text is not None else None
