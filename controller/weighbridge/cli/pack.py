"""`weighbridge pack`: writes evidence about a model, without its weights."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from weighbridge.cli.options import add_sources, sources_of
from weighbridge.errors import OutputError
from weighbridge.gathering.recording import Recording, packed
from weighbridge.model.evidence import Evidence, Resolved
from weighbridge.model.outcomes import Found, Missing, Unknown
from weighbridge.model.refs import ModelRef
from weighbridge.reports.evidence import not_known
from weighbridge.settings import Settings
from weighbridge.sources.pack_folder import write_pack
from weighbridge.sources.pack_format import MANIFEST, PackManifest, written
from weighbridge.wiring import recording

GATHER_SECONDS = 600.0
"""Nobody waits at the gate for a pack."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "pack",
        help="write evidence about a model, without its weights",
        description="Writes everything a review reads about a model and its lineage, without weights, as one folder: for clusters "
        "without a hub, gated models and upstreams that may go away.",
        epilog="exit codes: 0 written whole, 1 not written or parts could not be learnt, 2 usage",
    )
    parser.add_argument(
        "model", metavar="MODEL", help="org/name, org/name@revision, or a reference such as hf://org/name"
    )
    parser.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="folder of packs; the pack is one below it"
    )
    add_sources(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Gather, write, and return the exit code."""
    ref = ModelRef.parse(arguments.model if "://" in arguments.model else f"hf://{arguments.model}")
    evidence, recorded = asyncio.run(_gather(sources_of(arguments), ref))
    match evidence.resolved:
        case Found(value=resolved):
            return _write(arguments.to, ref, resolved, evidence, recorded)
        case Missing(looked_at=where):
            return _said(f"nothing to pack: there is no {where}")
        case Unknown() as unknown:
            return _said(f"nothing to pack: {unknown.detail or unknown.because}")


async def _gather(settings: Settings, ref: ModelRef) -> tuple[Evidence, Mapping[str, Recording]]:
    async with recording(settings, ref) as (gatherer, recorders):
        (evidence,) = await gatherer.gather([ref], GATHER_SECONDS)
        return evidence, {scheme: one.recording for scheme, one in recorders.items()}


def _write(root: Path, ref: ModelRef, resolved: Resolved, evidence: Evidence, recorded: Mapping[str, Recording]) -> int:
    found = [packed(one, scheme, ref.repository) for scheme, one in recorded.items()]  # the model's scheme comes first
    repositories = tuple(one for some, _, _ in found for one in some)
    absent = tuple(one for _, some, _ in found for one in some)
    blobs = {sha256: content for _, _, some in found for sha256, content in some.items()}
    at = resolved.commit or resolved.digest or ""
    digest = evidence.content_digest.value if isinstance(evidence.content_digest, Found) else None
    model = str(ModelRef(ref.scheme, ref.repository, at, ref.file))
    manifest = PackManifest(model, digest if isinstance(digest, str) else None, repositories, absent)
    name = folder_name(ref.scheme, ref.repository, at)
    try:
        folder = write_pack(root, name, written(manifest), blobs)
    except OSError as error:
        raise OutputError(f"{root / name}: cannot be written: {error.strerror or error}") from error
    stored = sum(len(content) for content in blobs.values())
    sys.stdout.write(f"{folder / MANIFEST}: {len(repositories)} repositories, {stored / 1024:.0f} KiB, {model}\n")
    gaps = [(fact, why) for fact, why in not_known(evidence) if fact != "scan"]
    for fact, why in gaps:
        sys.stderr.write(f"weighbridge: not in the pack: {fact}: {why}\n")
    return 1 if gaps else 0


def folder_name(scheme: str, repository: str, at: str) -> str:
    """Return the name of a pack's folder: `hf--acme--chat@3f9c2e1a3f9c`."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "--", f"{scheme}/{repository}").strip("-.")
    return f"{readable[:150]}@{at.rpartition(':')[2][:12]}"


def _said(text: str) -> int:
    sys.stderr.write(f"weighbridge: {text}\n")
    return 1
