"""
What running text says about where a model comes from.

Conservative on purpose: only sentences that speak of this model count, and only names that look like models. No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighbridge.model.text import Line

MOST_PARENTS = 16
"""Parents kept that only running text names."""

_NAME = r"[`*\"'\[]{0,4}((?:[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/)?[A-Za-z0-9][A-Za-z0-9_.-]{1,95})"
_DETERMINER = r"(?:(?:the|a|an|our|pre-?trained|base|model|[A-Z][A-Za-z]{1,30}'s)\s{1,3}){0,3}"
_FROM = re.compile(
    r"\b(?:fine-?tun(?:ed?|ing)(?:\s(?:version|variant|model|checkpoint))?\s{1,3}(?:from|of)"
    r"|(?:further|continued|instruction)[ -](?:tuned|trained|pre-?trained)\s(?:from|on top of)"
    r"|(?:tuned|trained|initiali[sz]ed|derived|distilled|merged|converted)\s{1,3}from"
    r"|trained\s{1,3}on\s{1,3}top\s{1,3}of|(?:based|built)\s{1,3}(?:on|upon)(?:\s{1,3}top\s{1,3}of)?"
    r"|quanti[sz]ed\s(?:version|variant|model)\s{1,3}of)\s{1,3}" + _DETERMINER + _NAME,
    re.IGNORECASE,
)
_TEACHER = re.compile(
    r"\b(?:distilled\s{1,3}from|distill\w{2,7}\s(?:\w{1,20}\s){0,4}(?:from|of|with)|(?:using|with|from|by)\s{1,3}(?:the\s)?teacher(?:\s(?:model|network))?"
    r"|teacher(?:\s(?:model|network))?\s(?:is|was)|(?:generated|synthesi[sz]ed|annotated|labell?ed)\s{1,3}(?:by|with|using))\s{1,3}"
    + _DETERMINER
    + _NAME,
    re.IGNORECASE,
)
_TEACHER_KEY = re.compile(r"(?:teacher(?:\smodel)?s?|distilled\sfrom(?:\smodel)?)", re.IGNORECASE)
_FROM_CHINESE = re.compile("基[于於]\\s{0,3}" + _NAME)
_KEY = re.compile(
    r"(?:fine-?tuned|quanti[sz]ed|derived|distilled|tuned|trained)\s(?:from|of)(?:\s(?:the\s)?(?:base\s)?model)?"
    r"|(?:base|parent|source)\smodels?|models?\smerged",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(r"\W{0,4}" + _NAME)
_CHANGED = r"(fine-?tun(?:ed?|ing)|quanti[sz](?:ed|ation)|merged?|distilled)"
_ABOUT_THIS = re.compile(
    r"\b(?:this|the|our)\s(?:[\w.-]{1,40}\s){0,2}(?:model|checkpoint|repo(?:sitory)?|version|adapter|release)\s"
    r"(?:card\s)?(?:is|was|has been|contains|holds)\s(?:[\w.,()-]{1,40}\s){0,4}?" + _CHANGED + r"\b",
    re.IGNORECASE,
)
_IT_IS = re.compile(
    r"(?:^|[.!?]\s)(?:it|this)\s(?:is|was|has been)\s(?:[\w.,()-]{1,40}\s){0,3}?" + _CHANGED + r"\b",
    re.IGNORECASE | re.MULTILINE,
)
_LINE_BEGINS = re.compile(
    r"^\W{0,4}(?:an?\s|the\s)?(?:[\w.-]{1,20}\s)?"
    + _CHANGED
    + r"\s(?:version|variant|model|from|of|[\w.-]{1,60}/[\w.-]{1,90})\b",
    re.IGNORECASE | re.MULTILINE,
)
_FROM_BASE = re.compile(r"\b(tuned|trained)\s(?:from|on\stop\sof)\s(?!scratch|random|zero)", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:prun(?:ed|ing)|distill(?:ed|ation|ing)|depth[ -]up-?scal\w{1,5}|up-?scaled|layers?\s(?:were\s)?(?:removed|dropped|duplicated)"
    r"|experts?\s(?:were\s)?(?:removed|merged|pruned)"
    r"|(?:add(?:ed|ing)|new|additional|extra|special)\s(?:\w{1,20}\s){0,2}tokens"
    r"|(?:extend|expand|enlarg)(?:ed|ing)?\s(?:the\s)?(?:\w{1,20}\s)?(?:vocabulary|tokenizer)"
    r"|vocabulary\s(?:was\s|has\sbeen\s)?(?:extended|expanded|enlarged|extension|expansion))\b|扩[充展](?:中文)?词表",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prose:
    """What running text says."""

    parents: tuple[str, ...] = ()
    """Names after words such as "fine-tuned from", as written."""
    derived_by: tuple[str, ...] = ()
    """Words that say this model was made from another."""
    documented_change: bool = False
    teachers: tuple[str, ...] = ()
    """Names of models whose answers this one was trained on, as written."""


def read_prose(lines: Sequence[Line]) -> Prose:
    """Read the visible text of a card."""
    text = "\n".join(f"{line.key}: {line.text}" if line.key is not None else line.text for line in lines)
    keyed = list(_keyed(lines))
    found = [*keyed, *_named(text)]
    words = [match[1].lower() for pattern in (_ABOUT_THIS, _IT_IS, _LINE_BEGINS) for match in pattern.finditer(text)]
    words.extend(f"{match[1].lower()} from" for match in _FROM_BASE.finditer(text) if found)
    if _FROM_CHINESE.search(text) is not None and found:
        words.append("基于")
    if keyed:
        words.append("base model")
    parents = dict.fromkeys(found)
    return Prose(
        tuple(parents)[:MOST_PARENTS],
        tuple(dict.fromkeys(words)),
        _CHANGE.search(text) is not None,
        tuple(dict.fromkeys(_teachers(lines, text)))[:MOST_PARENTS],
    )


def _teachers(lines: Sequence[Line], text: str) -> Iterator[str]:
    for line in lines:
        if line.key is not None and _TEACHER_KEY.fullmatch(line.key.strip("*_ ")):
            match = _NAME_ALONE.match(line.text)
            name = _model_name(match[1]) if match is not None else None
            if name is not None:
                yield name
    for match in _TEACHER.finditer(text):
        name = _model_name(match[1])
        if name is not None:
            yield name


def _keyed(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.key is not None and _KEY.fullmatch(line.key.strip("*_ ")):
            match = _NAME_ALONE.match(line.text)
            name = _model_name(match[1]) if match is not None else None
            if name is not None:
                yield name


def _named(text: str) -> Iterator[str]:
    for pattern in (_FROM, _FROM_CHINESE):
        for match in pattern.finditer(text):
            name = _model_name(match[1])
            if name is not None:
                yield name


def _model_name(text: str) -> str | None:
    """Return a name that looks like a model: an owner and a name, or letters and digits in one word."""
    name = text.rstrip(".-_/")
    if re.fullmatch(r"[\d.,]+[a-zA-Z%]?", name):
        return None
    has_letter, has_digit = re.search(r"[A-Za-z]{2}", name), re.search(r"\d", name)
    return name if has_letter and (has_digit or "/" in name) else None
