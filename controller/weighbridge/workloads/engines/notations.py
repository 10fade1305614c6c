"""The notations in which flags of engines write models. No input or output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from weighbridge.model.refs import Role
from weighbridge.workloads.mentions import Mention

_DOCKER_HOST = "docker.io"


def parsed(text: str) -> object:
    """Return a JSON value; a text that is none is `ValueError`."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def named(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `name=place`, a bare place, or JSON with a `path`, as vLLM and SGLang take adapters."""
    if not value.lstrip().startswith(("{", "[")):
        name, equals, place = value.partition("=")
        yield Mention(place if equals else name, role, via)
        return
    try:
        found = parsed(value)
    except ValueError:
        yield Mention(value, role, via, because=f"{via}: its value is no JSON")
        return
    for one in found if isinstance(found, list) else [found]:
        path_of: object = one.get("path", one.get("lora_path")) if isinstance(one, dict) else one
        if isinstance(path_of, str):
            yield Mention(path_of, role, via)
        else:
            yield Mention(value, role, via, because=f"{via}: its value has no path")


def tgi(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `id[=path][@revision],…`, as Text Generation Inference takes adapters."""
    for one in value.split(","):
        if one.strip():
            place, _, revision = one.strip().partition("@")
            name, equals, path = place.partition("=")
            yield Mention(path if equals else name, role, via, revision=revision or None)


def path(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a file, never a name of the hub."""
    yield Mention(value, role, via, form="path")


def paths(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read files with commas between them."""
    for one in value.split(","):
        yield Mention(one, role, via, form="path")


def scaled(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read files with factors, `FILE:0.5,…` or, in older versions, the factor as a further argument."""
    for one in value.split(","):
        head, colon, factor = one.rpartition(":")
        yield Mention(head if colon and _is_number(factor) else one, role, via, form="path")


def quant(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `org/name[:quantization]`; the quantization selects a file and is no revision."""
    yield Mention(value.partition(":")[0], role, via)


def docker(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a repository of Docker Hub."""
    yield Mention(f"{_DOCKER_HOST}/{value}", role, via, form="image")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


NOTATIONS: Mapping[str, Callable[[str, Role, str], Iterable[Mention]]] = {
    "named": named,
    "tgi": tgi,
    "path": path,
    "paths": paths,
    "scaled": scaled,
    "quant": quant,
    "docker": docker,
}
