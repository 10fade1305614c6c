"""
What is known about an engine: its images, its entry points, its flags and what they mean.

Everything comes from a table; an engine module adds only the notations its values have.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from weighbridge.model.refs import Role
from weighbridge.workloads.engines.notations import NOTATIONS
from weighbridge.workloads.flags import Syntax
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.tables import table

Notation: TypeAlias = Callable[[str, Role, str], Iterable[Mention]]
"""Reads a value, given its role and where it stands."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A way to start a program: leading words, or a Python module."""

    words: tuple[str, ...]
    module: bool
    positional: bool
    """Whether the first positional argument is the model."""
    role: Role | None
    """What its model is to it, where it is not the model it serves."""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Entry:
        """Read an entry of a table."""
        module = raw.get("module")
        words = ((module,) if module else ()) + tuple(raw.get("argv", ()))
        return cls(words, module is not None, raw.get("positional", False), raw.get("role"))


@dataclass(frozen=True, slots=True)
class Reference:
    """A flag whose value names a model."""

    role: Role
    notation: Notation | None
    revision: str | None
    """The flag that gives its revision."""
    file: str | None
    """The flag that gives its file."""
    words: frozenset[str]
    """Values that name no model."""
    unless: str | None
    """Another flag beside which this one does not count."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of models in which an engine looks for files that name further ones."""

    flags: tuple[str, ...]
    """The flags that name the folder."""
    files: tuple[tuple[re.Pattern[str], str, str | None], ...]
    """Name of a file, its format, and the engine whose flags it holds where that is another one."""


@dataclass(frozen=True, slots=True)
class Launches:
    """A configuration file whose texts are command lines that the program runs."""

    flags: tuple[str, ...]
    default: str
    """Where the file lies when no flag says."""
    models: str
    """The map of models; each has a text `line`."""
    line: str
    macros: str
    """The map of texts that stand for `${NAME}`."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One serving engine."""

    id: str
    images: re.Pattern[str]
    hints: tuple[str, ...]
    """Parts of image names that tell the engine of a container with an accelerator."""
    entries: tuple[Entry, ...]
    positional: bool
    """Whether the entry point of the image takes the model as first argument."""
    skip: frozenset[str]
    """Leading arguments that repeat the entry point."""
    syntax: Syntax
    references: Mapping[str, Reference]
    first: str
    """The flag that names the model to serve."""
    settings: Mapping[str, str]
    json: frozenset[str]
    """Flags whose JSON value is read key by key."""
    environment: Mapping[str, str]
    """Variable → the flag it stands for."""
    environment_prefixes: tuple[str, ...]
    """Every variable `PREFIX_FLAG_NAME` stands for `--flag-name`."""
    argument_variables: tuple[str, ...]
    config_files: Mapping[str, str]
    """The flags that name a configuration file, each with its format."""
    default_files: Mapping[str, str]
    """Flag → the configuration file that is read when nobody writes the flag, where the object holds it."""
    decides: frozenset[str]
    """Flags beside which a configuration file cannot name another model."""
    folder: Folder | None
    sections: frozenset[str]
    """Flags that name an INI file, each section a model of its own."""
    launches: Launches | None
    elsewhere: Mapping[str, str]
    """Variable → what it does to the model that is named or carried, a sentence without subject."""
    runtime_environment: Mapping[str, re.Pattern[str]]
    runtime_flags: Mapping[str, re.Pattern[str]]
    presets: frozenset[str]
    presets_because: str
    missing: str | None
    """What happens without a model, a sentence without a full stop; `None` when nothing does."""
    default_path: str | None
    """Where the model is looked for when no flag says."""
    default_mount: str | None
    """Where the model is looked for when no flag says and a volume lies there."""
    defaults: Mapping[str, str]
    """What flags are when nobody writes them, where that is worth knowing."""
    always_loads: str | None
    """Why the running server loads what a caller names, whatever its flags are."""
    code_flags: frozenset[str]
    """Flags that make the server load code."""
    code_environment: tuple[str, ...]
    documents: frozenset[str]
    """Flags whose JSON value holds further flags."""
    files_in_image: bool
    """Whether a configuration file of the image is judged with the image and not asked about."""
    cache: str | None
    """The flag that names a folder in which the files of a hub repository may lie already."""
    positional_notation: Notation | None
    every_positional: bool
    """Whether all positional arguments are models."""
    skip_positionals: tuple[str, ...]
    """Beginnings of positional arguments that are no models."""
    values: Mapping[str, str]
    """Variable → what it stands for, where that is more than its value: `$(MODEL_BASE_PATH)/$(MODEL_NAME)`."""
    telling: bool
    """Whether only values count that have the form of a model's place."""


