"""
What the bundle knows about licenses: `policies/data/licenses.yaml`.

Python only needs the spellings; what a license means is asked by policies. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

from weighbridge.errors import BadPolicies
from weighbridge.model.tables import mapping, strings

_OTHER_CHARACTERS = re.compile(r"[^a-z0-9.+]+")
_FACETS = {
    "commercial": ("yes", "no", "conditional", "unknown"),
    "field_of_use": ("none", "aup", "list", "unknown"),
    "share_alike": ("yes", "no", "restrictions_only", "unknown"),
    "revocable": ("yes", "no", "unknown"),
    "pass_through": ("none", "copy_of_license", "restrictions_and_copy", "attribution_and_link", "unknown"),
}


@dataclass(frozen=True, slots=True)
class TextMark:
    """How the text of one license is recognized."""

    key: str
    phrases: tuple[str, ...]
    longest: int | None
    """Characters above which the text has been added to."""


@dataclass(frozen=True, slots=True)
class LicenseTable:
    """Spellings of licenses, and the keys they mean."""

    keys: frozenset[str]
    names: Mapping[str, str]
    labels: frozenset[str]
    phrases: tuple[tuple[str, str], ...]
    """Phrase and key, longest phrase first."""
    texts: tuple[TextMark, ...]

    @classmethod
    def from_document(cls, document: object) -> LicenseTable:
        """
        Read the content of licenses.yaml.

        Raises `BadPolicies` with the name of the key that is wrong, so that a typing error is never an empty table.
        """
        root = mapping(document, "licenses")
        facets = mapping(root.get("facets"), "licenses.facets")
        for key, entry in facets.items():
            _check_facets(mapping(entry, f"licenses.facets.{key}"), key)
        names = {
            name.lower(): _key(value, facets, f"licenses.names.{name}")
            for name, value in mapping(root.get("names"), "licenses.names").items()
        }
        phrases = [
            (normal(phrase), _key(key, facets, f"licenses.phrases.{key}"))
            for key, values in mapping(root.get("phrases"), "licenses.phrases").items()
            for phrase in strings(values, f"licenses.phrases.{key}")
        ]
        return cls(
            keys=frozenset(facets),
            names=names,
            labels=frozenset(label.lower() for label in strings(root.get("labels"), "licenses.labels")),
            phrases=tuple(sorted(phrases, key=lambda pair: (-len(pair[0]), pair))),
            texts=tuple(_texts(root.get("texts"), facets)),
        )

    def key_of(self, spelling: str) -> str | None:
        """Return the key of a license id as cards write it; SPDX expressions of one license are read too."""
        known = self.names.get(spelling.strip().lower())
        if known is not None:
            return known
        keys, combined_by = self.expression(spelling)
        return keys[0] if len(keys) == 1 or (combined_by == "OR" and keys) else None

    def expression(self, spelling: str) -> tuple[tuple[str, ...], str]:
        """Return the known licenses of an SPDX expression and `AND`, `OR` or nothing; none of another text."""
        if not re.search(r" (?:and|or|with) ", spelling, re.IGNORECASE) or len(spelling) > 500:
            return (), ""
        try:
            symbols = [str(symbol) for symbol in _spdx().license_symbols(spelling, unique=True, decompose=True)]
        except ExpressionError:
            return (), ""
        keys = [self.names.get(symbol.lower()) for symbol in symbols]
        if not keys or None in keys:
            return (), ""
        return tuple(key for key in keys if key is not None), "OR" if " or " in spelling.lower() else "AND"

    def named_in(self, text: str) -> tuple[str, ...]:
        """Return the licenses that a text names, in the order they are named."""
        padded = f" {normal(text)} "
        found: list[tuple[int, str]] = []
        for phrase, key in self.phrases:
            at = padded.find(f" {phrase} ")
            if at >= 0:
                found.append((at, key))
                padded = padded.replace(f" {phrase} ", " " + "~" * len(phrase) + " ")
        return tuple(dict.fromkeys(key for _, key in sorted(found)))

    def recognized(self, text: str) -> str | None:
        """Return the license whose text this is, by the phrases only it has."""
        padded = f" {normal(text)} "
        for mark in self.texts:
            if mark.longest is not None and len(text) > mark.longest:
                continue
            if all(f" {phrase} " in padded for phrase in mark.phrases):
                return mark.key
        return None


def is_spdx(spelling: str) -> bool:
    """Tell whether SPDX lists the license, so that it is one even where the table does not know its terms."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}", spelling):
        return False
    return not list(_spdx().validate(spelling).errors)


def normal(text: str) -> str:
    """Return a text as phrases are compared: lower case, words one blank apart."""
    return _OTHER_CHARACTERS.sub(" ", text.lower()).replace(". ", " ").strip(" .")


@cache
def _spdx() -> Any:
    # The package is untyped at this border. It takes a second to load, so only when a spelling is in no table.
    return get_spdx_licensing()  # type: ignore[no-untyped-call]


def _check_facets(entry: Mapping[str, object], key: str) -> None:
    for facet, allowed in _FACETS.items():
        if entry.get(facet) not in allowed:
            raise BadPolicies(
                f"licenses.facets.{key}.{facet}: got {entry.get(facet)!r}, expected one of {', '.join(allowed)}. "
                "Quote yes and no."
            )


def _texts(value: object, facets: Mapping[str, object]) -> Iterator[TextMark]:
    if not isinstance(value, list):
        raise BadPolicies("licenses.texts: got no list, expected {key, all, longest} entries")
    for number, one in enumerate(value, 1):
        where = f"licenses.texts[{number}]"
        entry = mapping(one, where)
        longest = entry.get("longest")
        if longest is not None and not isinstance(longest, int):
            raise BadPolicies(f"{where}.longest: got {longest!r}, expected a number of characters")
        phrases = tuple(normal(phrase) for phrase in strings(entry.get("all"), f"{where}.all"))
        yield TextMark(_key(entry.get("key"), facets, f"{where}.key"), phrases, longest)


def _key(value: object, facets: Mapping[str, object], where: str) -> str:
    if not isinstance(value, str) or value not in facets:
        raise BadPolicies(f"{where}: {value!r} is no key of licenses.facets")
    return value
