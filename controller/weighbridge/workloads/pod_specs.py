"""
PodSpecs, wherever in an object they stand.

A PodSpec is an object with a list of containers, whatever the kind around it calls it. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighbridge.model.companions import Wanted
from weighbridge.model.refs import ModelRef, Role
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.containers import read_container, serving_of
from weighbridge.workloads.documents import document
from weighbridge.workloads.downloads import looks_like_adapter
from weighbridge.workloads.engines import repository_of
from weighbridge.workloads.environment import Environment, environment, expanded
from weighbridge.workloads.mentions import Mention, Setting
from weighbridge.workloads.naming import clean
from weighbridge.workloads.reading import at, mappings, named, text, texts
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.tables import table
from weighbridge.workloads.volumes import Mounts, image_of, mounts_of, volumes_of

DEPTH = 64
"""Levels below which an object is not read."""
VALUES = 100_000
"""Objects and lists that are read of one object."""
CONTAINERS = 200
"""Containers that are read of one Pod."""
SPECS = 200
"""PodSpecs that are read of one object."""

_INITIALIZER = re.compile(f"(?:.*/)?(?:{table('places')['storage_initializer']})")
_PUBLISHED = re.compile("|".join(table("places")["storage_initializer_images"]))
_ANNOTATED = frozenset[str](table("places")["annotated_pods"])
_RUNTIME_CLASSES = frozenset[str](table("places")["accelerating"]["runtime_classes"])
_BESIDE: Mapping[str, Role] = table("places")["beside"]
_INITIALIZER_NAME = "storage-initializer"
_ALONE = ("mainContainer", "runner", "container", "script")
"""Fields that hold one container: Dynamo, OME, Argo's templates."""
_LISTS = ("initContainers", "containers", "ephemeralContainers", "sidecars", "steps")
"""Fields that hold several; the steps of Tekton's tasks."""
_NESTING = (dict, list)
_HEADS = frozenset(("containers", "steps", *_ALONE))
"""A PodSpec has one of these."""
_SHEBANG = re.compile(r"#!\s{0,9}(?:/usr/bin/env\s{1,9})?(\S{1,99})")
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
        if self is NOTHING:
            return other
        return Found(
            self.references + other.references,
            self.serving + other.serving,
            self.of_interest or other.of_interest,
            self.wanted + other.wanted,
            self.problems + other.problems,
            self.words + other.words,
        )


NOTHING = Found()
"""What an object says that says nothing."""


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
            if isinstance(annotations := here.get("annotations"), dict):
                found.extend(_annotated(annotations))
            if _is_pod_spec(here):
                found.append(here)
                inner = [one for key, one in here.items() if key not in (*_LISTS, *_ALONE)]
        nested = [(one, depth + 1) for one in inner if isinstance(one, _NESTING)]
        if depth < DEPTH:
            nested.reverse()
            stack.extend(nested)
        else:
            deep = deep or bool(nested)
    problems = [f"the object nests deeper than {DEPTH} levels, what lies below was not read"] if deep else []
    if len(found) > SPECS:
        problems.append(f"the object holds more than {SPECS} PodSpecs, not all were read")
    if stack:
        problems.append(f"the object has more than {VALUES} objects and lists, not all were read")
    return tuple(found[:SPECS]), tuple(problems)


def _annotated(annotations: Mapping[str, object]) -> Iterator[KubeObject]:
    """Yield the PodSpecs that stand as text in annotations."""
    for key in _ANNOTATED & annotations.keys():
        spec = at(document(text(annotations[key]) or ""), "spec")
        if isinstance(spec, dict) and _is_pod_spec(spec):
            yield spec


def _is_pod_spec(value: Mapping[str, object]) -> bool:
    if _HEADS.isdisjoint(value):
        return False
    containers = value.get("containers")
    if isinstance(containers, list) and any(isinstance(one, dict) for one in containers):
        return True
    if any(_is_container(value.get(key)) for key in _ALONE):
        return True
    if any(isinstance(one, dict) and "image" in one for one in _steps(value)):
        return True
    others = ("initContainers", "ephemeralContainers")
    return isinstance(containers, list) and any(isinstance(value.get(other), list) for other in others)


def _steps(value: Mapping[str, object]) -> Sequence[object]:
    steps = value.get("steps")
    return steps[:CONTAINERS] if isinstance(steps, list) else ()


def _is_container(value: object) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(("image", "command", "args", "env"))


def read_pod_spec(spec: KubeObject, setting: Setting, companions: Companions) -> Found:
    """Return what the containers of a PodSpec say."""
    volumes = volumes_of(spec)
    containers = _containers(spec)
    pairs = tuple((one, environment(one, companions)) for one in containers)
    initializers = [id(one) for one in containers if _is_initializer(one)]
    filled = dict(_linked(containers))
    on_volumes: dict[tuple[str, str], Mention] = {}
    beyond = _beyond(spec)
    found, fetched = Found(problems=beyond) if beyond else NOTHING, list[ModelRef]()
    for container, variables in pairs:
        if id(container) in initializers and not found.is_full:
            pulled = _initializer(container, variables, setting)
            filled.update(pulled[0])
            found += Found(pulled[1], of_interest=bool(pulled[1]))
    first = {id(one) for one in mappings(spec.get("initContainers"))}
    for container, variables in sorted(pairs, key=lambda pair: id(pair[0]) not in first) if first else pairs:
        if id(container) in initializers or found.is_full:
            continue
        mounts = Mounts(mounts_of(container, volumes, variables.known), filled)
        if on_volumes:
            shown = ((path, mention) for place, mention in on_volumes.items() for path in mounts.showing(*place))
            mounts = Mounts(mounts.mounts, {**filled, **dict(shown)})
        said = read_container(container, setting, variables, mounts, companions)
        on_volumes.update((place, one) for path, one in said.filled if (place := mounts.on_volume(path)) is not None)
        wanted = (*variables.wanted, *said.wanted)
        beside = tuple(_beside(mounts, said.references, setting, named(container)))
        found += Found((*said.references, *beside), said.serving, said.of_interest, wanted, words=said.words)
        fetched.extend(said.fetched)
    served = {str(ref) for ref in found.references} if fetched else set()
    further = tuple(ref for ref in fetched if str(ref) not in served)
    further += tuple(_shown(spec, (*found.references, *further), setting))
    shared = () if found.is_full or found.serving else tuple(_sharing(spec, containers))
    return found + Found(further, shared, bool(shared)) if further or shared else found


