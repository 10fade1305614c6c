"""
PodSpecs, wherever in an object they stand.

A PodSpec is an object with a list of containers, whatever the kind around it calls it. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Wanted
from weighbridge.workloads.containers import ContainerModels, asks_for_accelerator, read_container
from weighbridge.workloads.engines import repository_of
from weighbridge.workloads.environment import Companions, Environment, environment, expanded
from weighbridge.workloads.mentions import Mention, Setting
from weighbridge.workloads.naming import clean
from weighbridge.workloads.reading import mappings, named, text, texts
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mounts, mounts_of, volumes_of

DEPTH = 64
"""Levels below which an object is not read."""
VALUES = 100_000
"""Objects and lists that are read of one object."""
CONTAINERS = 200
"""Containers that are read of one Pod."""
SPECS = 200
"""PodSpecs that are read of one object."""

_INITIALIZER = re.compile(f"(?:.*/)?(?:{table('places')['storage_initializer']})")
_INITIALIZER_NAME = "storage-initializer"
_LISTS = ("initContainers", "containers", "ephemeralContainers")
_LINK = re.compile(r"\bln[ \t]{1,9}-\S{1,9}[ \t]{1,9}/proc/\S{1,99}?/root/\S{0,499}[ \t]{1,9}(/\S{1,499})")

FULL = 200
"""References, and servers, that are reported of one object; one more is found to tell that there are more."""

WORDS = 100_000
"""Words of command lines that are read of one object; about half a second of work."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a part of an object says; parts add up."""

    references: tuple[ModelRef, ...] = ()
    serving: tuple[Serving, ...] = ()
    of_interest: bool = False
    wanted: tuple[Wanted, ...] = ()
    problems: tuple[str, ...] = ()
    words: int = 0
    """What it took to read it."""

    @property
    def is_full(self) -> bool:
        """Whether so much was found that more is not read."""
        return len(self.references) > FULL or len(self.serving) > FULL or self.words > WORDS

    def __add__(self, other: Found) -> Found:
        """Return what both parts say."""
        return Found(
            self.references + other.references,
            self.serving + other.serving,
            self.of_interest or other.of_interest,
            self.wanted + other.wanted,
            self.problems + other.problems,
            self.words + other.words,
        )


def pod_specs(value: object) -> tuple[tuple[KubeObject, ...], tuple[str, ...]]:
    """Return the PodSpecs below a value, outer ones first, and what is beyond the limits, a sentence each."""
    found: list[KubeObject] = []
    stack: list[tuple[object, int]] = [(value, 0)]
    deep = False
    count = 0
    while stack and count < VALUES:
        here, depth = stack.pop()
        count += 1
        inner: Iterable[object] = here if isinstance(here, list) else ()
        if isinstance(here, dict):
            inner = here.values()
            if _is_pod_spec(here):
                found.append(here)
                inner = [one for key, one in here.items() if key not in _LISTS]
        for one in reversed(list(inner)):
            if isinstance(one, dict | list):
                if depth < DEPTH:
                    stack.append((one, depth + 1))
                else:
                    deep = True
    problems = [f"the object nests deeper than {DEPTH} levels, what lies below was not read"] if deep else []
    if len(found) > SPECS:
        problems.append(f"the object holds more than {SPECS} PodSpecs, not all were read")
    if stack:
        problems.append(f"the object has more than {VALUES} objects and lists, not all were read")
    return tuple(found[:SPECS]), tuple(problems)


def _is_pod_spec(value: Mapping[str, object]) -> bool:
    if isinstance(value.get("mainContainer"), dict):
        return True
    containers = value.get("containers")
    if not isinstance(containers, list):
        return False
    return any(isinstance(one, dict) for one in containers) or any(
        isinstance(value.get(other), list) for other in ("initContainers", "ephemeralContainers")
    )


def read_pod_spec(spec: KubeObject, setting: Setting, companions: Companions) -> Found:
    """Return what the containers of a PodSpec say."""
    volumes = volumes_of(spec)
    containers = _containers(spec)
    environments = [environment(one, companions) for one in containers]
    pairs = tuple(zip(containers, environments, strict=True))
    filled = dict(_linked(containers))
    found = Found(problems=_beyond(spec))
    for container, variables in pairs:
        if _is_initializer(container) and not found.is_full:
            pulled = _initializer(container, variables, setting)
            filled.update(pulled[0])
            found += Found(pulled[1], of_interest=bool(pulled[1]))
    shared = bool(spec.get("resourceClaims"))
    for container, variables in pairs:
        if _is_initializer(container) or found.is_full:
            continue
        mounts = Mounts(mounts_of(container, volumes), filled)
        said: ContainerModels = read_container(container, setting, variables, mounts)
        found += Found(said.references, said.serving, said.of_interest, variables.wanted, words=said.words)
    return found + Found(of_interest=shared or any(map(asks_for_accelerator, containers)))


def _containers(spec: KubeObject) -> Sequence[KubeObject]:
    main = spec.get("mainContainer")
    found: list[KubeObject] = [main] if isinstance(main, dict) else []
    found.extend(one for key in _LISTS for one in mappings(spec.get(key)))
    return found[:CONTAINERS]


def _beyond(spec: KubeObject) -> tuple[str, ...]:
    count = sum(len(value) for key in _LISTS if isinstance(value := spec.get(key), list))
    return (f"a Pod has more than {CONTAINERS} containers, not all were read",) if count > CONTAINERS else ()


def _is_initializer(container: KubeObject) -> bool:
    image = text(container.get("image")) or ""
    return named(container) == _INITIALIZER_NAME or _INITIALIZER.fullmatch(repository_of(image)) is not None


def _initializer(
    container: KubeObject, variables: Environment, setting: Setting
) -> tuple[Mapping[str, Mention], tuple[ModelRef, ...]]:
    """Read KServe's downloader, whose arguments are pairs of source and destination; an imitation is unresolved."""
    around = Surroundings(setting, named(container) or "-", variables)
    arguments = expanded(texts(container.get("args")), variables.known)
    image = repository_of(text(container.get("image")) or "")
    genuine = _INITIALIZER.fullmatch(image) is not None and not container.get("command") and len(arguments) % 2 == 0
    if not genuine or not arguments:
        because = f"container {_INITIALIZER_NAME} is not KServe's downloader, what it fetches is not in the object"
        return {}, references(Mention(image, "base", "image", because=because), around)
    sources = [Mention(one, "base", "args") for one in arguments[::2]]
    filled = {clean(path): source for source, path in zip(sources, arguments[1::2], strict=True)}
    return filled, tuple(ref for source in sources for ref in references(source, around))


def _linked(containers: Iterable[KubeObject]) -> Iterator[tuple[str, Mention]]:
    """Yield the paths at which a sidecar shows its own image to the others (KServe's modelcar)."""
    for container in containers:
        image = text(container.get("image"))
        for part in texts(container.get("args")) if image else ():
            for path in _LINK.findall(part):
                yield clean(path), Mention(image or "", "base", "image", form="image")
