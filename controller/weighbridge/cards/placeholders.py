"""Template text that nobody replaced; what it looks like stands in a table beside this file. No input or output."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

from weighbridge.cards.parts import Part
from weighbridge.cards.tongues import characters

_WORD = re.compile(r"[^\W\d_]{2,}")
_ITALIC_LINE = re.compile(r"\s*(?:\*(?!\*)[^*\n]+\*|_(?!_)[^_\n]+_)\s*")
_MARKS = re.compile(r"[*_`#]+")
_OPENING = ("[", "<", "h", "*", "_", "-", "(", "!", "")
_LINK_ONLY = re.compile(r"\W*(?:\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)|<?https?://\S+>?)\W*")


@dataclass(frozen=True, slots=True)
class Hit:
    """Template text at a line, and the sections it stands in."""

    sections: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class _Table:
    values: frozenset[str]
    may_be_none: frozenset[str]
    signs: tuple[str, ...]
    """What every text below holds; looked for first, because it is cheap."""
    texts: re.Pattern[str]
    exact_texts: re.Pattern[str]
    links: re.Pattern[str]


@cache
def _table() -> _Table:
    text = package_files("weighbridge.cards").joinpath("placeholders.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return _Table(
        values=frozenset(document["values"]),
        may_be_none=frozenset(document["may_be_none"]),
        signs=tuple(document["signs"]),
        texts=re.compile("|".join(f"(?:{one})" for one in document["texts"]), re.IGNORECASE),
        exact_texts=re.compile("|".join(document["exact_texts"])),
        links=re.compile(document["link_texts"]),
    )


def hits_of(part: Part, references: frozenset[str]) -> Iterator[Hit]:
    """Yield the template text of one part; a value that is template text throughout counts once."""
    body = [piece for piece in part.pieces if piece.kind in ("text", "row")]
    if part.labelled and body and is_empty_value(" ".join(piece.text for piece in body), part.sections):
        yield Hit(part.sections, body[0].line)
        return
    for piece in part.pieces:
        if piece.kind in ("label", "text", "row") and without_template(piece.text, references) is not None:
            yield Hit(part.sections, piece.line)


def is_empty_value(value: str, sections: tuple[str, ...]) -> bool:
    """Tell whether a whole value says nothing: `TBD`, `[More Information Needed]`, `None` where that is no answer."""
    value = value.strip()
    if len(value) > 200:
        return False
    table = _table()
    bare = value if value == "``" else _MARKS.sub("", value).strip().strip("[]").strip().rstrip(".").lower() or value
    honest = bare in ("none", "n/a", "na") and bool(table.may_be_none & set(sections))
    return bare in table.values and not honest


def without_template(text: str, references: frozenset[str]) -> str | None:
    """Return `text` without its template text, or `None` when it has none."""
    table = _table()
    if not any(map(text.lower().__contains__, table.signs)):
        return None
    left = table.exact_texts.sub(" ", table.texts.sub(" ", text))
    left = table.links.sub(lambda match: match[0] if match[1].upper() in references else " ", left)
    return left if left != text else None


def words_of(text: str, shown: str) -> int:
    """Count the words of what is shown of a text: none where it is only a link, and none of an instruction in italics."""
    if text.lstrip()[:1] in _OPENING and (_LINK_ONLY.fullmatch(text) or _ITALIC_LINE.fullmatch(text)):
        return 0
    chinese = characters(shown)
    return len(_WORD.findall(shown)) + chinese // 2
