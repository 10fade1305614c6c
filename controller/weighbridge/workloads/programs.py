"""
What a container starts, and what each of its programs says about models.

It is told by the shape of the command line, and by the image only where the command line leaves it to the image.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from weighbridge.model.refs import Role
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Settings
from weighbridge.workloads.command_lines import Start, Told, told
from weighbridge.workloads.engines import ENGINES, GENERIC, LIKELY, is_helper, is_inert, serves_nothing, started
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment, expanded
from weighbridge.workloads.fetching import creates, fetches, installs, reads_python
from weighbridge.workloads.files import Files
from weighbridge.workloads.flag_sources import unknown_variable
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.reading import ITEMS, TEXT, at, is_cut, mappings, text
from weighbridge.workloads.reading import arguments as arguments_of
from weighbridge.workloads.shell import Command, Script, commands
from weighbridge.workloads.shell_calls import is_shell

SERVERS = 20
"""Engines, routers and clients whose command lines are read of one container."""
PER_PROGRAM, PER_CONTAINER, PER_WORD = 6, 10, 64
"""What reading a program and a container costs, in words; how many characters cost as much as a word."""

_HOOKS = (
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
)
_ENGINE_WORDS = re.compile("|".join(sorted({re.escape(entry.words[0]) for one in ENGINES for entry in one.entries})))


@dataclass(frozen=True, slots=True)
class Container:
    """A container and what is known about it before its command line is read."""

    raw: KubeObject
    image: str
    environment: Environment
    engine: Engine | None
    """The engine that its image carries."""
    accelerated: bool
    controller_starts: bool
    """Whether a controller fills in the command."""
    files: Files = field(default_factory=Files)

    @property
    def is_router(self) -> bool:
        """Whether it is a router, an endpoint picker or a client; none of them needs an accelerator."""
        return not self.accelerated and serves_nothing(self.image)

    def start(self, environment: Environment, directory: str | None, *, filled_in: bool = False) -> Start:
        """Return what surrounds one command line of this container."""
        return Start(environment, self.files, directory, self.controller_starts or filled_in)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that may serve or fetch a model."""

    engine: Engine | None
    told: Told
    environment: Environment
    directory: str | None
    destination: str | None = None
    """Where it puts what it fetches."""
    fetches: bool = False
    """Whether it fetches models for others to serve."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of a container that may serve or fetch a model."""

    programs: tuple[Program, ...]
    words: int
    """What it took to find them."""


def programs_of(container: Container) -> Programs:
    """Return what a container, its hooks and its probes start."""
    if _is_too_long(container):
        because = f"the command line is longer than is read: {ITEMS} elements of {TEXT} characters"
        return Programs((_hole(container, because, container.environment, None),), PER_CONTAINER + ITEMS)
    known = container.environment.known
    command = expanded(arguments_of(container.raw.get("command")), known)
    arguments = expanded(arguments_of(container.raw.get("args")), known)
    directory = text(container.raw.get("workingDir"))
    hooks = [commands(argv, container.environment, None, container.files) for argv in _hooks(container)]
    words = len(command) + len(arguments) + len(known) + PER_CONTAINER
    words += sum(map(len, (*command, *arguments, *known.values()))) // PER_WORD
    if command or (arguments and (is_shell(arguments[0]) or started(arguments))):
        script = commands((*command, *arguments), container.environment, directory, container.files)
        found = tuple(_script(container, script, (*command, *arguments), directory))
    else:
        script = Script()
        found = tuple(_entry_point(container, arguments, directory))
    words += sum(one.words + PER_PROGRAM * len(one.commands) for one in (script, *hooks))
    hooked = tuple(program for hook in hooks for program in (*_fetched(container, hook), *_servers(container, hook)))
    every = tuple(part for one in (*found, *hooked) for part in _parts(container, one))
    return Programs(every, words)


def _parts(container: Container, program: Program) -> Iterator[Program]:
    """Yield a program, what its files say of models of their own, and the servers that it starts."""
    yield program
    yield from (replace(program, told=one) for one in program.told.further)
    for line in program.told.lines:
        script = commands(("sh", "-c", line), program.environment, program.directory, container.files)
        if script.problem is not None:
            yield _hole(
                container, f"a command line of its configuration file: {script.problem}", program.environment, None
            )
        yield from _servers(container, script)


def _is_too_long(container: Container) -> bool:
    """Return whether a command line is cut that may start an engine."""
    parts = [value for key in ("command", "args") if is_cut(value := container.raw.get(key))]
    if not parts or container.engine is not None or container.accelerated:
        return bool(parts)
    words = (word for part in parts for word in (part if isinstance(part, list) else [part]))
    return any(isinstance(word, str) and _ENGINE_WORDS.search(word) for word in words)


def _hooks(container: Container) -> Iterator[tuple[str, ...]]:
    """Yield the commands of hooks and probes."""
    for path in _HOOKS:
        if path[0] not in container.raw:
            continue
        argv = arguments_of(at(container.raw, *path, "exec", "command"))
        if argv:
            yield expanded(argv, container.environment.known)


def _entry_point(container: Container, arguments: Sequence[str], directory: str | None) -> Iterator[Program]:
    """Yield what arguments say that go to the entry point of the image."""
    engine = container.engine
    start = container.start(container.environment, directory)
    if engine is None:
        if not container.is_router:
            said = told(GENERIC, arguments, start, positional=False)
            said = _with_variables(container, said, start) if not said.mentions else said
            yield Program(None, said, container.environment, directory)
        return
    skipped = 0
    while skipped < len(arguments) and arguments[skipped] in engine.skip:
        skipped += 1
    said = told(engine, arguments[skipped:], start, positional=engine.positional)
    yield Program(engine, said, container.environment, directory)


