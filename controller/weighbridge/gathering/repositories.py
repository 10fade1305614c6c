"""Asks a source about repositories, file by file, and understands what it delivers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from weighbridge.cards import read_card
from weighbridge.gathering.asking import Deadline, Questions
from weighbridge.gathering.contents import Hashes, content_of
from weighbridge.gathering.parts import (
    CARD,
    MERGE,
    AdapterPart,
    CardPart,
    ConfigPart,
    FilesPart,
    GenerationPart,
    HeadersPart,
    NamesPart,
    Parts,
    StatedPart,
    TokenizerPart,
    understood,
)
from weighbridge.gathering.small_files import (
    ADAPTER,
    CONFIG,
    GENERATION,
    QUANTIZER,
    TOKENIZER,
    read_adapter,
    read_config,
    read_generation,
    read_merge,
    read_quantizer,
    read_tokenizer,
)
from weighbridge.gathering.tables import Tables
from weighbridge.gathering.weighing import read_headers
from weighbridge.licenses import FileStatement, file_statement
from weighbridge.lineage import merge_names_in_card
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.sources.interface import Source, WholeSource
from weighbridge.store.memory import Memory
from weighbridge.weights import (
    content_files,
    files,
)

CARD_BYTES = 1024 * 1024
JSON_BYTES = 4 * 1024 * 1024
MERGE_BYTES = 256 * 1024
LICENSE_BYTES = 256 * 1024
MOST_LICENSE_FILES = 4

_LICENSE_FILE = re.compile(r"(?:licen[cs]e|copying|notice).{0,40}", re.IGNORECASE)
LICENSE = "LICENSE"
_READ = (CARD, CONFIG, TOKENIZER, GENERATION, ADAPTER, MERGE, QUANTIZER)

_BASE_TAG = "base_model:"

T = TypeVar("T")


def is_evidence(path: str) -> bool:
    """Tell whether a file is read for what it says, and not only hashed."""
    return path in _READ or _LICENSE_FILE.fullmatch(path) is not None


class Repositories:
    """What sources say about repositories; every answer is remembered."""

    def __init__(self, tables: Tables, clock: Callable[[], float]) -> None:
        """Understand files by `tables`; `clock` counts seconds and only grows."""
        self._tables = tables
        self._resolved: Questions[Resolved] = Questions(Memory(clock, immutable=False))
        self._files: Questions[FilesPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._cards: Questions[CardPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._configs: Questions[ConfigPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._tokenizers: Questions[TokenizerPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._generations: Questions[GenerationPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._adapters: Questions[AdapterPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._names: Questions[NamesPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._headers: Questions[HeadersPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._stated: Questions[StatedPart | Unreadable] = Questions(Memory(clock, immutable=True))
        self._hashes = Hashes()
        self._contents: Questions[str | Unreadable] = Questions(Memory(clock, immutable=True))
        self._scans: Questions[Scan | Unreadable] = Questions(Memory(clock, immutable=False))
        self._licenses: Questions[FileStatement | Unreadable] = Questions(Memory(clock, immutable=True))

    async def resolve(self, source: Source, name: str, revision: str | None, deadline: Deadline) -> Outcome[Resolved]:
        """Return what a revision means now."""
        return await self._resolved.ask(
            (source.host, name, revision), lambda: source.resolve(name, revision), source, deadline
        )

    async def headers(
        self, source: Source, name: str, commit: str, named: str | None, deadline: Deadline
    ) -> Outcome[HeadersPart | Unreadable]:
        """Return what the weight files of a repository say about themselves; `named` is the one that is served."""
        listed = await self._listed(source, name, commit, deadline)
        return await self._headers.ask(
            (source.host, name, commit, named),
            lambda: read_headers(source, name, commit, listed, named),
            source,
            deadline,
        )

    async def content(
        self, source: Source, name: str, commit: str, named: str | None, deadline: Deadline
    ) -> Outcome[str | Unreadable]:
        """Return the content digest at a commit, of the one file `named` where a reference asks for one."""
        listed = await self._listed(source, name, commit, deadline)
        return await self._contents.ask(
            (source.host, name, commit, named),
            lambda: content_of(source, (name, commit, named), listed, self._hashes),
            source,
            deadline,
        )

    async def scan(self, source: WholeSource, name: str, commit: str, deadline: Deadline) -> Outcome[Scan | Unreadable]:
        """Return what the scanners of the source say now."""
        return await self._scans.ask((source.host, name, commit), lambda: source.scan(name, commit), source, deadline)

    async def _listed(
        self, source: Source, name: str, commit: str, deadline: Deadline
    ) -> Outcome[FilesPart | Unreadable]:
        key = (source.host, name, commit)
        return await self._files.ask(key, lambda: _listing(source, name, commit), source, deadline)

    async def parts(self, source: WholeSource, name: str, commit: str, deadline: Deadline) -> Parts:
        """Return everything read of a repository at one commit; what is late is `Unknown`."""
        listed = await self._listed(source, name, commit, deadline)
        at = _At(source, name, commit, deadline, listed, self._hashes)
        async with asyncio.TaskGroup() as group:
            card = group.create_task(at.ask(self._cards, CARD, CARD_BYTES, self._card))
            configs = group.create_task(at.ask(self._configs, CONFIG, JSON_BYTES, read_config))
            tokens = group.create_task(at.ask(self._tokenizers, TOKENIZER, JSON_BYTES, read_tokenizer))
            generation = group.create_task(at.ask(self._generations, GENERATION, JSON_BYTES, read_generation))
            adapters = group.create_task(at.ask(self._adapters, ADAPTER, JSON_BYTES, read_adapter))
            merge = group.create_task(at.ask(self._names, MERGE, MERGE_BYTES, read_merge))
            quantizer = group.create_task(at.ask(self._names, QUANTIZER, JSON_BYTES, read_quantizer))
            stated = group.create_task(self._statements(source, name, commit, deadline))
            texts = [
                group.create_task(at.ask(self._licenses, path, LICENSE_BYTES, self._license(path)))
                for path in _license_paths(listed)
            ]
        return Parts(
            name, commit, listed, card.result(), configs.result(), tokens.result(), generation.result(),
            adapters.result(), merge.result(), quantizer.result(), tuple(one.result() for one in texts), stated.result(),
        )  # fmt: skip

    async def _statements(
        self, source: WholeSource, name: str, commit: str, deadline: Deadline
    ) -> Outcome[StatedPart | Unreadable]:
        return await self._stated.ask(
            (source.host, name, commit), lambda: _stated(source, name, commit), source, deadline
        )

    def _card(self, content: bytes) -> CardPart | Unreadable:
        read = read_card(content)
        if isinstance(read, Unreadable):
            return read
        return understood(read, merge_names_in_card(content.decode("utf-8", "replace")), self._tables)

    def _license(self, path: str) -> Callable[[bytes], FileStatement | Unreadable]:
        return lambda content: file_statement(path, content, self._tables.licenses)


@dataclass(frozen=True, slots=True)
class _At:
    """Files of one repository at one commit."""

    source: Source
    name: str
    commit: str
    deadline: Deadline
    listed: Outcome[FilesPart | Unreadable]
    hashes: Hashes

    async def ask(
        self, questions: Questions[T | Unreadable], path: str, limit: int, understand: Callable[[bytes], T | Unreadable]
    ) -> Outcome[T | Unreadable]:
        """Return a file, read and understood; one that the listing does not name is `Missing` without a question."""
        match self.listed:
            case Unknown():
                return self.listed
            case Missing():
                return Missing(f"{path} of {self.name}@{self.commit[:12]}")
            case Found(value=FilesPart(paths=paths)) if path not in paths:
                return Missing(f"{path} of {self.name}@{self.commit[:12]}")
            case Found():
                key = (self.source.host, self.name, self.commit, path)
                return await questions.ask(key, lambda: self._read(path, limit, understand), self.source, self.deadline)

    async def _read(
        self, path: str, limit: int, understand: Callable[[bytes], T | Unreadable]
    ) -> Outcome[T | Unreadable]:
        delivered = await self.source.read(self.name, self.commit, path, limit)
        self.hashes.note((self.source.host, self.name, self.commit, path), delivered)
        match delivered:
            case Found(value=content):
                if isinstance(content, Unreadable):
                    return Found(content)
                # A card of a megabyte takes a moment to read, and others are waiting.
                return Found(await asyncio.to_thread(understand, content))
            case Missing() | Unknown():
                return delivered


async def _listing(source: Source, name: str, commit: str) -> Outcome[FilesPart | Unreadable]:
    listed = await source.listing(name, commit)
    match listed:
        case Found(value=listing):
            if isinstance(listing, Unreadable):
                return Found(listing)
            names = [one.path for one in listing.files]
            licenses = sorted(path for path in names if _LICENSE_FILE.fullmatch(path))
            # Texts before notices, so that the cap never leaves out what states the license.
            licenses.sort(key=lambda path: path.lower().startswith("notice"))
            paths = frozenset(path for path in names if path in _READ or path in licenses[:MOST_LICENSE_FILES])
            tags = tuple(tag for tag in listing.tags if tag.startswith(_BASE_TAG))
            content = content_files(listing.files)
            return Found(FilesPart(files(listing.files), paths, tuple(licenses[:MOST_LICENSE_FILES]), tags, content))
        case Missing() | Unknown():
            return listed


async def _stated(source: WholeSource, name: str, commit: str) -> Outcome[StatedPart | Unreadable]:
    stated = await source.stated_licenses(name, commit)
    match stated:
        case Found(value=value):
            return Found(value if isinstance(value, Unreadable) else StatedPart(value))
        case Missing() | Unknown():
            return stated


def _license_paths(listed: Outcome[FilesPart | Unreadable]) -> tuple[str, ...]:
    match listed:
        case Found(value=FilesPart(licenses=licenses)):
            return licenses
        case Found(value=Unreadable()):
            return (LICENSE,)  # the likeliest name, where the names are not known
        case _:
            return ()
