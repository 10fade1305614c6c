"""
What a text that names a model means: a hub repository, a path, or a place with a scheme.

Here, and only here, the four are told apart. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import unquote

from weighbridge.workloads.tables import table

_PLACES = table("places")
_SCHEMES: Mapping[str, str] = _PLACES["schemes"]
_HUB_HOSTS = frozenset[str](_PLACES["hub_hosts"])
_OTHER_HUBS: Mapping[str, str] = _PLACES["other_hubs"]

LENGTH = 1_024
"""Characters a name may have; longer texts name nothing."""

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)?", re.ASCII)
_REVISION = re.compile(r"[\w][\w./+-]*", re.ASCII)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha(?:256|512):[0-9a-f]+")
_CACHED = re.compile(r"/models--([\w.-]{1,96}?)--([\w.-]{1,96})/snapshots/([\w.-]{1,96})(?:/(.+))?/?$", re.ASCII)
_PLACEHOLDER = re.compile(r"\$[({\w]|\{\{|\}\}|`|<[^<>]*>")
_SPECIAL = re.compile(r"[@#\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Place:
    """A model somewhere: parts of a reference."""

    scheme: str
    repository: str
    revision: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """An absolute path in the container."""

    path: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A text nobody can take for a model."""

    because: str
    """A sentence without subject: `holds a placeholder`."""


Meaning: TypeAlias = Place | Path | Nothing


def meaning(text: str, directory: str | None = None, form: Literal["name", "path"] = "name") -> Meaning:
    """
    Return what `text` names.

    `directory` is the working directory, `None` when only the image knows it;
    `form` says whether an engine would ask the hub for a name without a leading slash or open a file.
    """
    if not text:
        return Nothing("is empty")
    if len(text) > LENGTH:
        return Nothing(f"is longer than {LENGTH} characters")
    if _PLACEHOLDER.search(text):
        return Nothing("holds a placeholder")
    if _UNPRINTABLE.search(text):
        return Nothing("is not the name of a model")
    uri = _URI.fullmatch(text)
    if uri is not None:
        return _uri(uri.group(1).lower(), uri.group(2))
    if text.startswith("/"):
        return Path(clean(text))
    if form == "path" or text.startswith(("./", "../", "~")) or text.count("/") > 1:
        return _relative(text, directory)
    return _hub(text.partition(":")[0])  # `org/name:Q4_K_M` picks a file; only a URI has its revision behind a colon


def _relative(text: str, directory: str | None) -> Meaning:
    if directory is None or not directory.startswith("/") or text.startswith("~") or len(directory) > LENGTH:
        return Nothing("is a path that only the image can place")
    return Path(clean(f"{directory}/{text}"))


def _uri(scheme: str, rest: str) -> Meaning:
    scheme = _SCHEMES.get(scheme, scheme)
    match scheme:
        case "hf":
            return _hub_file(rest.rstrip("/"))
        case "oci":
            return image(rest)
        case "ollama":
            return _ollama(rest)
        case "file":
            return Path(clean(f"/{rest}"))
        case "http" | "https":
            return _url(scheme, rest)
        case _ if not rest.strip("/"):
            return Nothing("names no place")
        case "pvc":
            return Place(scheme, escaped(rest.partition("?")[0]).rstrip("/"))  # KubeAI's `?model=` is a name within
        case "hostpath":
            return Place(scheme, clean(f"/{escaped(rest)}"))
        case _:
            return Place(scheme, escaped(rest).rstrip("/"))


def _hub_file(text: str) -> Meaning:
    """Read `org/name[@revision]` or, as LLMKube writes it, `org/name/file`."""
    parts = text.split("/", 2)
    if len(parts) < 3 or "@" in parts[1] or "." not in parts[2].rpartition("/")[2]:
        return _hub(text)
    found = _hub("/".join(parts[:2]))
    return Place("hf", found.repository, found.revision, escaped(parts[2])) if isinstance(found, Place) else found


def _hub(text: str) -> Meaning:
    """Read `org/name`, with `@revision` or, as KServe writes it, `:revision` behind."""
    name, at, revision = text.partition("@")
    if not at:
        name, at, revision = text.partition(":")
    if not _HUB_ID.fullmatch(name) or ".." in name:
        return Nothing("is not the name of a model")
    if at and not _REVISION.fullmatch(revision):
        return Nothing("names no readable revision")
    return Place("hf", name, revision if at else None)


def image(text: str) -> Meaning:
    """Read `registry/name[:tag][@digest]`; a digest wins over a tag."""
    name, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return Nothing("names no readable digest")
    head, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    if (
        not last
        or (colon and not _TAG.fullmatch(tag))
        or _UNPRINTABLE.search(text)
        or "#" in text
        or _PLACEHOLDER.search(text)
    ):
        return Nothing("is not the name of an image")
    return Place("oci", f"{head}{slash}{last}", digest or tag or None)


def _ollama(text: str) -> Meaning:
    name = text.partition("?")[0]
    found = image(name)
    return Place("ollama", found.repository, found.revision) if isinstance(found, Place) else found


def _url(scheme: str, rest: str) -> Meaning:
    """Read a page of a hub as the repository it belongs to, every other URL as it stands."""
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2].lower()  # who asks is not where the model is
    parts = unquote(path.partition("?")[0].partition("#")[0]).strip("/").removesuffix(".git").split("/")
    if host in _OTHER_HUBS and len(parts) > 1:
        owner, name = parts[1:3] if parts[0] == "models" and len(parts) > 2 else parts[:2]
        return Place(_OTHER_HUBS[host], escaped(f"{owner}/{name}"))
    if host not in _HUB_HOSTS:
        return Place(scheme, escaped(rest).rstrip("/")) if host else Nothing("names no host")
    match parts:
        case [owner, name]:
            return _hub(f"{owner}/{name}")
        case [owner, name, "resolve" | "blob" | "raw" | "tree", revision, *file]:
            found = _hub(f"{owner}/{name}@{revision}")
            if isinstance(found, Place) and file:
                return Place("hf", found.repository, found.revision, "/".join(file))
            return found
        case _:
            return Nothing("is no page of a model")


def cached(path: str) -> Place | None:
    """Return the repository and commit that a path in the hub's cache layout claims to hold."""
    found = _CACHED.search(path)
    if found is None:
        return None
    owner, name, commit, file = found.groups()
    return Place("hf", f"{owner}/{name}", commit, file)


def telling(text: str) -> bool:
    """Return whether a text has the form of a model's place and not just that of some word."""
    if text.startswith("/"):
        return len(text) > 1
    return "://" in text or text.count("/") == 1 or _PLACEHOLDER.search(text) is not None


def clean(path: str) -> str:
    """Return an absolute path without `.`, `..` and doubled slashes."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


def escaped(text: str) -> str:
    """Write out the characters that have a meaning of their own in a reference, and those nobody can see."""
    return _SPECIAL.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "replace")), text
    )