def _with_variables(container: Container, said: Told, start: Start) -> Told:
    """Add what variables say that only count where a model is likely to run."""
    if not container.accelerated and container.engine is None:
        return said
    more = told(LIKELY, (), start, positional=False)
    merged = more.settings if said.settings == Settings() else said.settings
    return Told((*said.mentions, *more.mentions), merged)


def _script(container: Container, script: Script, argv: Sequence[str], directory: str | None) -> Iterator[Program]:
    """Yield what a command line says that stands in the object."""
    fetching = tuple(_fetched(container, script))
    yield from fetching
    servers = tuple(_servers(container, script))
    yield from servers
    speaks = container.engine is not None or container.accelerated or any(map(_ENGINE_WORDS.search, argv))
    if script.problem is not None and speaks:
        because = f"the command line cannot be read: {script.problem}"
        yield _hole(container, because, container.environment, directory)
    elif not container.is_router and not servers and not any(started(one.argv) for one in script.commands):
        yield from _unknown(container, script.commands, told_already=bool(fetching))


def _servers(container: Container, script: Script, *, nested: bool = False) -> Iterator[Program]:
    """Yield the engines that a script starts."""
    count, installing = 0, None
    for one in script.commands:
        found = started(one.argv)
        if found is None:
            yield from _handed_on(container, one, nested=nested)
        if found is None or found.engine is None:
            continue
        count += 1
        if count > SERVERS:
            because = f"more than {SERVERS} servers start, not all were read"
            yield _hole(container, because, one.environment, one.directory)
            return
        start = container.start(one.environment, one.directory)
        said = told(found.engine, found.arguments, start, positional=found.positional)
        installing = installs(script.commands) if installing is None else installing
        if installing:
            said = replace(said, settings=_installing(said.settings))
        said = said if found.role is None else _in_role(said, found.role)
        yield Program(found.engine, said, one.environment, one.directory)


def _handed_on(container: Container, command: Command, *, nested: bool) -> Iterator[Program]:
    """Yield the engines in a text that a program hands to a shell: `su -c '…' user`, `screen -dm '…'`."""
    program = command.argv[0].rpartition("/")[2]
    if nested or is_inert(program) or program.startswith("python"):
        return
    for text_of in command.argv[1:]:
        if " " in text_of and _ENGINE_WORDS.search(text_of):
            script = commands(("sh", "-c", text_of), command.environment, command.directory, container.files)
            yield from _servers(container, script, nested=True)


def _installing(settings: Settings) -> Settings:
    return replace(settings, code_loading=(*settings.code_loading, "pip install"))


def _fetched(container: Container, script: Script) -> Iterator[Program]:
    """Yield what the commands of a script fetch, and what the Python texts it runs load."""
    for one in script.commands:
        found = fetches(one)
        if found is not None and found.mentions:
            said = Told(found.mentions, Settings())
            yield Program(None, said, one.environment, one.directory, found.destination, fetches=True)
        created = tuple(creates(one, container.files)) if found is None else ()
        if created:
            yield Program(container.engine, Told(created, Settings()), one.environment, one.directory)
        python = reads_python(one, container.files) if found is None else None
        if python is not None and (python.mentions or python.settings != Settings()):
            yield Program(container.engine, python, one.environment, one.directory)


def _in_role(said: Told, role: Role) -> Told:
    """Return what is said of a program that takes the name of a model for something less than to serve it."""
    mentions = (replace(one, role=role) if one.role == "base" else one for one in said.mentions)
    return replace(said, mentions=tuple(mentions))


def _unknown(container: Container, script: Sequence[Command], *, told_already: bool) -> Iterator[Program]:
    """Yield what programs say that nobody knows; on the image of an engine each may load a model."""
    opaque: Command | None = None
    telling = told_already
    for one in script:
        if is_inert(one.argv[0]) or _is_helper_of_image(one, container.raw) or fetches(one) is not None:
            continue
        reader = container.engine or GENERIC
        start = container.start(one.environment, one.directory, filled_in=True)
        said = told(reader, one.argv[1:], start, positional=False)
        if not _tells(said):
            said = told(GENERIC, one.argv[1:], start, positional=False)
        if not _tells(said):
            said = _with_variables(container, said, start)
        if _tells(said) or said.settings.runtime_loading or (said.settings != Settings() and container.accelerated):
            telling = telling or _tells(said)
            yield Program(container.engine, said, one.environment, one.directory)
        opaque = opaque or one
    if opaque is None or telling or container.controller_starts:
        return
    hidden = unknown_variable(opaque.argv[0], opaque.environment)
    if container.engine is not None or (container.accelerated and hidden is not None):
        because = f"{' '.join(opaque.argv[:3])[:100]}: {hidden or container.files.beyond()}"
        yield _hole(container, because, opaque.environment, opaque.directory)


def _tells(said: Told) -> bool:
    return any(mention.text and mention.via != "default path" for mention in said.mentions)


def _hole(container: Container, because: str, environment: Environment, directory: str | None) -> Program:
    """Return a program of which nobody can tell what it loads."""
    mention = Mention("", "base", "command", because=because)
    return Program(container.engine, Told((mention,), Settings()), environment, directory)


def _is_helper_of_image(command: Command, container: KubeObject) -> bool:
    """Return whether a command is a script of the image that starts no server, and no volume lies over it."""
    script = is_helper(command.argv)
    if script is None:
        return False
    paths = [text(mount.get("mountPath")) or "" for mount in mappings(container.get("volumeMounts"))]
    return not any(path and f"{script}/".startswith(f"{path.rstrip('/')}/") for path in paths)
