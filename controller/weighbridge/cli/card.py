"""`weighbridge card`: what a model card says and lacks, marked as a reviewer would."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from weighbridge.building import sources_of
from weighbridge.cards import CARD, SECTIONS, Weights, completeness, read_card
from weighbridge.cli.options import add_sources
from weighbridge.engine import bundles
from weighbridge.errors import BadPolicies, UserError
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.reports.cards import CARD_FORMATS, CardPage
from weighbridge.settings import DEFAULT_HUB, Settings
from weighbridge.sources.interface import Hosts, Source, source_of

CARD_BYTES = 1024 * 1024
"""Of a card that is read, as in the cluster."""
_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}(?:@[\w./-]{1,200})?", re.ASCII)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "card",
        help="show what a model card says and lacks",
        description="Reads model cards and marks their sections: what is said and where, what is vague, what to add.",
        epilog="exit codes: 0, 2 usage, 3 a hub did not answer or a file could not be read",
    )
    parser.add_argument(
        "cards",
        nargs="+",
        metavar="PATH|MODEL",
        help=f"a card, a folder with {CARD}, or a model: ORG/NAME[@REVISION] or oci://HOST/NAME[:TAG]",
    )
    add_sources(parser)
    parser.add_argument("--output", choices=tuple(CARD_FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, mark, print, and return the exit code."""
    folder = arguments.policies or bundles.default_folder()
    reader = _Reader(weights_of(bundles.load(folder).documents))
    settings = Settings(
        hub=arguments.hub or DEFAULT_HUB,
        hub_token_file=arguments.hub_token_file,
        registries=tuple(arguments.registry),
        registry_config_file=arguments.registry_config_file,
        offline=arguments.offline,
    )
    asyncio.run(reader.read([_asked(one) for one in arguments.cards], settings))
    sys.stdout.write(CARD_FORMATS[arguments.output](reader.pages, reader.problems))
    return 3 if reader.problems else 0


def weights_of(documents: Mapping[str, object]) -> Weights:
    """Take the weights out of the policy data. Raises `BadPolicies`."""
    table = documents.get("card_score")
    sections = _numbers(table.get("weights") if isinstance(table, Mapping) else None)
    values = _numbers(table.get("values") if isinstance(table, Mapping) else None)
    if (
        sections.keys() != set(SECTIONS)
        or values.keys() != {"missing", "vague", "stated"}
        or not sum(sections.values())
    ):
        raise BadPolicies(
            "data/card_score.yaml: expected weights of the eleven sections and values for missing, vague, stated. "
            "Fix: copy it from the shipped policies"
        )
    return Weights(sections, values)


def _numbers(table: object) -> dict[str, float]:
    entries = table.items() if isinstance(table, Mapping) else ()
    return {str(key): float(value) for key, value in entries if isinstance(value, int | float) and value >= 0}


@dataclass(slots=True)
class _Reader:
    weights: Weights
    pages: list[CardPage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def read(self, asked: list[Path | ModelRef], settings: Settings) -> None:
        """Read every card in turn."""
        async with sources_of(settings) as sources:
            for one in asked:
                content = await _fetched(one, sources) if isinstance(one, ModelRef) else _local(one)
                self._add(str(one), content)

    def _add(self, name: str, content: Outcome[bytes | Unreadable]) -> None:
        match content:
            case Found(value=value):
                self.pages.append(_refused(name, value) if isinstance(value, Unreadable) else self._page(name, value))
            case Missing(looked_at=looked_at):
                self.pages.append(CardPage(name, because=f"no model card: {looked_at}", present=False))
            case Unknown(detail=detail):
                self.problems.append(f"{name}: {detail}")

    def _page(self, name: str, content: bytes) -> CardPage:
        read = read_card(content)
        if isinstance(read, Unreadable):
            return _refused(name, read)
        lines = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return CardPage(name, read=read, lines=lines.split("\n"), completeness=completeness(read, self.weights))


def _asked(text: str) -> Path | ModelRef:
    """Tell files from models: what exists is a file. Raises `UserError` for what is neither."""
    path = Path(text)
    if path.exists():
        return path / CARD if path.is_dir() else path
    if text.startswith(("hf://", "oci://")):
        return ModelRef.parse(text)
    if _NAME.fullmatch(text):
        return ModelRef.parse(f"hf://{text}")
    raise UserError(f"{text}: neither a file nor a model, expected a path or ORG/NAME[@REVISION]")


def _refused(name: str, why: Unreadable) -> CardPage:
    return CardPage(name, because=f"cannot be read: {why.unreadable}")


def _local(file: Path) -> Outcome[bytes | Unreadable]:
    try:
        with file.open("rb") as stream:
            content = stream.read(CARD_BYTES + 1)
    except FileNotFoundError:
        return Missing(str(file))
    except OSError as error:
        return Unknown("unreachable", str(file), None, f"cannot be read: {error.strerror}")
    if len(content) > CARD_BYTES:
        return Found(Unreadable(f"larger than {CARD_BYTES // 1024 // 1024} MiB"))
    return Found(content)


async def _fetched(ref: ModelRef, sources: Mapping[str, Source | Hosts]) -> Outcome[bytes | Unreadable]:
    source = source_of(sources, ref.scheme, ref.repository)
    if isinstance(source, Unknown):
        return source
    resolved = await source.resolve(ref.repository, ref.revision)
    match resolved:
        case Found(value=now):
            return await source.read(ref.repository, now.commit or now.digest or "", CARD, CARD_BYTES)
        case Missing() | Unknown():
            return resolved
