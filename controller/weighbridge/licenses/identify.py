"""
All statements about a license → the one that counts.

Metadata first, then a license file whose text is known, then running text; an earlier one that resolves is not overruled,
and what the others name is kept beside it. No input or output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from weighbridge.licenses.statements import LONGEST, CardStatement, FileStatement, is_custom
from weighbridge.licenses.table import LicenseTable, is_spdx
from weighbridge.model.evidence import License, Place
from weighbridge.model.text import printable

_CARD = "README.md"
_NOTHING = ("", "none", "null")


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
) -> Identified:
    """Return the license a model states."""
    values = _values(front_matter.get("license"))
    name = next(iter(_values(front_matter.get("license_name"))), None)
    stated = _stated(values, name, table)
    texts = [one for one in files if not one.notice]
    known_file = next((one for one in texts if one.id is not None), None)
    places: dict[str, Place] = {}
    if texts:
        shown = known_file or texts[0]
        places["license.file"] = Place(shown.path, 1, shown.title or None)
    if stated is not None:
        line = key_lines.get("license")
        places["license.declared"] = Place(_CARD, line, f"license: {stated.declared}")

    best = _strongest(stated, name, known_file, text, table)
    if best is None:
        return Identified(None, decided=False, places=places)
    if best.source == "license_file":
        places.setdefault("license.declared", places["license.file"])
    elif best.source == "card_text":
        places["license.declared"] = Place(_CARD, text.line, text.declared)
    also = _also_named(best, values, table, [*text.named, *(key for one in files for key in (one.id, *one.named))])
    return Identified(replace(best, also_named=also), best.id is not None, places)


def _strongest(
    stated: License | None, name: str | None, file: FileStatement | None, text: CardStatement, table: LicenseTable
) -> License | None:
    """Return the metadata's statement where it is known, else the license file's, else the card's words."""
    if (stated is None or stated.id is None) and file is not None:
        declared = stated.declared if stated is not None else file.title
        return License(declared, file.id, "license_file", label_only=False, custom=False, name=name, also_named=())
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
        known = table.names.get(f"other/{name.lower()}") or table.key_of(name)
        custom = known is None
    elif _is_label(value, table):
        label_only = True
    else:
        known = table.key_of(value)
        custom = known is None and (is_custom(value) or is_spdx(value) or bool(table.expression(value)[0]))
    return License(declared, known, "front_matter", label_only, custom, name, ())


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
