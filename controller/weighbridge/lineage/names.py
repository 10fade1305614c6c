"""
One name per model: `policies/data/aliases.yaml`.

Names are compared without case and shown as written. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from weighbridge.errors import BadPolicies
from weighbridge.model.tables import mapping, strings

LONGEST_NAME = 200

_HUB_ID = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9_][\w.-]*", re.ASCII)
_HUB_HOSTS = ("https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf://")
_WORDS = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class AliasTable:
    """Renamed repositories, copies, and the words that only a family's publisher uses."""

    names: Mapping[str, str]
    mirrors: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    families: Mapping[str, frozenset[str]]
    methods: frozenset[str]

    @classmethod
    def from_document(cls, document: object) -> AliasTable:
        """Read the content of aliases.yaml; raises `BadPolicies` with the name of the key that is wrong."""
        root = mapping(document, "aliases")
        families = {
            token.lower(): frozenset(one.lower() for one in strings(value, f"aliases.families.{token}"))
            for token, value in mapping(root.get("families"), "aliases.families").items()
        }
        return cls(
            names=_renamed(root.get("names"), "aliases.names"),
            mirrors=_renamed(root.get("mirrors"), "aliases.mirrors"),
            patterns=_patterns(root.get("patterns")),
            families=families,
            methods=frozenset(one.lower() for one in strings(root.get("methods"), "aliases.methods")),
        )

    def own(self, name: str) -> str:
        """
        Return the name of today of a model that is judged.

        Copies keep their own name: a repository does not become its upstream by being called so.
        """
        return self.names.get(name.lower(), name)

    def parent(self, name: str) -> str:
        """Return the upstream name of a model that a statement names."""
        name = self.own(name)
        upstream = self.mirrors.get(name.lower())
        if upstream is None:
            upstream = next(
                (match.expand(template) for pattern, template in self.patterns if (match := pattern.fullmatch(name))),
                name,
            )
        return self.own(upstream)

    def family_of(self, name: str) -> str | None:
        """Return the family word in a repository's name when its owner is not that family's publisher."""
        owner, slash, model = name.lower().rpartition("/")
        for word in _WORDS.split(model):
            token = re.sub(r"v?\d[\d.]*[bmk]?$", "", word)
            publishers = self.families.get(token) or self.families.get(word)
            if publishers is not None and slash and owner not in publishers:
                return token if token in self.families else word
        return None

    def method_in(self, name: str) -> str | None:
        """Return the word in a repository's name that says it was quantized."""
        words = _WORDS.split(name.lower().rpartition("/")[2])
        return next((word for word in words if word in self.methods), None)


def hub_id(text: str, *, short: bool) -> str | None:
    """
    Return the repository a text names, `org/name`; `None` for a local path or anything else.

    With `short` a name without owner is one too (`gpt2`).
    """
    text = text.strip()
    for prefix in _HUB_HOSTS:
        text = text.removeprefix(prefix)
    text = text.removesuffix("/")
    if len(text) > LONGEST_NAME or not _HUB_ID.fullmatch(text):
        return None
    return text if "/" in text or short else None


def _renamed(value: object, where: str) -> Mapping[str, str]:
    entries = mapping(value, where)
    for name, target in entries.items():
        if not isinstance(target, str) or hub_id(target, short=True) is None:
            raise BadPolicies(f"{where}.{name}: got {target!r}, expected a repository name")
    return {name.lower(): str(target) for name, target in entries.items()}


def _patterns(value: object) -> tuple[tuple[re.Pattern[str], str], ...]:
    if not isinstance(value, list):
        raise BadPolicies("aliases.patterns: got no list, expected {match, name} entries")
    found = []
    for number, one in enumerate(value, 1):
        where = f"aliases.patterns[{number}]"
        entry = mapping(one, where)
        match, name = entry.get("match"), entry.get("name")
        if not isinstance(match, str) or not isinstance(name, str):
            raise BadPolicies(f"{where}: expected the texts match and name")
        try:
            pattern = re.compile(match, re.IGNORECASE | re.ASCII)
            pattern.sub(name, "")
        except (re.error, IndexError) as error:
            raise BadPolicies(f"{where}.match: {match!r} is no regular expression: {error}") from error
        found.append((pattern, name))
    return tuple(found)
