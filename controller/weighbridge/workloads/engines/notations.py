"""The notations in which flags of engines write models. No input or output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from weighbridge.model.refs import Role
from weighbridge.workloads.mentions import Mention


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
    """Read a repository of Docker Hub, which is where images without a host live."""
    yield Mention(value, role, via, form="image")


def commas(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read names with commas between them."""
    yield from (Mention(one.strip(), role, via) for one in value.split(",") if one.strip())


def semicolons(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read names with semicolons between them, as Infinity's variables have them."""
    yield from (Mention(one.strip(), role, via) for one in value.split(";") if one.strip())


def loras(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `alias=source[@file],…`, as OpenVINO Model Server takes adapters."""
    for one in value.split(","):
        name, equals, source = one.strip().partition("=")
        place, at, file = (source if equals else name).partition("@")
        if place:
            yield Mention(place, role, via, file=file if at else None)


def archives(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `name=archive`, an archive or a URL, with commas between them, as TorchServe takes models; plain names lie in its model store."""
    for one in value.split(","):
        name, equals, place = one.strip().partition("=")
        place = place if equals and "://" not in name else one.strip()
        if "://" in place or place.startswith("/"):
            yield Mention(place, role, via)


def gallery(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read what LocalAI installs: a place with a scheme, or a name of its gallery."""
    for one in value.split(","):
        place = one.strip().replace("huggingface://", "hf://")
        if "://" in place:
            yield Mention(place, role, via)
        elif place:
            yield Mention(place, role, via, because=f"{via}: {place[:100]} is a name of LocalAI's gallery")


def preloaded(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a JSON list of names, or of objects with an `url` or `id`."""
    try:
        found = parsed(value)
    except ValueError:
        found = value
    for one in found if isinstance(found, list) else [found]:
        key = next((key for key in ("url", "id", "name") if key in one), "") if isinstance(one, dict) else ""
        text = one[key] if isinstance(one, dict) and key else one
        if isinstance(text, str) and (text.startswith("github:") or (key in ("id", "name") and "://" not in text)):
            yield Mention(text, role, via, because=f"{via}: {text[:100]} is a page of a gallery")
        elif isinstance(text, str) and text:
            yield Mention(text, role, via)
        else:
            yield Mention(value, role, via, because=f"{via}: its value names no model that can be read")


def openllm(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a name of the hub, or `name:tag` of OpenLLM's own catalog."""
    because = None if "/" in value else f"{via}: {value[:100]} is a name of OpenLLM's catalog"
    yield Mention(value, role, via, because=because)


def stored(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a place with a scheme, or a file beside the one it stands in, as LocalAI's model files name them."""
    place = value.replace("huggingface://", "hf://")
    if place.startswith("github:"):
        yield Mention(place, role, via, because=f"{via}: {place[:100]} is a page of a gallery")
    else:
        yield Mention(place, role, via, form="path")


def files(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read a JSON list of files to download, each with its `uri`."""
    try:
        found = parsed(value)
    except ValueError:
        found = None
    for one in found if isinstance(found, list) else ():
        uri = one.get("uri") if isinstance(one, dict) else None
        if isinstance(uri, str):
            yield from stored(uri, role, via)


def ramalama(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read `transport://name`; a name without a transport is one of ollama's."""
    place = value.replace("docker://", "oci://").replace("huggingface://", "hf://")
    if "://" not in place and not place.startswith(("/", "./")):
        place = f"ollama://{place}"
    yield Mention(place, role, via)


def model_config_list(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read the list of a configuration file of OpenVINO Model Server, or the message of one of TensorFlow Serving."""
    try:
        found = parsed(value)
    except ValueError:
        found = None
    found = found.get("config") if isinstance(found, dict) else found
    for one in found if isinstance(found, list) else [found]:
        config = one.get("config", one) if isinstance(one, dict) else None
        base = config.get("base_path") if isinstance(config, dict) else None
        if isinstance(base, str):
            yield Mention(base, role, via, form="path")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def rollout(value: str, role: Role, via: str) -> Iterator[Mention]:
    """Read the adapters that a lora-syncer makes sure of (Gateway API Inference Extension)."""
    try:
        found = parsed(value)
    except ValueError:
        found = None
    wanted = found.get("ensureExist") if isinstance(found, dict) else None
    models = wanted.get("models") if isinstance(wanted, dict) else None
    for one in models if isinstance(models, list) else ():
        source = one.get("source") if isinstance(one, dict) else None
        if isinstance(source, str):
            yield Mention(source, role, via)


NOTATIONS: Mapping[str, Callable[[str, Role, str], Iterable[Mention]]] = {
    "named": named,
    "tgi": tgi,
    "path": path,
    "paths": paths,
    "scaled": scaled,
    "quant": quant,
    "docker": docker,
    "commas": commas,
    "semicolons": semicolons,
    "loras": loras,
    "archives": archives,
    "gallery": gallery,
    "preloaded": preloaded,
    "ramalama": ramalama,
    "rollout": rollout,
    "openllm": openllm,
    "stored": stored,
    "files": files,
    "model_config_list": model_config_list,
}
