"""
Programs that fetch models before a server starts: what they fetch, and where they put it.

`tables/downloaders.toml` says how each is called. No input or output.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weighbridge.model.refs import Role
from weighbridge.workloads.flags import Line, Syntax, read_line
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import Place, clean, meaning
from weighbridge.workloads.tables import table

_TABLE = table("downloaders")
_ADAPTER = re.compile(_TABLE["adapter"], re.IGNORECASE)
_WEIGHTS: tuple[str, ...] = tuple(_TABLE["weights"])
_STARTERS = frozenset(
    {"sudo", "timeout", "time", "nice", "python", "python3", "uv", "uvx", "xargs", "retry", "exec", "nohup", "pipx"}
)
_VERBS = frozenset(
    {"cp", "sync", "mv", "copy", "rsync", "get", "-get", "-copyToLocal", "-cp", "copyto", "cat", "download"}
)
_PATH = ("/", "./", "../", "~", "$", ".")
_PREFIX = {"modelscope": "modelscope://", "ollama": "ollama://", "kaggle": "kaggle://"}
LOOK = 6
"""Words in front of a downloader that are stepped over: `sudo timeout 60 hf download`."""
SOURCES = 100
"""Models that are read of one command."""


@dataclass(frozen=True, slots=True)
class Downloader:
    """How one program is called."""

    words: tuple[str, ...]
    module: bool
    form: str
    source: str
    source_flags: tuple[str, ...]
    revision: str | None
    destination: str | None
    destination_name: str | None
    """The flag that names the folder below the destination."""
    destination_flags: tuple[str, ...]
    schemes: tuple[str, ...]
    unless: Mapping[str, Sequence[str]]
    syntax: Syntax


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one command fetches."""

    mentions: tuple[Mention, ...]
    destination: str | None
    """An absolute path, where the command says one."""


