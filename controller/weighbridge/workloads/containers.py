"""One container → the models it names and how it would serve them. No input or output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.engines import engine_named, engine_of_image, serves_nothing
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.mentions import Setting
from weighbridge.workloads.programs import Container, programs_of
from weighbridge.workloads.reading import at, named, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mounts

_ACCELERATORS: tuple[str, ...] = tuple(table("places")["accelerators"])
_DIGEST = re.compile(r"@(sha(?:256|512):[0-9a-f]{64,128})")


@dataclass(frozen=True, slots=True)
class ContainerModels:
    """What a container says about models."""

    references: tuple[ModelRef, ...]
    serving: tuple[Serving, ...]
    of_interest: bool
    words: int
    """What it took to read it."""


def read_container(raw: KubeObject, setting: Setting, environment: Environment, mounts: Mounts) -> ContainerModels:
    """Return the models a container names and how it would serve them."""
    name = named(raw) or "-"
    image = text(raw.get("image")) or ""
    accelerated = asks_for_accelerator(raw)
    engine = _engine(name, image, setting, accelerated=accelerated)
    container = Container(raw, image, environment, engine, accelerated, setting.controller_starts)
    found: list[ModelRef] = []
    serving: list[Serving] = []
    programs = programs_of(container)
    for one in programs.programs:
        around = Surroundings(setting, name, one.environment, mounts, one.directory)
        models = tuple(ref for mention in one.told.mentions for ref in references(mention, around))
        found.extend(models)
        if one.engine is not None or models:
            serving.append(_serving(name, image, one.engine, one.told.settings, models))
    if not serving and (accelerated or engine is not None):
        serving.append(_serving(name, image, engine, Settings(), ()))
    return ContainerModels(tuple(found), tuple(serving), bool(serving), programs.words)


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
