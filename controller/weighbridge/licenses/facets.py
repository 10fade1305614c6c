"""
What licenses say, and how it travels: the parts `facets` and `chain` of `policies/data/licenses.yaml`.

The one vocabulary: a key or a word outside it refuses the table, so that a typing error is never a term that nobody has.
What follows from a term is asked by policies. No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weighbridge.errors import BadPolicies
from weighbridge.model.tables import mapping, strings
from weighbridge.model.terms import Via

WORDS: Mapping[str, tuple[str, ...]] = {
    "verified": ("text", "common", "card", "unverified"),
    "commercial": ("yes", "no", "conditional", "unknown"),
    "field_of_use": ("none", "aup", "list", "unknown"),
    "share_alike": ("yes", "no", "restrictions_only", "unknown"),
    "derivatives": ("yes", "no", "unknown"),
    "revocable": ("yes", "no", "unknown"),
    "pass_through": ("none", "copy_of_license", "restrictions_and_copy", "attribution_and_link", "unknown"),
    "outputs_train": (
        "unrestricted", "named", "derivative", "same-family-only", "no-competing", "non-commercial-only", "forbidden", "unknown",
    ),
}  # fmt: skip
"""Facets that every license has, with all they may say."""
ALWAYS = (*WORDS, "name", "family", "threshold")
"""Keys that every license has."""
FLAGS = ("modified_files_notice", "remote_restriction", "network_use")
ENDS = (
    "breach", "ip_litigation", "patent_litigation", "any_time_on_notice", "guardrail_bypass", "revenue_threshold",
)  # fmt: skip
MEASURES = ("users", "revenue")
_IN_WORDS = ("notice", "guardrails", "relicense", "law", "note", "source")
_STRUCTURED = ("thresholds", "display_above", "territory", "naming", "display", "terminates", "clauses")
FACETS = (
    *(facet for facet in WORDS if facet != "verified"),
    "threshold", "territory", "naming", "notice", "display", *FLAGS, "terminates",
)  # fmt: skip
"""Facets that can be a term."""
_VIA: Mapping[object, Via] = {"weights": "weights", "outputs": "outputs", "data": "data"}


@dataclass(frozen=True, slots=True)
class LicenseFacets:
    """One license."""

    key: str
    name: str
    words: Mapping[str, str]
    """Facet → what it says, each in one text; a facet the license does not have is absent."""
    clauses: Mapping[str, str]
    display: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainTable:
    """How terms travel."""

    relations: Mapping[str, Via]
    carried: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, tuple[str, ...]]
    binding: Mapping[str, tuple[str, ...]]
    strictest: Mapping[str, tuple[str, ...]]


def read_facets(value: object) -> dict[str, LicenseFacets]:
    """Read `licenses.facets`. Raises `BadPolicies` with the name of the key that is wrong."""
    facets = mapping(value, "licenses.facets")
    found = {key: _license(key, mapping(entry, f"licenses.facets.{key}")) for key, entry in facets.items()}
    for key, entry in facets.items():
        family = mapping(entry, f"licenses.facets.{key}").get("family")
        if family not in found:
            raise BadPolicies(f"licenses.facets.{key}.family: {family!r} is no key of licenses.facets")
    return found


def read_chain(value: object) -> ChainTable:
    """Read `licenses.chain`. Raises `BadPolicies`."""
    chain = mapping(value, "licenses.chain")
    relations: dict[str, Via] = {}
    for relation, via in mapping(chain.get("relations"), "licenses.chain.relations").items():
        if via not in _VIA:
            raise BadPolicies(
                f"licenses.chain.relations.{relation}: got {via!r}, expected one of {', '.join(map(str, _VIA))}"
            )
        relations[relation] = _VIA[via]
    return ChainTable(
        relations,
        _lists(chain, "carried", ("weights", "data"), FACETS),
        _lists(chain, "outputs", WORDS["outputs_train"], FACETS),
        _lists(chain, "binding", WORDS),
        _lists(chain, "strictest", WORDS),
    )


def _lists(
    chain: Mapping[str, object],
    part: str,
    keys: Mapping[str, tuple[str, ...]] | tuple[str, ...],
    words: tuple[str, ...] = (),
) -> dict[str, tuple[str, ...]]:
    """Read lists of known words by known keys; where the keys have words of their own, those are the known ones."""
    where = f"licenses.chain.{part}"
    found: dict[str, tuple[str, ...]] = {}
    for key, value in mapping(chain.get(part), where).items():
        if key not in keys:
            raise BadPolicies(f"{where}.{key}: expected one of {', '.join(keys)}")
        known = keys[key] if isinstance(keys, Mapping) else words
        found[key] = strings(value, f"{where}.{key}") if value != [] else ()
        for word in found[key]:
            if word not in known:
                raise BadPolicies(f"{where}.{key}: got {word!r}, expected of {', '.join(known)}")
    return found


def _license(key: str, entry: Mapping[str, object]) -> LicenseFacets:
    where = f"licenses.facets.{key}"
    for facet in ALWAYS:
        if facet not in entry:
            raise BadPolicies(f"{where}.{facet}: missing")
    for facet in entry:
        if facet not in (*ALWAYS, *FLAGS, *_IN_WORDS, *_STRUCTURED):
            raise BadPolicies(f"{where}.{facet}: no such facet")
    clauses = mapping(entry["clauses"], f"{where}.clauses") if "clauses" in entry else {}
    display = strings(entry["display"], f"{where}.display") if "display" in entry else ()
    words = dict(_words(entry, where))
    return LicenseFacets(key, words["name"], words, {facet: str(clause) for facet, clause in clauses.items()}, display)


def _words(entry: Mapping[str, object], where: str) -> Iterator[tuple[str, str]]:
    """Say each facet in one text, and refuse what is outside the vocabulary."""
    for facet, value in entry.items():
        at = f"{where}.{facet}"
        if facet in WORDS or facet in FLAGS:
            yield facet, _word(value, WORDS.get(facet, ("yes",)), at)
        elif facet in ("thresholds", "display_above"):
            yield facet, " or ".join(_threshold(one, at) for one in _list(value, at))
        elif facet == "territory":
            yield facet, _territory(mapping(value, at), at)
        elif facet == "naming":
            yield facet, _naming(mapping(value, at), at)
        elif facet in ("display", "terminates"):
            known = ENDS if facet == "terminates" else None
            yield facet, " or ".join(_word(one, known or (one,), at) for one in strings(value, at))
        elif facet != "clauses":
            if not isinstance(value, str):
                raise BadPolicies(f"{at}: got {value!r}, expected text")
            if value:
                yield facet, value


def _word(value: object, known: tuple[str, ...], at: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadPolicies(f"{at}: got {value!r}, expected one of {', '.join(known)}. Quote yes and no.")
    return value


def _list(value: object, at: str) -> list[object]:
    if not isinstance(value, list) or not value:
        raise BadPolicies(f"{at}: expected a list with entries, got {type(value).__name__}")
    return value


def _threshold(value: object, at: str) -> str:
    entry = mapping(value, at)
    above, says = entry.get("above"), entry.get("says")
    _word(entry.get("of"), MEASURES, f"{at}.of")
    if isinstance(above, bool) or not isinstance(above, int) or not isinstance(says, str) or len(entry) != 3:
        raise BadPolicies(f"{at}: got {dict(entry)!r}, expected {{of: users, above: a whole number, says: text}}")
    return f"above {says}"


def _territory(entry: Mapping[str, object], at: str) -> str:
    if set(entry) != {"regions", "model_types"}:
        raise BadPolicies(f"{at}: expected regions and model_types, got {', '.join(entry)}")
    types = entry["model_types"]
    only = "" if types == [] else f" for {', '.join(strings(types, f'{at}.model_types'))}"
    return f"not in {', '.join(strings(entry['regions'], f'{at}.regions'))}{only}"


def _naming(entry: Mapping[str, object], at: str) -> str:
    prefix = entry.get("prefix")
    if not isinstance(prefix, str) or not prefix or not isinstance(entry.get("outputs"), bool) or len(entry) != 2:
        raise BadPolicies(f"{at}: got {dict(entry)!r}, expected {{prefix: text, outputs: true or false}}")
    return prefix
