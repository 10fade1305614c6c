"""One container → the models it names and how it would serve them. No input or output."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weighbridge.model.companions import Wanted
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.engines import carries_model, engine_named, engine_of_image, serves_nothing
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.files import Files
from weighbridge.workloads.mentions import Mention, Setting
from weighbridge.workloads.programs import Container, Program, programs_of
from weighbridge.workloads.reading import at, named, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.serving_settings import NOTHING_STATED
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mounts

_ACCELERATORS: tuple[str, ...] = tuple(table("places")["accelerators"])
_WITHOUT_REQUEST: Mapping[str, Any] = table("places")["accelerating"]
_DEVICES: tuple[str, ...] = tuple(_WITHOUT_REQUEST["devices"])
PER_CHARACTERS = 16
"""Characters of a configuration file that cost as much to read as a word of a command line."""
_DIGEST = re.compile(r"@(sha(?:256|512):[0-9a-f]{64,128})")


@dataclass(frozen=True, slots=True)
class ContainerModels:
    """What a container says about models."""

    references: tuple[ModelRef, ...] = ()
    serving: tuple[Serving, ...] = ()
    of_interest: bool = False
    words: int = 0
    """What it took to read it."""
    fetched: tuple[ModelRef, ...] = ()
    """What it fetches for others; not among its references."""
    filled: tuple[tuple[str, Mention], ...] = ()
    """The paths it fills, and with what."""
    wanted: tuple[Wanted, ...] = ()


def read_container(
    raw: KubeObject, setting: Setting, environment: Environment, mounts: Mounts, companions: Companions | None = None
) -> ContainerModels:
    """Return the models a container names and how it would serve them."""
    name = named(raw) or "-"
    image = text(raw.get("image")) or ""
    accelerated = asks_for_accelerator(raw) or _is_given_device(environment, mounts)
    engine = _engine(name, image, setting, accelerated=accelerated)
    files = Files(mounts, companions or Companions())
    container = Container(raw, image, environment, engine, accelerated, setting.controller_starts, files)
    found: list[ModelRef] = []
    fetched: list[ModelRef] = []
    filled: list[tuple[str, Mention]] = []
    serving: list[Serving] = []
    programs = programs_of(container)
    carried = _carried(name, image, setting, environment)
    for one in programs.programs:
        if filled:
            mounts = replace(mounts, filled={**mounts.filled, **dict(filled)})
        around = Surroundings(setting, name, one.environment, mounts, one.directory)
        models = tuple(ref for mention in one.told.mentions for ref in references(mention, around))
        (fetched if one.fetches else found).extend(models)
        filled.extend(_filled(one))
        if one.engine is not None or models or one.told.settings != NOTHING_STATED:
            serving.append(serving_of(name, image, one.engine, one.told.settings, (*carried, *models)))
    if not serving and (accelerated or engine is not None or carried):
        serving.append(serving_of(name, image, engine, NOTHING_STATED, carried))
    return ContainerModels(
        (*carried, *found),
        tuple(serving),
        bool(serving),
        programs.words + files.characters // PER_CHARACTERS,
        tuple(fetched),
        tuple(filled),
        tuple(files.wanted),
    )


def _filled(program: Program) -> Sequence[tuple[str, Mention]]:
    if not program.fetches or program.destination is None:
        return ()
    return tuple((program.destination, one) for one in program.told.mentions[:1])


def _carried(name: str, image: str, setting: Setting, environment: Environment) -> tuple[ModelRef, ...]:
    """Return the model that an image carries, where its name says that it carries one."""
    if not carries_model(image):
        return ()
    around = Surroundings(setting, name, environment)
    return references(Mention(image, "base", "image", form="image"), around)


def _engine(name: str, image: str, setting: Setting, *, accelerated: bool) -> Engine | None:
    """Return the engine of a container whose command line does not say."""
    if not accelerated and serves_nothing(image):
        return None
    given = engine_named(setting.engine) if setting.engine_container in (None, name) else None
    return engine_of_image(image, accelerated=accelerated) or given


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


def _is_given_device(environment: Environment, mounts: Mounts) -> bool:
    """Return whether a container gets an accelerator that it does not request: by a variable, or as a device of the node."""
    given = environment.known.get(_WITHOUT_REQUEST["variable"])
    if given is not None and given.lower() not in _WITHOUT_REQUEST["no_device"]:
        return True
    paths = (at(mount.volume, "hostPath", "path") for mount in mounts.mounts)
    return any(isinstance(path, str) and path.startswith(_DEVICES) for path in paths)


def serving_of(
    name: str,
    image: str,
    engine: Engine | None = None,
    settings: Settings = NOTHING_STATED,
    models: Sequence[ModelRef] = (),
) -> Serving:
    """Return what is known of one container that serves, or may serve."""
    digest = _DIGEST.search(image)
    return Serving(
        container=name,
        engine=engine.id if engine is not None else None,
        settings=settings,
        image=image or None,
        image_digest=digest.group(1) if digest else None,
        models=tuple(dict.fromkeys(str(ref) for ref in models)),
    )