def _sharing(spec: KubeObject, containers: Iterable[KubeObject]) -> Iterator[Serving]:
    """Yield the containers of a Pod that as a whole gets an accelerator, where none of them says that it takes it."""
    if spec.get("resourceClaims") or text(spec.get("runtimeClassName")) in _RUNTIME_CLASSES:
        for one in containers:
            yield serving_of(named(one) or "-", text(one.get("image")) or "")


def _beside(mounts: Mounts, known: Sequence[ModelRef], setting: Setting, container: str) -> Iterator[ModelRef]:
    """Yield the files that are mounted beside a model and that no flag names."""
    if not known:
        return
    around = Surroundings(setting, container or "-", mounts=mounts)
    names = {str(ref) for ref in known}
    for mount in mounts.mounts:
        role = _BESIDE.get(mount.path)
        if role is not None:
            refs = references(Mention(mount.path, role, "volumeMounts", form="path"), around)
            yield from (ref for ref in refs if str(ref) not in names)


def _shown(spec: KubeObject, known: Sequence[ModelRef], setting: Setting) -> Iterator[ModelRef]:
    """Yield the images that volumes show where nothing else names a model."""
    if any(ref.role in ("base", "image") for ref in known):
        return
    for volume in mappings(spec.get("volumes")):
        image = image_of(volume)
        if image is not None:
            yield from references(Mention(image, "base", "volumes", form="image"), Surroundings(setting, None))


def _containers(spec: KubeObject) -> Sequence[KubeObject]:
    found: list[KubeObject] = [one for key in _ALONE if isinstance(one := spec.get(key), dict) and _is_container(one)]
    found.extend(one for key in _LISTS for one in mappings(spec.get(key)))
    return [_started(one) for one in found[:CONTAINERS]]


def _started(container: KubeObject) -> KubeObject:
    """Return a container with the script that stands beside its command: `source` in Argo, `script` in Tekton."""
    script = next((one for key in ("script", "source") if isinstance(one := container.get(key), str)), None)
    if script is None:
        return container
    shebang = _SHEBANG.match(script)
    command = texts(container.get("command"))[:1] or ((shebang.group(1),) if shebang else ("sh",))
    return {**container, "command": [*command, "-c", script]}


def _beyond(spec: KubeObject) -> tuple[str, ...]:
    count = sum(len(value) for key in _LISTS if isinstance(value := spec.get(key), list))
    return (f"a Pod has more than {CONTAINERS} containers, not all were read",) if count > CONTAINERS else ()


def _is_initializer(container: KubeObject) -> bool:
    if named(container) == _INITIALIZER_NAME:
        return True
    image = text(container.get("image")) or ""
    return _INITIALIZER_NAME in image.lower() and _INITIALIZER.fullmatch(repository_of(image)) is not None


def _initializer(
    container: KubeObject, variables: Environment, setting: Setting
) -> tuple[Mapping[str, Mention], tuple[ModelRef, ...]]:
    """Read KServe's downloader, whose arguments are pairs of source and destination; an imitation is unresolved too."""
    around = Surroundings(setting, named(container) or "-", variables)
    arguments = expanded(texts(container.get("args")), variables.known)
    image = repository_of(text(container.get("image")) or "")
    alike = _INITIALIZER.fullmatch(image) is not None and not container.get("command") and len(arguments) % 2 == 0
    filled: dict[str, Mention] = {}
    refs: tuple[ModelRef, ...] = ()
    if alike and arguments:
        sources = [
            Mention(one, _role_at(path), "args") for one, path in zip(arguments[::2], arguments[1::2], strict=True)
        ]
        filled = {clean(path): source for source, path in zip(sources, arguments[1::2], strict=True)}
        refs = tuple(ref for source in sources for ref in references(source, around))
    if not refs or not is_published_downloader(image):
        because = f"container {around.container} is not KServe's downloader, what it fetches is not in the object"
        refs += references(Mention(image, "base", "image", because=because), around)
    return filled, refs


def is_published_downloader(image: str) -> bool:
    """Return whether an image is KServe's own downloader, whose arguments say what it fetches."""
    return _PUBLISHED.fullmatch(repository_of(image)) is not None


def _role_at(path: str) -> Role:
    """Return what people call a model that is put at a path."""
    return "adapter" if looks_like_adapter(path) else "base"


def _linked(containers: Iterable[KubeObject]) -> Iterator[tuple[str, Mention]]:
    """Yield the paths at which a sidecar shows its own image to the others (KServe's modelcar)."""
    for container in containers:
        image = text(container.get("image"))
        for part in texts(container.get("args")) if image else ():
            for path in _LINK.findall(part) if "/proc/" in part else ():
                yield clean(path), Mention(image or "", "base", "image", form="image")
