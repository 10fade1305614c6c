"""A license as `weighbridge license` explains it: what is said where, what the texts are, the chain, and what binds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from weighbridge.facts import to_json
from weighbridge.licenses.facets import LicenseFacets
from weighbridge.model.evidence import Evidence, License
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.terms import LicenseText, Term, Terms
from weighbridge.model.text import printable

_STATES = {
    "match": "the text of {id}",
    "named": "{id} by its title and phrases; its text is not on record, so nothing was compared",
    "modified": "a modified text of {nearest}: terms of its own",
    "unknown": "a text nobody knows: terms of its own",
    "unreadable": "no text",
}
_DIFFERENCE = "license.difference:"
Known: TypeAlias = Mapping[str, LicenseFacets]
Line: TypeAlias = tuple[int, str]
"""How far in, and the text, which may be somebody else's."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """A text that was asked about."""

    file: str
    title: str
    text: LicenseText
    differences: Sequence[tuple[int | None, str]]
    named: Sequence[str]
    terms: Terms
    licenses: Known


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A model that was asked about."""

    evidence: Evidence
    unknown: Sequence[tuple[str, str]]
    """What could not be learnt, with the reason."""
    licenses: Known


Page: TypeAlias = FilePage | ModelPage


def json(page: Page) -> str:
    """Return the document that other programs read."""
    document: dict[str, object] = {"version": 1}
    match page:
        case FilePage():
            document |= {
                "file": page.file,
                "title": page.title,
                "text": to_json(page.text),
                "differences": [{"line": line, "what": what} for line, what in page.differences],
                "named": list(page.named),
                "terms": to_json(page.terms),
            }
        case ModelPage():
            evidence = page.evidence
            document |= {
                "model": str(evidence.ref),
                "license": to_json(evidence.license),
                "terms": to_json(evidence.terms),
                "differences": [
                    {"line": line, "what": what, "file": file} for file, line, what in _differences(evidence)
                ],
                "unknown": [{"fact": fact, "because": why} for fact, why in page.unknown],
            }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def terminal(page: Page) -> str:
    """Return text for people."""
    return "".join(f"{'  ' * depth}{printable(text, 400)}\n" for depth, text in _lines(page))


def markdown(page: Page) -> str:
    """Return the same for a pull request or an issue, each text as code in which nothing is markup."""
    lines = list(_lines(page))
    title = f"### `{_plain(lines[0][1])}`\n\n"
    return title + "".join(f"{'  ' * (depth - 1)}- `{_plain(text)}`\n" for depth, text in lines[1:])


FORMATS: Mapping[str, Callable[[Page], str]] = {"terminal": terminal, "json": json, "markdown": markdown}
"""By the name that `--output` takes."""


def _plain(text: str) -> str:
    return printable(text, 400).replace("`", "·") or " "


def _lines(page: Page) -> Iterator[Line]:
    match page:
        case FilePage():
            yield 0, page.file
            yield 1, _text(page.text)
            yield from ((2, _difference(line, what)) for line, what in page.differences)
            if page.named:
                yield 1, f"names {', '.join(page.named)}"
            yield from _bound(page.terms, page.licenses)
        case ModelPage():
            yield 0, str(page.evidence.ref)
            yield from _declared(page.evidence.license)
            yield from _of_chain(page)
            yield from ((1, f"not known: {fact}: {why}") for fact, why in page.unknown)


def _declared(license_: Outcome[License | Unreadable]) -> Iterator[Line]:
    match license_:
        case Found(value=License() as value):
            yield 1, f"license {value.id or 'not identified'}, declared as {value.declared or 'nothing'}"
            for one in value.statements:
                place = f"{one.file}:{one.line}" if one.line is not None else one.file or "the model's name"
                yield 2, f"{one.source.replace('_', ' ')} says {one.declared} ({one.id or 'no known license'}), {place}"
            if value.link is not None:
                yield 2, f"license_link {value.link}, leads to {value.link_leads}"
        case Found(value=unreadable):
            yield 1, f"license cannot be read: {unreadable.unreadable if isinstance(unreadable, Unreadable) else ''}"
        case Missing(looked_at=looked_at):
            yield 1, f"no license declared: {looked_at}"
        case Unknown():
            yield 1, "license not known"


def _of_chain(page: ModelPage) -> Iterator[Line]:
    match page.evidence.terms:
        case Found(value=Terms() as found):
            differences = _differences(page.evidence)
            for text in found.texts:
                yield 1, f"{text.path}: {_text(text)}"
                yield from ((2, _difference(line, what)) for file, line, what in differences if file == text.path)
            yield 1, "chain"
            for one in found.sources:
                by = f", {' ← '.join(one.path)}" if one.path else ""
                yield 2, f"{one.node}: {one.license} (says its {one.stated.replace('_', ' ')}), {one.via}{by}"
            yield from ((2, f"{node}: license not known") for node in found.unidentified)
            yield from _bound(found, page.licenses)
        case _:
            return


def _bound(found: Terms, licenses: Known) -> Iterator[Line]:
    """Say what binds: the strictest of each facet, then every term with its clause and who brings it."""
    if found.effective:
        yield 1, "in the end"
        for end in found.effective:
            yield 2, f"{_words(end.facet)}: {end.value} ({end.license or 'license not known'} of {end.node})"
    if found.terms:
        yield 1, "what binds"
        yield from ((2, _term(one, licenses)) for one in found.terms)
    if found.sources:
        yield 1, "policy data, not legal advice"


def _term(term: Term, licenses: Known) -> str:
    clause = f", clause {term.clause}" if term.clause else ""
    return f"{_words(term.facet)}: {term.value} [{licenses[term.license].name}{clause}; {term.node}, {term.via}]"


def _text(text: LicenseText) -> str:
    score = f", {text.score:.1%} in common" if text.score is not None else ""
    what = "a notice" if text.notice else _STATES[text.state].format(id=text.id, nearest=text.nearest)
    return f"{what}{score}"


def _difference(line: int | None, what: str) -> str:
    return f"line {line}: {what}" if line is not None else what


def _differences(evidence: Evidence) -> list[tuple[str, int | None, str]]:
    places = [place for pointer, place in evidence.places.items() if pointer.startswith(_DIFFERENCE)]
    return [(place.file, place.line, place.text or "") for place in places]


def _words(facet: str) -> str:
    return facet.replace("_", " ")