def engine(name: str) -> Engine:
    """Return the engine of `tables/engines/NAME.toml`."""
    raw = table(f"engines/{name}")
    parent = table(f"engines/{raw['extends']}") if "extends" in raw else {}
    both: Callable[[str], Mapping[str, Any]] = lambda key: {**parent.get(key, {}), **raw.get(key, {})}  # noqa: E731
    references = {flag: _reference(one) for flag, one in both("references").items()}
    return Engine(
        id=raw["id"],
        images=re.compile("|".join(f"(?:.*/)?(?:{one})" for one in raw["images"]) or r"(?!)"),
        hints=tuple(raw.get("hints", ())),
        entries=tuple(Entry.read(entry) for entry in raw["entries"]),
        positional=raw.get("entrypoint", {}).get("positional", False),
        skip=frozenset(raw.get("entrypoint", {}).get("skip", ())),
        syntax=_syntax(raw, parent, both),
        references=references,
        first=next((flag for flag, one in references.items() if one.role == "base"), "model"),
        settings=both("settings"),
        json=frozenset((*parent.get("json", ()), *raw.get("json", ()))),
        environment=both("environment"),
        environment_prefixes=tuple(raw.get("environment_prefixes", ())),
        argument_variables=tuple(raw.get("argument_variables", parent.get("argument_variables", ()))),
        runtime_environment=_patterns(both("runtime_loading")),
        runtime_flags=_patterns(both("runtime_flags")),
        presets=frozenset(raw.get("presets", {}).get("flags", ())),
        presets_because=raw.get("presets", {}).get("because", ""),
        missing=raw.get("missing"),
        default_path=raw.get("default_path"),
        telling=raw.get("telling", False),
        **_further(raw, parent, both),
    )


def _further(
    raw: Mapping[str, Any], parent: Mapping[str, Any], both: Callable[[str], Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what few engines have."""
    code = both("code_loading")
    notation = raw.get("positional_notation")
    files = raw.get("config_files", parent.get("config_files", ()))
    return {
        "config_files": files if isinstance(files, dict) else dict.fromkeys(files, "yaml"),
        "default_files": raw.get("default_files", {}),
        "decides": frozenset(raw.get("decides", ())),
        "folder": _folder(raw.get("folder")),
        "sections": frozenset(raw.get("sections", ())),
        "launches": Launches(**{**raw["launches"], "flags": tuple(raw["launches"]["flags"])})
        if "launches" in raw
        else None,
        "elsewhere": raw.get("elsewhere", {}),
        "values": raw.get("values_of", {}),
        "default_mount": raw.get("default_mount"),
        "defaults": both("defaults"),
        "always_loads": raw.get("always_loads"),
        "code_flags": frozenset(code.get("flags", ())),
        "code_environment": tuple(code.get("variables", ())),
        "documents": frozenset(raw.get("documents", ())),
        "cache": raw.get("cache", parent.get("cache")),
        "files_in_image": raw.get("files_in_image") == "silent",
        "positional_notation": NOTATIONS[notation] if notation else None,
        "every_positional": raw.get("all_positionals", False),
        "skip_positionals": tuple(raw.get("skip_positionals", ())),
    }


def _folder(raw: Mapping[str, Any] | None) -> Folder | None:
    if raw is None:
        return None
    files = ((re.compile(name), one["format"], one.get("engine")) for name, one in raw["files"].items())
    return Folder(tuple(raw["flags"]), tuple(files))


def _syntax(raw: Mapping[str, Any], parent: Mapping[str, Any], both: Callable[[str], Mapping[str, Any]]) -> Syntax:
    takes = {
        flag: count
        for source in (parent, raw)
        for count, key in enumerate(("switches", "values", "lists"))
        for flag in source.get(key, ())
    }
    takes.update(dict.fromkeys(raw.get("presets", {}).get("flags", ()), 0))
    aliases = both("aliases")
    ordered = tuple(sorted((*takes, *aliases))) if raw["abbreviations"] else ()
    return Syntax(takes, both("short"), aliases, ordered)


def _reference(raw: Mapping[str, Any]) -> Reference:
    notation = raw.get("notation")
    return Reference(
        raw["role"],
        NOTATIONS[notation] if notation else None,
        raw.get("revision"),
        raw.get("file"),
        frozenset(raw.get("words", ())),
        raw.get("unless"),
    )


def _patterns(raw: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in raw.items()}
