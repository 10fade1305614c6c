"""
Bills of materials about a model: CycloneDX 1.5 to 1.7 (machine-learning-model) and the SPDX 3.0 AI profile.

What is read is what a card says too: license, parents, data sets, measurements. No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weighbridge.model.signatures import Claim
from weighbridge.model.text import printable
from weighbridge.provenance.uris import dependency
from weighbridge.provenance.walking import at, digests, items, pin_of, text


def describes_model(predicate: Mapping[str, object]) -> bool:
    """Tell a bill of materials about a model from one about software."""
    return next(_components(predicate), None) is not None or next(_packages(predicate), None) is not None


def bom_claims(predicate: Mapping[str, object]) -> Iterator[Claim]:
    """Return what a bill of materials says of the model."""
    for component in _components(predicate):
        yield from _cyclonedx(component)
    yield from _spdx(predicate)


def _components(predicate: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Return the model: the subject of the document, else its first component of that type."""
    subject = at(predicate, "metadata", "component")
    candidates = [subject, *items(predicate.get("components"))]
    for one in candidates:
        if isinstance(one, Mapping) and one.get("type") == "machine-learning-model":
            yield one
            return


def _cyclonedx(component: Mapping[str, object]) -> Iterator[Claim]:
    for entry in items(component.get("licenses")):
        license_ = (
            text(at(entry, "license", "id")) or text(at(entry, "expression")) or text(at(entry, "license", "name"))
        )
        if license_ is not None:
            yield Claim("license", license_, None)
    for entry in items(at(component, "pedigree", "ancestors")):
        yield from _named("base_model", entry)
    for entry in items(at(component, "modelCard", "modelParameters", "datasets")):
        yield from _named("dataset", entry)
    for entry in items(at(component, "modelCard", "quantitativeAnalysis", "performanceMetrics")):
        metric, value = text(at(entry, "type")), at(entry, "value")
        if metric is not None and isinstance(value, int | float | str):
            yield Claim("evaluation", printable(f"{metric} {value}", 200), None)


def _named(about: str, entry: object) -> Iterator[Claim]:
    hashes = {str(at(one, "alg")): at(one, "content") for one in items(at(entry, "hashes"))}
    known = digests({algorithm.lower().replace("-", ""): value for algorithm, value in hashes.items()})
    uri = text(at(entry, "purl")) or text(at(entry, "contents", "url"))
    named = text(at(entry, "name")) or text(at(entry, "ref"))
    group = text(at(entry, "group"))
    if uri is None and named is None:
        return
    found = dependency(uri or f"{group}/{named}" if group or uri else named or "", known)
    yield Claim("base_model" if about == "base_model" else "dataset", found.name, pin_of(found.digests))


def _packages(predicate: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for one in items(predicate.get("@graph")):
        if isinstance(one, Mapping) and one.get("type") == "ai_AIPackage":
            yield one


def _spdx(predicate: Mapping[str, object]) -> Iterator[Claim]:
    elements = {str(at(one, "spdxId")): one for one in items(predicate.get("@graph"))}
    models = {str(one.get("spdxId")) for one in _packages(predicate)}
    for one in items(predicate.get("@graph")):
        if at(one, "type") not in ("Relationship", "LifecycleScopedRelationship") or at(one, "from") not in models:
            continue
        for target in items(at(one, "to")):
            element = elements.get(str(target))
            name = text(at(element, "name")) or text(at(element, "simplelicensing_licenseExpression"))
            match at(one, "relationshipType"):
                case "trainedOn" | "testedOn" if name is not None:
                    yield Claim("dataset", name, None)
                case "descendantOf" if name is not None:
                    yield Claim("base_model", name, None)
                case "hasDeclaredLicense" | "hasConcludedLicense" if name is not None:
                    yield Claim("license", name, None)
                case _:
                    pass
