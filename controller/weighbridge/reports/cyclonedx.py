"""
CycloneDX 1.6 in JSON: a bill of materials of models (source: ECMA-424).

It has no serial number and no time, so that equal inventories give equal files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from weighbridge import __version__
from weighbridge.model.text import printable
from weighbridge.reports.inventory import Item
from weighbridge.reports.run import Run

_LONGEST = 1000
_SHA256 = 64


def bill(items: Sequence[Item], run: Run) -> Mapping[str, object]:
    """Return the document: a component for each model and for each root, and what is made from what."""
    models = {_reference(one.ref): _component(one) for one in items}
    roots = {_root(root.name): root for one in items for root in one.roots}
    ancestors = [
        {
            "type": "machine-learning-model",
            "bom-ref": reference,
            "name": printable(root.name, _LONGEST),
            **_licenses(root.license),
        }
        for reference, root in sorted(roots.items())
    ]
    edges = [
        {"ref": _reference(one.ref), "dependsOn": sorted({_root(root.name) for root in one.roots})} for one in items
    ]
    problems = [_property("notRead", problem) for problem in run.problems]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "weighbridge", "version": __version__}]},
            "properties": [_property("bundle", run.revision), *problems],
        },
        "components": [*models.values(), *ancestors],
        "dependencies": edges,
    }


def _component(item: Item) -> Mapping[str, object]:
    version = item.commit or item.digest
    return {
        "type": "machine-learning-model",
        "bom-ref": _reference(item.ref),
        "name": printable(item.ref, _LONGEST),
        **({"version": printable(version, _LONGEST)} if version else {}),
        **_licenses(item.license.id or item.license.declared),
        **_hashes(item.digest),
        "properties": list(_properties(item)),
    }


def _licenses(name: str | None) -> Mapping[str, object]:
    """A name, never an id: a validator refuses ids that SPDX does not list, and most licenses of models are not listed."""
    return {"licenses": [{"license": {"name": printable(name, _LONGEST)}}]} if name else {}


def _hashes(digest: str | None) -> Mapping[str, object]:
    algorithm, _, value = (digest or "").partition(":")
    if algorithm != "sha256" or len(value) != _SHA256 or not set(value) <= set("0123456789abcdef"):
        return {}
    return {"hashes": [{"alg": "SHA-256", "content": value}]}


def _properties(item: Item) -> Iterator[Mapping[str, str]]:
    if item.content:
        yield _property("content", item.content)
    yield _property("license", item.license.state)
    yield _property("lineageKnown", str(item.lineage_known).lower())
    for use in item.uses:
        yield _property("usedBy", "/".join(part for part in (use.cluster, use.namespace, use.kind, use.name) if part))
    for claimed in sorted({use.owner for use in item.uses if use.owner}):
        yield _property("owner", claimed)


def _property(name: str, value: str) -> Mapping[str, str]:
    return {"name": f"weighbridge:{name}", "value": printable(value, _LONGEST)}


def _reference(ref: str) -> str:
    return f"model-{_digest(ref)}"


def _root(name: str) -> str:
    return f"root-{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]
