"""
A folder in hub layout: `org/model/…`, each a repository at one commit.

`_repo_files.json` beside the files says which commit it is and lists all files, also those that are not stored (weights).
Without it the folder itself is listed, and what it resolves to is a digest over its content.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.answers import Refused, sha256_of, size_of
from weighbridge.sources.interface import LISTING_BYTES, MOST_LISTED, Clock, Listing, Outage, utc_now
from weighbridge.weights import ListedFile

MANIFEST = "_repo_files.json"
DEFAULT_BRANCH = "main"

_THREADS = 4
_PART = re.compile(r"[\w.-]{1,96}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Contents:
    commit: str | None
    digest: str | None
    listing: Listing | Unreadable


class DirectorySource:
    """A hub that is a folder."""

    def __init__(self, root: Path, clock: Clock = utc_now, *, most_files: int = MOST_LISTED) -> None:
        """Read models below `root`, of at most `most_files` files each."""
        self._most_files = most_files
        self._root = root
        # Of its own: a file system that hangs must not take the threads that others wait for.
        self._threads = ThreadPoolExecutor(_THREADS, "folder")
        self._outage = Outage(str(root), clock)
        self._hashed: dict[tuple[str, int, int], str] = {}

    @property
    def host(self) -> str:
        """The folder."""
        return self._outage.host

    def late(self, seconds: float) -> Unknown:
        """Say that the file system has not answered in time."""
        return self._outage.unknown("timeout", f"no answer from {self.host} in {seconds:.3g} s")

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        """Return the commit of a repository; no other commit and no branch but `main` exists here."""
        found = await self._in_thread(lambda: self._contents(repository))
        match found:
            case Found(value=contents):
                known = (contents.commit, contents.digest)
                if revision not in (None, DEFAULT_BRANCH, *known):
                    return Missing(f"{repository}@{revision} in {self.host}")
                return Found(Resolved(*known, revision, immutable=revision is not None and revision in known))
            case Missing() | Unknown():
                return found

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        """Return the files of a repository."""
        found = await self._in_thread(lambda: self._contents(repository))
        match found:
            case Found(value=contents) if commit in (contents.commit, contents.digest):
                return Found(contents.listing)
            case Found():
                return Missing(f"{repository}@{commit} in {self.host}")
            case Missing() | Unknown():
                return found

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        """Return the content of a stored file; one that is listed only is `Missing`."""
        read = await self._in_thread(lambda: self._read(repository, commit, path, 0, limit + 1))
        match read:
            case Found(value=bytes() as content) if len(content) > limit:
                return Found(Unreadable(f"{path} is larger than {limit // 1024} KiB"))
            case _:
                return read

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        """Return a piece of a stored file; one that is listed only is `Missing`."""
        return await self._in_thread(lambda: self._read(repository, commit, path, start, length))

    async def _in_thread(self, read: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    def _read(self, repository: str, commit: str, path: str, start: int, length: int) -> Outcome[bytes | Unreadable]:
        about = Missing(f"{path} of {repository}@{commit[:12]} in {self.host}")
        try:
            folder = self._folder(repository)
            file = _inside(folder, path) if folder is not None else None
            if file is None or not file.is_file():
                return about
            with file.open("rb") as stream:
                stream.seek(start)
                content = stream.read(length)
        except OSError as error:
            return self._unreachable(error)
        self._outage.over()
        return Found(content)

    def _contents(self, repository: str) -> Outcome[_Contents]:
        try:
            folder = self._folder(repository)
            if folder is None:
                self._outage.over()
                return Missing(f"{repository} in {self.host}")
            manifest = _inside(folder, MANIFEST)
            found = self._walked(folder) if manifest is None else _listed(manifest)
        except Refused as error:
            return self._outage.unknown(error.because, f"{self.host}: {repository}: {error}")
        except OSError as error:
            return self._unreachable(error)
        self._outage.over()
        return Found(found)

    def _unreachable(self, error: OSError) -> Unknown:
        return self._outage.unknown("unreachable", f"{self.host} cannot be read: {error.strerror or 'no answer'}")

    def _folder(self, repository: str) -> Path | None:
        """Return the folder of a repository; `None` when there is none. Raises `OSError` when the root itself is away."""
        if not self._root.is_dir():
            raise OSError(None, "there is no such folder")
        parts = repository.split("/")
        if len(parts) > 2 or any(part in (".", "..") or not _PART.fullmatch(part) for part in parts):
            return None
        folder = _inside(self._root, repository)
        return folder if folder is not None and folder.is_dir() else None

    def _walked(self, folder: Path) -> _Contents:
        """List a folder without manifest; its digest is `folder:` over sorted path, NUL, sha256 of every file, cards and licenses too."""
        files: list[ListedFile] = []
        for current, _, names in os.walk(folder):
            for name in names:
                path = (Path(current) / name).relative_to(folder).as_posix()
                file = _inside(folder, path)
                if file is None or not file.is_file():
                    continue
                if len(files) == self._most_files:
                    raise Refused("server_error", f"holds more than {self._most_files} files")
                files.append(ListedFile(path, file.stat().st_size, self._sha256(file)))
        files.sort(key=lambda one: one.path)
        whole = hashlib.sha256()
        for one in files:
            whole.update(f"{one.path}\0{one.sha256}\n".encode("utf-8", "surrogateescape"))
        return _Contents(None, f"folder:{whole.hexdigest()}", Listing(tuple(files)))

    def _sha256(self, file: Path) -> str:
        status = file.stat()
        key = (str(file), status.st_size, status.st_mtime_ns)
        if key not in self._hashed:
            with file.open("rb") as stream:
                self._hashed[key] = hashlib.file_digest(stream, "sha256").hexdigest()
        return self._hashed[key]


def _inside(folder: Path, path: str) -> Path | None:
    """Return the file a path means if it exists and lies below `folder`, whatever links stand on the way."""
    if "\0" in path:
        return None
    try:
        found = (folder / path).resolve(strict=True)
        return found if found.is_relative_to(folder.resolve(strict=True)) else None
    except (FileNotFoundError, NotADirectoryError, RuntimeError):  # RuntimeError: a link that leads to itself
        return None


def _listed(manifest: Path) -> _Contents:
    with manifest.open("rb") as stream:
        body = stream.read(LISTING_BYTES + 1)
    if len(body) > LISTING_BYTES:
        raise Refused("server_error", f"{MANIFEST} is larger than {LISTING_BYTES // 1024 // 1024} MiB")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("server_error", f"{MANIFEST} is not JSON") from error
    commit = values.get("commit") if isinstance(values, Mapping) else None
    files = values.get("files") if isinstance(values, Mapping) else None
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit) or not isinstance(files, list):
        raise Refused("server_error", f"{MANIFEST} needs commit (40 hexadecimal digits) and files")
    if len(files) > MOST_LISTED:
        return _Contents(
            commit, None, Unreadable(f"{MANIFEST} lists {len(files)} files, at most {MOST_LISTED} are read")
        )
    found = tuple(one for entry in files if (one := _entry(entry)) is not None)
    return _Contents(commit, None, Listing(found))


def _entry(entry: object) -> ListedFile | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("path"), str):
        return None
    return ListedFile(entry["path"], size_of(entry.get("size")), sha256_of(entry.get("sha256")))