def _read(raw: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> Downloader:
    rules = by_name[raw["like"]] if "like" in raw else raw
    module = raw.get("module")
    takes = {name: count for count, key in enumerate(("switches", "values", "lists")) for name in rules.get(key, ())}
    syntax = Syntax(takes, rules.get("short", {}), rules.get("aliases", {}), ())
    return Downloader(
        words=((module,) if module else ()) + tuple(raw.get("argv", ())),
        module=module is not None,
        form=rules["form"],
        source=rules["source"],
        source_flags=tuple(rules.get("source_flags", ())),
        revision=rules.get("revision"),
        destination=rules.get("destination"),
        destination_name=rules.get("destination_name"),
        destination_flags=tuple(rules.get("destination_flags", ())),
        schemes=tuple(rules.get("schemes", ())),
        unless=rules.get("unless", {}),
        syntax=syntax,
    )


def _index() -> Mapping[str, Sequence[Downloader]]:
    rows = _TABLE["downloader"]
    by_name: dict[str, Mapping[str, Any]] = {}
    for raw in rows:
        if "like" not in raw:
            by_name.setdefault(raw["argv"][0], raw)
    found: dict[str, list[Downloader]] = {}
    for raw in rows:
        one = _read(raw, by_name)
        found.setdefault(one.words[0], []).append(one)
    for entries in found.values():
        entries.sort(key=lambda one: -len(one.words))
    return found


_DOWNLOADERS = _index()


def fetched(argv: Sequence[str], directory: str | None) -> Fetched | None:
    """Return what a command fetches, `None` when it is no downloader."""
    for position, word in enumerate(argv[:LOOK]):
        for one in _DOWNLOADERS.get(word.rpartition("/")[2], ()):
            length = len(one.words)
            if length > 1 and tuple(argv[position + 1 : position + length]) != one.words[1:]:
                continue
            if one.module and (not position or argv[position - 1] != "-m"):
                continue
            return _fetch(one, argv[position + length :], directory)
        if position == 0 and word.rpartition("/")[2] not in _STARTERS:
            return None
    return None


def _fetch(one: Downloader, arguments: Sequence[str], directory: str | None) -> Fetched:
    line = read_line(arguments, one.syntax)
    said = {flag.name: flag.values for flag in line.flags}
    if any(value.lower() in words for name, words in one.unless.items() for value in said.get(name, ())):
        return Fetched((), None)
    if one.form == "web":
        return _web(one, arguments, line, directory)
    if one.form in ("copy", "remote"):
        return _copied(one, arguments, directory)
    sources = [value for name in (one.source, *one.source_flags) for value in said.get(name, ())[:1]]
    if one.source == "first":
        sources = [*line.positionals[:1], *sources]
    place = _destination(one, line, said, directory)
    revisions = said.get(one.revision or "", ())
    via = " ".join(one.words)
    mentions = [
        replace(mention, revision=revisions[-1] if revisions else mention.revision)
        for source in sources[:1]
        for mention in _mention(one, source, via, place)
    ]
    if one.form == "git" and place is None and directory is not None and sources:
        place = clean(f"{directory}/{sources[0].rstrip('/').rpartition('/')[2].removesuffix('.git')}")
    return Fetched(tuple(mentions), place)


def _mention(one: Downloader, source: str, via: str, place: str | None) -> Iterator[Mention]:
    """Yield what one source means to a downloader."""
    role = _role(source, place)
    match one.form:
        case "image":
            yield Mention(source.removeprefix("docker://").removeprefix("oci://"), role, via, form="image")
        case "ollama":
            yield ollama(source, role, via)
        case "modelscope" | "kaggle":
            yield Mention(source if "://" in source else f"{_PREFIX[one.form]}{source}", role, via)
        case "git":
            found = meaning(source)
            if "$" in source or (isinstance(found, Place) and found.scheme in ("hf", "modelscope")):
                yield Mention(source, role, via)
        case _:
            yield Mention(source.replace("docker://", "oci://"), role, via)


def ollama(name: str, role: Role, via: str) -> Mention:
    """Return what ollama calls a model; `hf.co/org/name:quant` is one of the hub."""
    for host in ("hf.co/", "huggingface.co/"):
        if name.startswith(host):
            return Mention(name.removeprefix(host).partition(":")[0], role, via)
    return Mention(f"ollama://{name}", role, via)


def looks_like_adapter(name: str) -> bool:
    """Return whether a place is called one of adapters."""
    return _ADAPTER.search(name[-300:]) is not None


def _role(source: str, place: str | None) -> Role:
    return "adapter" if looks_like_adapter(place or "") or looks_like_adapter(source) else "base"


def _destination(one: Downloader, line: Line, said: Mapping[str, Sequence[str]], directory: str | None) -> str | None:
    place = None
    if one.destination in ("second", "last"):
        place = line.positionals[-1 if one.destination == "last" else 1] if len(line.positionals) > 1 else None
    elif one.destination is not None:
        place = next(iter(said.get(one.destination, ())), None)
    for name in one.destination_flags:
        place = place or next(iter(said.get(name, ())), None)
    inner = next(iter(said.get(one.destination_name or "", ())), None)
    return _absolute(f"{place}/{inner}" if place and inner else place, directory)


def _absolute(place: str | None, directory: str | None) -> str | None:
    if not place or "$" in place or "://" in place or len(place) > 1_024:
        return None
    if place.startswith("/"):
        return clean(place)
    return clean(f"{directory}/{place}") if directory is not None and directory.startswith("/") else None


def _copied(one: Downloader, arguments: Sequence[str], directory: str | None) -> Fetched:
    """Read a program that copies both ways: what stands behind a path of the container is where it copies to."""
    via = one.words[0]
    verbs = [position for position, word in enumerate(arguments) if word in _VERBS]
    if not verbs and len(one.words) < 2:
        return Fetched((), None)
    start = verbs[0] + 1 if verbs else 0
    words = [word for word in arguments[start:] if not word.startswith("-")]
    if one.form == "remote":
        return _remote(words, via, directory)
    uris = [
        position for position, word in enumerate(words) if word.partition("://")[0] in one.schemes and "://" in word
    ]
    paths = [position for position, word in enumerate(words) if word.startswith(_PATH)]
    sources = [position for position in uris if not any(path < position for path in paths)]
    if len(sources) > 1 and not any(path > sources[-1] for path in paths):
        sources = sources[:-1]
    place = next((words[position] for position in paths if sources and position > sources[-1]), None)
    place = _absolute(place, directory)
    found = [Mention(words[position], _role(words[position], place), via) for position in sources[:SOURCES]]
    if not uris and words[:1] and words[0].startswith("$"):
        found = [Mention(words[0], "base", via)]
    return Fetched(tuple(found), place)


def _remote(words: Sequence[str], via: str, directory: str | None) -> Fetched:
    """Read `remote:bucket/path` or `alias/bucket/path`, whose host only a configuration elsewhere knows."""
    if len(words) < 2 or words[0].startswith(("/", "./", "~")):
        return Fetched((), None)
    because = f"{via} {words[0][:200]}: where the remote lies is configured elsewhere"
    place = _absolute(words[-1], directory)
    if "://" in words[0]:
        return Fetched((Mention(words[0], "base", via),), place)
    return Fetched((Mention(words[0], _role(words[0], place), via, because=because),), place)


def _web(one: Downloader, arguments: Sequence[str], line: Line, directory: str | None) -> Fetched:
    """Read a program that fetches URLs: those of hubs and of files that hold weights; and calls that load a model."""
    via = one.words[0]
    urls = [word for word in arguments if word.partition("://")[0].lower() in one.schemes and "://" in word]
    said = {flag.name: flag.values for flag in line.flags}
    place = _destination(one, line, said, directory)
    bodies = [value for flag in line.flags if flag.name.startswith(("d", "data", "json")) for value in flag.values]
    called = tuple(mention for url in urls for body in bodies for mention in _call(url, body))
    if called:
        return Fetched(called, None)
    found = [Mention(url, _role(url, place), via) for url in urls if _is_model(url, place)]
    return Fetched(tuple(found[:SOURCES]), place)


def _is_model(url: str, place: str | None) -> bool:
    path = url.partition("?")[0].partition("#")[0].lower()
    if path.endswith(_WEIGHTS) or (place or "").lower().endswith(_WEIGHTS):
        return True
    found = meaning(url)
    return isinstance(found, Place) and found.scheme in ("hf", "modelscope") and found.file is not None


def _call(url: str, body: str) -> Iterator[Mention]:
    """Yield what a call of a running server makes it load: ollama's pull, vLLM's and SGLang's adapters."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    given = given if isinstance(given, dict) else {}
    path = url.partition("?")[0].rstrip("/")
    if path.endswith(("/api/pull", "/api/create")):
        name = given.get("model", given.get("name", given.get("from")))
        yield ollama(name, "base", path[-9:]) if isinstance(name, str) else _unread(body, "base", path)
    elif path.endswith("/load_lora_adapter"):
        name = given.get("lora_path")
        yield Mention(name, "adapter", "load_lora_adapter") if isinstance(name, str) else _unread(body, "adapter", path)


def _unread(body: str, role: Role, path: str) -> Mention:
    return Mention(
        body,
        role,
        "/".join(path.split("/")[-2:]),
        because=f"{path[-100:]}: what it loads is computed when the script runs",
    )
