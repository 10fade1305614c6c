"""URIs of models and data sets, as attestations write them. No input or output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, TypeAlias

from weighbridge.model.signatures import Dependency
from weighbridge.provenance.tables import table

HubKind: TypeAlias = Literal["model", "dataset"]
_NAME = r"(?P<name>[\w.-]{1,96}/[\w.-]{1,96}?)"
_PIN = re.compile(r"[0-9a-f]{40}")


def dependency(uri: str, digests: Mapping[str, str]) -> Dependency:
    """Return what a resource descriptor is about; a commit in the URI counts as its digest."""
    for kind, patterns in _patterns().items():
        for pattern in patterns:
            match = pattern.fullmatch(uri)
            if match is not None:
                pin = match["pin"]
                known = {"gitCommit": pin, **digests} if pin and _PIN.fullmatch(pin) else dict(digests)
                return Dependency(match["name"], kind, uri, known)
    return Dependency(uri, "other", uri, dict(digests))


@cache
def _patterns() -> Mapping[HubKind, tuple[re.Pattern[str], ...]]:
    written = table("predicates")["uris"]
    return {"dataset": _compiled(written["dataset"]), "model": _compiled(written["model"])}


def _compiled(forms: list[str]) -> tuple[re.Pattern[str], ...]:
    """Read forms such as `pkg:huggingface/NAME@PIN`; what separates the pin may be missing together with it."""
    found = []
    for form in forms:
        head, _, tail = form.partition("NAME")
        separator = tail.removesuffix("PIN")
        found.append(re.compile(f"{re.escape(head)}{_NAME}(?:{re.escape(separator)}(?P<pin>[\\w./-]{{1,200}}))?/?"))
    return tuple(found)
