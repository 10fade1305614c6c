"""`weighbridge models`: what each object names, without asking anybody."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping

import msgspec

from weighbridge.cli.manifests import read, requests
from weighbridge.cli.neighbors import found_in, neighbors
from weighbridge.cli.showing import show
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject, Request
from weighbridge.model.serving import FoundModels
from weighbridge.model.text import plural, printable
from weighbridge.workloads.locating import place_of

KINDS = {
    "hf": "hub",
    "modelscope": "hub",
    "s3": "object-store",
    "gs": "object-store",
    "az": "object-store",
    "oss": "object-store",
    "tos": "object-store",
    "pvc": "pvc",
    "hostpath": "hostpath",
    "file": "local-path",
    "oci": "oci-image",
    "http": "http",
    "https": "http",
    "ollama": "ollama",
    "ngc": "ngc",
    "catalog": "catalog",
    "cr": "cr",
}
"""Kind of place by scheme; any other scheme is `custom-scheme`."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "models",
        help="list the models that manifests name",
        description="Lists the models that manifests name, with where each name stands; asks no hub and no policy.",
        epilog="exit codes: 0, 2 usage, 3 a file of a folder could not be read",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="manifest files or folders; - is standard input")
    parser.add_argument("--output", choices=("terminal", "json"), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find, print, and return the exit code."""
    manifests = read(arguments.paths)
    around = neighbors(manifests, "")
    found = [(request, found_in(request, around)) for request in requests(manifests, "", {})]
    problems = list(manifests.problems)
    if arguments.output == "json":
        document = {
            "objects": [_object(request, one) for request, one in found if one.of_interest],
            "problems": problems,
        }
        show(msgspec.json.format(msgspec.json.encode({"version": 1, **document}), indent=1).decode() + "\n")
    else:
        show("\n".join([*_lines(found), *(f"not read  {printable(one)}" for one in problems)]) + "\n")
    return 3 if problems else 0


def _object(request: Request, found: FoundModels) -> Mapping[str, object]:
    metadata = request.object.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    stated: dict[str, object] = {}
    for serving in found.serving:
        for field in dataclasses.fields(serving.settings):
            value = getattr(serving.settings, field.name)
            if value is not None and value != ():
                stated.setdefault(field.name, value)
    return {
        "file": request.where.file if request.where else None,
        "line": request.where.line if request.where else None,
        "apiVersion": request.object.get("apiVersion"),
        "kind": request.object.get("kind"),
        "namespace": request.namespace.name or None,
        "name": name,
        "models": [_model(request.object, ref) for ref in found.references],
        "settings": stated,
        "problems": list(found.problems),
    }


def _model(obj: KubeObject, ref: ModelRef) -> Mapping[str, object]:
    """Return a reference as the object writes it; `leads_to` is what another object of the input makes of it."""
    claim = ref.found_at.claim
    followed = claim is not None and claim.startswith("cr://")
    return {
        "uri": claim or (ref.uri if ref.resolved else None),
        "raw": ref.found_at.raw,
        "role": ref.role,
        "kind": KINDS.get((claim or ref.scheme).partition(":")[0], "custom-scheme") if claim or ref.resolved else None,
        "revision": None if followed or ref.scheme == "ollama" else ref.revision,
        "file": ref.file,
        "via": ref.found_at.via,
        "container": ref.found_at.container,
        "path": place_of(obj, ref.found_at) or None,
        "unresolved": not ref.resolved,
        "unresolved_because": ref.unresolved_because,
        **({"leads_to": str(ref)} if followed and ref.resolved else {}),
    }


def _lines(found: list[tuple[Request, FoundModels]]) -> list[str]:
    lines = []
    for request, one in found:
        if not one.of_interest:
            continue
        described = _object(request, one)
        place = f"{described['file']}:{described['line']}"
        lines.append(f"{place}  {str(described['kind']).lower()}/{printable(str(described['name']), 80)}")
        for ref in one.references:
            container = f" in {ref.found_at.container}" if ref.found_at.container else ""
            because = f"  unresolved: {printable(ref.unresolved_because)}" if ref.unresolved_because else ""
            claim = f"  written {printable(ref.found_at.claim, 200)}" if ref.found_at.claim else ""
            path = place_of(request.object, ref.found_at)
            shown = f"  {printable(path, 200)}" if path not in ("", ref.found_at.via) else ""
            found_at = f"({printable(ref.found_at.via, 200)}{container})"
            lines.append(f"  {ref.role:<9} {printable(str(ref), 200)}{shown}  {found_at}{claim}{because}")
        if not one.references:
            lines.append("  no model named, though it asks for an accelerator or runs an engine")
    interest = sum(one.of_interest for _, one in found)
    lines.append(f"{plural(interest, 'object')} of interest among {len(found)}")
    return lines
