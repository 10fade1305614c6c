"""
One container → the models it names and how it would serve them.

What starts is told by the shape of the command line, and by the image only where the command line leaves it to the image.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.command_lines import Told, told
from weighbridge.workloads.engines import (
    ENGINES,
    GENERIC,
    engine_named,
    engine_of_image,
    is_helper,
    is_inert,
    serves_nothing,
    started,
)
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment, expanded
from weighbridge.workloads.mentions import Mention, Setting
from weighbridge.workloads.reading import arguments as arguments_of
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.shell import Command, commands
from weighbridge.workloads.shell_calls import is_shell
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mounts

_ACCELERATORS: tuple[str, ...] = tuple(table("places")["accelerators"])
_DIGEST = re.compile(r"@(sha(?:256|512):[0-9a-f]{64,128})")
_ENGINE_WORDS = re.compile("|".join(sorted({re.escape(entry.words[0]) for one in ENGINES for entry in one.entries})))


@dataclass(frozen=True, slots=True)
class ContainerModels:
    """What a container says about models."""

    references: tuple[ModelRef, ...] = ()
    serving: tuple[Serving, ...] = ()
    of_interest: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """A program of the container that may serve a model."""

    engine: Engine | None
    told: Told
    environment: Environment
    directory: str | None


def read_container(
    container: KubeObject, setting: Setting, environment: Environment, mounts: Mounts
) -> ContainerModels:
    """Return the models a container names and how it would serve them."""
    name = named(container) or "-"
    image = text(container.get("image")) or ""
    accelerated = asks_for_accelerator(container)
    given = engine_named(setting.engine) if setting.engine_container in (None, name) else None
    carried = engine_of_image(image, accelerated=accelerated) or given
    if carried is not None and not accelerated and serves_nothing(image):
        carried = None
    runs = tuple(_runs(container, setting, environment, image, carried, accelerated=accelerated))
    found: list[ModelRef] = []
    serving: list[Serving] = []
    for run in runs:
        around = Surroundings(setting, name, run.environment, mounts, run.directory)
        models = tuple(ref for mention in run.told.mentions for ref in references(mention, around))
        found.extend(models)
        if run.engine is not None or models:
            serving.append(_serving(name, image, run.engine, run.told.settings, models))
    if not serving and (accelerated or carried is not None):
        serving.append(_serving(name, image, carried, Settings(), ()))
    interest = bool(found) or accelerated or carried is not None or any(run.engine is not None for run in runs)
    return ContainerModels(tuple(found), tuple(serving), interest)


def asks_for_accelerator(container: KubeObject) -> bool:
    """Return whether a container asks for an accelerator."""
    if at(container, "resources", "claims"):
        return True
    for kind in ("limits", "requests"):
        wanted = at(container, "resources", kind)
        if isinstance(wanted, dict):
            for resource, amount in wanted.items():
                if str(resource).startswith(_ACCELERATORS) and text(amount) not in (None, "0"):
                    return True
    return False


def _serving(name: str, image: str, engine: Engine | None, settings: Settings, models: Sequence[ModelRef]) -> Serving:
    digest = _DIGEST.search(image)
    return Serving(
        container=name,
        engine=engine.id if engine is not None else None,
        settings=settings,
        image=image or None,
        image_digest=digest.group(1) if digest else None,
        models=tuple(dict.fromkeys(str(ref) for ref in models)),
    )


def _runs(
    container: KubeObject,
    setting: Setting,
    environment: Environment,
    image: str,
    carried: Engine | None,
    *,
    accelerated: bool,
) -> Iterator[_Run]:
    """Yield what the container starts."""
    command = expanded(arguments_of(container.get("command")), environment.known)
    arguments = expanded(arguments_of(container.get("args")), environment.known)
    directory = text(container.get("workingDir"))
    starts = setting.controller_starts
    if not command and not (arguments and (is_shell(arguments[0]) or started(arguments))):
        if carried is not None:
            yield _entry_point(carried, arguments, environment, directory, controller_starts=starts)
        elif accelerated or not serves_nothing(image):
            yield _unknown_program(arguments, environment, directory)
        return
    script = commands((*command, *arguments), environment, directory)
    left: list[Command] = []
    served = False
    for one in script.commands:
        found = started(one.argv)
        if found is None:
            left.extend([] if is_inert(one.argv[0]) or _is_covered_helper(one, container) else [one])
            continue
        served = True
        if found.engine is not None:
            said = told(
                found.engine, found.arguments, one.environment, positional=found.positional, controller_starts=starts
            )
            yield _Run(found.engine, said, one.environment, one.directory)
    if script.problem is not None and (
        carried is not None or accelerated or _speaks_of_engines((*command, *arguments))
    ):
        because = f"the command line cannot be read: {script.problem}"
        yield _Run(
            carried, Told((Mention("", "base", "command", because=because),), Settings()), environment, directory
        )
    elif not served:
        yield from _left(left, carried, setting, router=not accelerated and serves_nothing(image))


def _left(left: Sequence[Command], carried: Engine | None, setting: Setting, *, router: bool) -> Iterator[_Run]:
    """Yield what programs say that nobody knows; on the image of an engine each may load a model."""
    opaque: Command | None = None
    for one in () if router else left:
        reader = carried or GENERIC
        said = told(reader, one.argv[1:], one.environment, positional=False, controller_starts=True)
        if any(mention.text and mention.via != "default path" for mention in said.mentions):
            yield _Run(carried, said, one.environment, one.directory)
            return
        opaque = opaque or one
    if opaque is not None and carried is not None and not setting.controller_starts:
        program = " ".join(opaque.argv[:3])[:100]
        because = f"{program}: what it loads is not in the object"
        mention = Mention(program, "base", "command", because=because)
        yield _Run(carried, Told((mention,), Settings()), opaque.environment, opaque.directory)


def _entry_point(
    engine: Engine,
    arguments: Sequence[str],
    environment: Environment,
    directory: str | None,
    *,
    controller_starts: bool,
) -> _Run:
    """Read arguments that go to the entry point of an engine's image."""
    skipped = 0
    while skipped < len(arguments) and arguments[skipped] in engine.skip:
        skipped += 1
    said = told(
        engine, arguments[skipped:], environment, positional=engine.positional, controller_starts=controller_starts
    )
    return _Run(engine, said, environment, directory)


def _unknown_program(arguments: Sequence[str], environment: Environment, directory: str | None) -> _Run:
    return _Run(None, told(GENERIC, arguments, environment, positional=False), environment, directory)


def _is_covered_helper(command: Command, container: KubeObject) -> bool:
    """Return whether a command is a script of the image that starts no server, and no volume lies over it."""
    script = is_helper(command.argv)
    paths = [text(mount.get("mountPath")) or "" for mount in mappings(container.get("volumeMounts"))]
    return script is not None and not any(
        (path and script.startswith(path.rstrip("/") + "/")) or script == path for path in paths
    )


def _speaks_of_engines(argv: Iterable[str]) -> bool:
    return any(_ENGINE_WORDS.search(part) for part in argv)
