"""
All statements about a license → the one that counts.

Metadata first, then a license file whose text is known, then running text; an earlier one that resolves is not overruled,
and what the others name is kept beside it. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from weighbridge.licenses.statements import LONGEST, CardStatement, FileStatement, is_custom
from weighbridge.licenses.table import LicenseTable, is_spdx
from weighbridge.model.evidence import License, Place
from weighbridge.model.terms import LicenseStatement
from weighbridge.model.text import printable

_CARD = "README.md"
_NOTHING = ("", "none", "null")
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
MOST_STATED = 10
"""Licenses of a list in the metadata."""
OWN_TERMS = 300
"""Letters from which on an unknown license file is a license of its own (source: rules.md §6, license.custom_min_chars)."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The license, where it is stated, and whether other statements could still change it."""

    license: License | None
    """`None` when nothing states one."""
    decided: bool
    """Whether a license is known by key, so that a statement we could not read would not change it."""
    places: Mapping[str, Place] = field(default_factory=dict)


def identify(
    front_matter: Mapping[str, object],
    key_lines: Mapping[str, int],
    text: CardStatement,
    files: Sequence[FileStatement],
    table: LicenseTable,
    model: str = "",
) -> Identified:
    """Return the license that the repository `model` states."""
    values = _values(front_matter.get("license"))
    name = next(iter(_values(front_matter.get("license_name"))), None)
    stated = _stated(values, name, table)
    texts = [one for one in files if not one.text.notice]
    known_file = next((one for one in texts if one.text.id is not None), None)
    places = {pointer: place for one in files for pointer, place in _differences(one)}
    if texts:
        shown = known_file or texts[0]
        places["license.file"] = Place(shown.text.path, 1, shown.title or None)
    if stated is not None:
        line = key_lines.get("license")
        places["license.declared"] = Place(_CARD, line, f"license: {stated.declared}")

    best = _strongest(stated, name, known_file, text, table) or _own_terms(texts)
    statements = tuple(_statements(values, name, key_lines, text, texts, model, table))
    if best is None:
        return Identified(None, decided=False, places=places)
    if best.source == "license_file":
        places.setdefault("license.declared", places["license.file"])
    elif best.source == "card_text":
        places["license.declared"] = Place(_CARD, text.line, text.declared)
    also = _also_named(best, values, table, [*text.named, *(key for one in files for key in (one.text.id, *one.named))])
    link = next(iter(_values(front_matter.get("license_link"))), None)
    whole = replace(
        best, also_named=also, link=link, link_leads=_leads(link, texts), statements=statements, card_names=text.named
    )
    return Identified(whole, best.id is not None, places)


def _differences(file: FileStatement) -> Iterator[tuple[str, Place]]:
    for number, one in enumerate(file.differences, 1):
        yield f"license.difference:{file.text.path}:{number}", Place(file.text.path, one.line, printable(one.what, 200))


def _own_terms(texts: Sequence[FileStatement]) -> License | None:
    """Return the license that a text nobody knows is: its terms are unknown, and it is one."""
    own = next((one for one in texts if one.text.letters >= OWN_TERMS), None)
    if own is None:
        return None
    return License(own.title, None, "license_file", label_only=False, custom=True, name=None, also_named=())


def _leads(link: str | None, texts: Sequence[FileStatement]) -> Literal["nowhere", "file", "url"]:
    """Tell where `license_link` leads: a path is one of the license files beside the card (licenses.md §7)."""
    if link is None:
        return "nowhere"
    if _ADDRESS.fullmatch(link):
        return "url"
    return "file" if any(one.text.path == link.removeprefix("./") for one in texts) else "nowhere"


def _statements(
    values: Sequence[str],
    name: str | None,
    key_lines: Mapping[str, int],
    text: CardStatement,
    texts: Sequence[FileStatement],
    model: str,
    table: LicenseTable,
) -> Iterator[LicenseStatement]:
    """Yield every place that states a license, the strongest kind first."""
    for value in values[:MOST_STATED]:
        known = table.key_of(value) if value.lower() != "other" or name is None else _named(name, table)
        yield LicenseStatement("front_matter", known, printable(value, LONGEST), _CARD, key_lines.get("license"))
    for one in texts:
        yield LicenseStatement("license_file", one.text.id, one.title, one.text.path, 1)
    badge = text.badge
    if text.declared is not None and (badge is None or text.line != badge[2]):
        yield LicenseStatement("card_text", text.id, text.declared, _CARD, text.line)
    if badge is not None:
        yield LicenseStatement("badge", badge[1], badge[0], _CARD, badge[2])
    by_name = table.named_by(model)
    if by_name is not None:
        yield LicenseStatement("model_name", by_name, printable(model, LONGEST), "", None)


def _strongest(
    stated: License | None, name: str | None, file: FileStatement | None, text: CardStatement, table: LicenseTable
) -> License | None:
    """Return the metadata's statement where it is known, else the license file's, else the card's words."""
    if (stated is None or stated.id is None) and file is not None:
        declared = stated.declared if stated is not None else file.title
        return License(declared, file.text.id, "license_file", label_only=False, custom=False, name=name, also_named=())
    if stated is None:
        if text.declared is None:
            return None
        return License(text.declared, text.id, "card_text", _is_label(text.declared, table), text.custom, None, ())
    if stated.id is None and not stated.custom and (text.id is not None or text.custom):
        # `other` in the metadata and the license in words below it.
        both = replace(stated, id=text.id, custom=text.custom, label_only=stated.label_only and text.id is None)
        return both if text.id is None else replace(both, source="card_text")
    return stated


def _stated(values: Sequence[str], name: str | None, table: LicenseTable) -> License | None:
    if not values:
        return None
    value = values[0]
    declared = printable(value, LONGEST)
    known: str | None = None
    label_only = custom = False
    if value.lower() == "other" and name is not None:
        known = _named(name, table)
        custom = known is None
    elif _is_label(value, table):
        label_only = True
    else:
        known = table.key_of(value)
        custom = known is None and (is_custom(value) or is_spdx(value) or bool(table.expression(value)[0]))
    return License(declared, known, "front_matter", label_only, custom, name, ())


def _named(name: str, table: LicenseTable) -> str | None:
    """Return the key of `license: other` with this `license_name`."""
    return table.names.get(f"other/{name.lower()}") or table.key_of(name)


def _is_label(value: str, table: LicenseTable) -> bool:
    return value.strip().lower() in table.labels


def _also_named(
    best: License, values: Sequence[str], table: LicenseTable, more: Iterable[str | None]
) -> tuple[str, ...]:
    listed = [key for value in values for key in (table.key_of(value), *table.expression(value)[0])]
    return tuple(dict.fromkeys(key for key in (*listed, *more) if key is not None and key != best.id))


def _values(value: object) -> tuple[str, ...]:
    """Return the texts of a metadata value; YAML makes `no` a false and `2` a number, the author wrote text."""
    match value:
        case None:
            return ()
        case bool():
            return ("yes" if value else "no",)
        case str() | int() | float():
            text = str(value).strip()
            return (printable(text, 200),) if text.lower() not in _NOTHING else ()
        case list():
            return tuple(text for one in value[:20] if not isinstance(one, list) for text in _values(one))
        case _:
            return ()
