"""`weighbridge license`: what a model or a file says about its license, and what binds whoever uses it."""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path

from weighbridge.cli.options import add_sources
from weighbridge.cli.showing import show
from weighbridge.engine import bundles
from weighbridge.errors import UserError
from weighbridge.licenses import LicenseTable, Shown, file_statement, terms
from weighbridge.model.evidence import Evidence, License
from weighbridge.model.refs import ModelRef
from weighbridge.reports.evidence import not_known
from weighbridge.reports.licenses import FORMATS, FilePage, ModelPage
from weighbridge.settings import DEFAULT_HUB, Settings
from weighbridge.wiring import gathering

FILE_BYTES = 1024 * 1024
"""Of a license file that is read."""
_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}(?:@[\w./-]{1,200})?", re.ASCII)
_ASKED = ("license", "lineage", "terms", "resolved", "card")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "license",
        help="explain a license and its chain",
        description="Shows what a model declares where, which texts were recognized, the chain it was made along, "
        "and what follows from it; or which license the text in a file is. Policy data, not legal advice.",
        epilog="exit codes: 0, 2 usage, 3 something could not be learnt",
    )
    parser.add_argument("asked", metavar="MODEL|FILE", help="a license file, or a model: ORG/NAME[@REVISION]")
    add_sources(parser)
    parser.add_argument("--output", choices=tuple(FORMATS), default="terminal", help="(default: terminal)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, print, and return the exit code."""
    documents = bundles.load(arguments.policies or bundles.default_folder()).documents
    table = LicenseTable.from_document(documents.get("licenses"))
    path = Path(arguments.asked)
    if path.is_file():
        show(FORMATS[arguments.output](_file_page(path, table)))
        return 0
    evidence = asyncio.run(_gather(_settings(arguments), _model(arguments.asked)))
    show(FORMATS[arguments.output](ModelPage(evidence, _unknown(evidence), table.licenses)))
    return 3 if _unknown(evidence) else 0


def _settings(arguments: argparse.Namespace) -> Settings:
    return Settings(
        policies=arguments.policies,
        hub=arguments.hub or DEFAULT_HUB,
        hub_token_file=arguments.hub_token_file,
        offline=arguments.offline,
    )


async def _gather(settings: Settings, ref: ModelRef) -> Evidence:
    async with gathering(settings) as gatherer:
        (evidence,) = await gatherer.gather([ref], settings.gather_seconds)
        return evidence


def _unknown(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return what of licenses and lineage could not be learnt; other facts are not asked about."""
    found = not_known(evidence)
    return tuple((fact, why) for fact, why in found if fact in _ASKED or fact.startswith("lineage of "))


def _model(text: str) -> ModelRef:
    if "://" in text:
        return ModelRef.parse(text)
    if _NAME.fullmatch(text):
        return ModelRef.parse(f"hf://{text}")
    raise UserError(f"{text}: neither a file nor a model, expected a path or ORG/NAME[@REVISION]")


def _file_page(path: Path, table: LicenseTable) -> FilePage:
    """Read one text. Raises `UserError` when it cannot be read or is too large."""
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > FILE_BYTES:
        raise UserError(
            f"{path}: larger than {FILE_BYTES // 1024 // 1024} MiB, no license text is. Fix: name the text alone"
        )
    statement = file_statement(path.name, content, table)
    key = statement.text.id
    own = License(statement.title, key, "license_file", label_only=False, custom=False, name=None, also_named=())
    found = terms(path.name, own, None, Shown((statement.text,)), table.licenses, table.chain)
    differences = tuple((one.line, one.what) for one in statement.differences)
    return FilePage(str(path), statement.title, statement.text, differences, statement.named, found, table.licenses)
