"""`weighbridge policies facts`: the exact document that policies would see."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from weighbridge.cli.manifests import Manifests, read, requests
from weighbridge.cli.neighbors import neighbors
from weighbridge.cli.options import add_judging, add_profile, labels_of, settings_of
from weighbridge.cli.showing import show
from weighbridge.errors import UserError
from weighbridge.facts import Facts
from weighbridge.model.evidence import Place
from weighbridge.model.requests import Request
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Verdict
from weighbridge.settings import Settings
from weighbridge.wiring import reviewing


@dataclass(slots=True)
class _Keeps:
    """Stands where the policies are asked, and keeps the question."""

    document: Facts | None = None

    async def judge(self, document: Facts, places: Mapping[str, Mapping[str, Place]]) -> Verdict:  # noqa: ARG002
        """Keep the document; nobody is asked."""
        self.document = document
        return Verdict("audit", allowed=True, would_allow=True, undecided=False, findings=(), revision="")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "facts",
        help="print what policies would see of a manifest",
        description="Prints the exact input document of each object that names a model, as JSON; asks no policy.",
        epilog="exit codes: 0, 2 usage, 3 something could not be read",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="manifest files or folders; - is standard input")
    add_judging(parser)
    add_profile(parser)
    parser.add_argument("--namespace", default="default", help="namespace of objects that name none (default: default)")
    parser.add_argument(
        "--namespace-labels", default="", metavar="K=V,…", help="labels of namespaces the input does not define"
    )
    parser.add_argument(
        "--object", metavar="KIND/NAME", help="print the document of this object alone, as `opa eval --input` takes it"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Gather, print, and return the exit code."""
    labels = labels_of(arguments.namespace_labels)
    manifests = read(arguments.paths)
    todo = requests(manifests, arguments.namespace, labels)
    kept = asyncio.run(_documents(settings_of(arguments), manifests, todo, arguments.namespace))
    if arguments.object:
        show(_pretty(_only(kept, arguments.object)))
    else:
        objects = [{**_named(request), "input": msgspec.Raw(document.body)} for request, document in kept]
        show(_pretty(msgspec.json.encode({"version": 1, "objects": objects, "problems": list(manifests.problems)})))
    return 3 if manifests.problems else 0


async def _documents(
    settings: Settings, manifests: Manifests, todo: tuple[Request, ...], namespace: str
) -> list[tuple[Request, Facts]]:
    kept = []
    around = neighbors(manifests, namespace)
    async with reviewing(settings) as reviewer_by:
        for request in todo:
            judge = _Keeps()
            await reviewer_by(judge).reading(around).review(request, settings.gather_seconds)
            if judge.document is not None:
                kept.append((request, judge.document))
    return kept


def _only(kept: list[tuple[Request, Facts]], name: str) -> bytes:
    named = [(f"{one['kind']}/{one['name']}", document) for request, document in kept for one in [_named(request)]]
    found = [document for title, document in named if title.lower() == name.lower()]
    if len(found) != 1:
        there = ", ".join(sorted({printable(title, 80) for title, _ in named})[:10]) or "none"
        raise UserError(
            f"--object {printable(name, 80)}: {len(found) or 'no'} such objects that name a model, expected one. "
            f"Fix: name one of: {there}"
        )
    return found[0].body


def _named(request: Request) -> dict[str, object]:
    metadata = request.object.get("metadata")
    return {
        "file": request.where.file if request.where else None,
        "line": request.where.line if request.where else None,
        "apiVersion": request.object.get("apiVersion"),
        "kind": request.object.get("kind"),
        "namespace": request.namespace.name or None,
        "name": metadata.get("name") if isinstance(metadata, Mapping) else None,
    }


def _pretty(body: bytes) -> str:
    return msgspec.json.format(body, indent=1).decode() + "\n"
