"""
What the bundle knows about licenses: `policies/data/licenses.yaml`.

Spellings and the marks of texts are here, what licenses say is in facets.py. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

from weighbridge.errors import BadPolicies
from weighbridge.licenses.facets import ChainTable, LicenseFacets, read_chain, read_facets
from weighbridge.licenses.fingerprints import shipped
from weighbridge.model.tables import mapping, strings

_OTHER_CHARACTERS = re.compile(r"[^a-z0-9.+]+")
_FIRST_LETTER = re.compile(r"\bc\b ?")
"""`©` and `(c)` in a notice: copies write either, or neither."""


@dataclass(frozen=True, slots=True)
class TextMark:
    """How the text of one license is recognized."""

    key: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LicenseTable:
    """Spellings of licenses, and the keys they mean."""

    licenses: Mapping[str, LicenseFacets]
    chain: ChainTable
    names: Mapping[str, str]
    labels: frozenset[str]
    phrases: tuple[tuple[str, str], ...]
    """Phrase and key, longest phrase first."""
    texts: tuple[TextMark, ...]
    notices: tuple[tuple[str, str], ...]
    """Sentence and key."""
    displays: tuple[tuple[str, str], ...]
    turning: frozenset[str]
    model_names: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def from_document(cls, document: object) -> LicenseTable:
        """
        Read the content of licenses.yaml.

        Raises `BadPolicies` with the name of the key that is wrong, so that a typing error is never an empty table.
        """
        root = mapping(document, "licenses")
        facets = read_facets(root.get("facets"))
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
            licenses=facets,
            chain=read_chain(root.get("chain")),
            names=names,
            labels=frozenset(label.lower() for label in strings(root.get("labels"), "licenses.labels")),
            phrases=tuple(sorted(phrases, key=lambda pair: (-len(pair[0]), pair))),
            texts=tuple(_texts(root.get("texts"), facets)),
            notices=tuple((sentence(one.words["notice"]), key) for key, one in facets.items() if "notice" in one.words),
            displays=tuple((sentence(text), key) for key, one in facets.items() for text in one.display),
            turning=frozenset(strings(root.get("turning"), "licenses.turning")),
            model_names=tuple(_model_names(root.get("model_names"), facets)),
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

    def titled(self, text: str) -> str | None:
        """Return the license whose title and phrases a text has, for licenses of which no text is known."""
        padded = f" {normal(text)} "
        return next((mark.key for mark in self.texts if all(f" {one} " in padded for one in mark.phrases)), None)

    def shown_in(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the licenses whose notice sentence a text holds, and those whose display text."""
        padded = f" {sentence(text)} "
        return (
            tuple(dict.fromkeys(key for one, key in self.notices if f" {one} " in padded)),
            tuple(dict.fromkeys(key for one, key in self.displays if f" {one} " in padded)),
        )

    def named_by(self, model: str) -> str | None:
        """Return the license that a model's own name speaks of."""
        name = model.rpartition("/")[2].lower()[:200]
        return next((key for pattern, key in self.model_names if pattern.search(name)), None)


def is_spdx(spelling: str) -> bool:
    """Tell whether SPDX lists the license, so that it is one even where the table does not know its terms."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}", spelling):
        return False
    return not list(_spdx().validate(spelling).errors)


def normal(text: str) -> str:
    """Return a text as phrases are compared: lower case, words one blank apart."""
    return _OTHER_CHARACTERS.sub(" ", text.lower()).replace(". ", " ").strip(" .")


def sentence(text: str) -> str:
    """Return a text as fixed sentences are compared: as phrases are, without the sign of copyright."""
    return _FIRST_LETTER.sub("", normal(text))


@cache
def _spdx() -> Any:
    # The package is untyped at this border. It takes a second to load, so only when a spelling is in no table.
    return get_spdx_licensing()  # type: ignore[no-untyped-call]


def _texts(value: object, facets: Mapping[str, LicenseFacets]) -> Iterator[TextMark]:
    with_text = {one.key for one in shipped().texts}
    for where, entry in _entries(value, "licenses.texts", ("key", "all")):
        key = _key(entry.get("key"), facets, f"{where}.key")
        if key in with_text:
            raise BadPolicies(f"{where}: {key} has a fingerprint, which says more. Fix: remove the entry")
        yield TextMark(key, tuple(normal(phrase) for phrase in strings(entry.get("all"), f"{where}.all")))


def _model_names(value: object, facets: Mapping[str, LicenseFacets]) -> Iterator[tuple[re.Pattern[str], str]]:
    for where, entry in _entries(value, "licenses.model_names", ("match", "key")):
        match = entry.get("match")
        try:
            pattern = re.compile(match if isinstance(match, str) else "")
        except re.error as error:
            raise BadPolicies(f"{where}.match: {error}") from None
        if not pattern.pattern:
            raise BadPolicies(f"{where}.match: got {match!r}, expected a regular expression")
        yield pattern, _key(entry.get("key"), facets, f"{where}.key")


def _entries(value: object, part: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, object]]]:
    if not isinstance(value, list):
        raise BadPolicies(f"{part}: got no list, expected {{{', '.join(keys)}}} entries")
    for number, one in enumerate(value, 1):
        entry = mapping(one, f"{part}[{number}]")
        if not set(entry) <= set(keys):
            raise BadPolicies(f"{part}[{number}]: got {', '.join(entry)}, expected {', '.join(keys)}")
        yield f"{part}[{number}]", entry


def _key(value: object, facets: Mapping[str, LicenseFacets], where: str) -> str:
    if not isinstance(value, str) or value not in facets:
        raise BadPolicies(f"{where}: {value!r} is no key of licenses.facets")
    return value
