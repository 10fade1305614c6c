"""What a hub's answers mean. No input or output: status, headers and bytes in, values out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import get_args

from weighbridge.model.outcomes import Because, Unreadable
from weighbridge.model.scans import Scan, ScanLevel, ScannedFile
from weighbridge.model.text import printable
from weighbridge.sources.interface import MOST_LISTED, MOST_TAGS, Listing
from weighbridge.weights import ListedFile

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_LEFT = re.compile(r"[;,\s]t=(\d{1,9})")
MOST_ISSUES = 500
"""Files with issues that are kept of one repository."""
LONGEST_PATH = 500

_LEVELS: tuple[ScanLevel, ...] = get_args(ScanLevel)
_LONGEST_WAIT = timedelta(days=1)


class Refused(Exception):
    """A question the source did not answer; becomes `Unknown` at the adapter's edge."""

    def __init__(self, because: Because, why: str, again_in: float | None = None) -> None:
        """Say `why` as the end of a sentence that begins with the host, which may wish to be asked `again_in` seconds."""
        super().__init__(why)
        self.because = because
        self.again_in = again_in


@dataclass(frozen=True, slots=True)
class RepositoryAnswer:
    """What the hub says about a repository at one revision."""

    commit: str
    siblings: tuple[object, ...]
    tags: tuple[str, ...]


def repository_answer(body: bytes) -> RepositoryAnswer | None:
    """Read the description of a repository; `None` for anything that is none."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return None
    commit = values.get("sha") if isinstance(values, Mapping) else None
    siblings = values.get("siblings") if isinstance(values, Mapping) else None
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit) or not isinstance(siblings, list):
        return None
    tags = values.get("tags")
    texts = [one for one in tags[:MOST_TAGS] if isinstance(one, str)] if isinstance(tags, list) else []
    return RepositoryAnswer(commit, tuple(siblings), tuple(texts))


def plain_answer(body: bytes, commit: str) -> RepositoryAnswer | None:
    """Read the description of a repository by a mirror that may leave out its commit; another commit is no answer."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, Mapping) or values.get("sha") not in (None, commit):
        return None
    return repository_answer(json.dumps({**values, "sha": commit}).encode())


def scan_answer(body: bytes) -> Scan | None:
    """
    Read what a hub's scanners say; `None` where the answer does not speak of scans.

    Files without issues are not listed; a level we do not know counts as an issue of its own.
    """
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return None
    status = values.get("securityRepoStatus") if isinstance(values, Mapping) else None
    if not isinstance(status, Mapping):
        return None
    issues = status.get("filesWithIssues")
    entries = issues[: MOST_ISSUES + 1] if isinstance(issues, list) else [None]
    # What could not be read, or was cut off, must not look like a clean bill.
    whole = isinstance(issues, list) and len(issues) <= MOST_ISSUES
    return Scan(status.get("scansDone") is True and whole, tuple(_issue(one) for one in entries[:MOST_ISSUES]))


def _issue(entry: object) -> ScannedFile:
    path = entry.get("path") if isinstance(entry, Mapping) else None
    level = entry.get("level") if isinstance(entry, Mapping) else None
    known: ScanLevel = next((one for one in _LEVELS if one == level), "unstated")
    return ScannedFile(printable(path, LONGEST_PATH) if isinstance(path, str) else "", known)


def listed(answer: RepositoryAnswer) -> Listing | Unreadable:
    """Return the files of a repository; too many of them cannot be used."""
    if len(answer.siblings) > MOST_LISTED:
        return Unreadable(f"the repository lists {len(answer.siblings)} files, at most {MOST_LISTED} are read")
    return Listing(tuple(one for sibling in answer.siblings if (one := _file(sibling)) is not None), answer.tags)


def _file(sibling: object) -> ListedFile | None:
    if not isinstance(sibling, Mapping):
        return None
    path, size, lfs = sibling.get("rfilename"), sibling.get("size"), sibling.get("lfs")
    if not isinstance(path, str):
        return None
    digest = lfs.get("sha256") if isinstance(lfs, Mapping) else None
    return ListedFile(path, size_of(size), sha256_of(digest))


def size_of(value: object) -> int | None:
    """Return a number of bytes, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def sha256_of(value: object) -> str | None:
    """Return 64 hexadecimal digits, if these are some."""
    match = _SHA256.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match is not None else None


def refusal(status: int, headers: Mapping[str, str], now: datetime) -> Refused:
    """Say why a hub did not answer with what was asked."""
    wait = _wait(headers, now)
    seconds = None if wait is None else wait.total_seconds()
    if status == 429:
        until = "" if wait is None else f", next at {(now + wait).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return Refused("rate_limited", f"limits how often it may be asked{until}", seconds)
    return Refused("server_error", f"answered {status}", seconds if status == 503 else None)


def _wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read how long we are to wait, from whichever header says so."""
    wait = _retry_after(headers.get("Retry-After", ""), now)
    if wait is None:
        left = _LEFT.search(f" {headers.get('RateLimit', '')}")
        reset = left[1] if left is not None else headers.get("RateLimit-Reset", "").strip()
        wait = timedelta(seconds=int(reset)) if re.fullmatch(r"\d{1,9}", reset, re.ASCII) else None
    return wait if wait is not None and timedelta(0) <= wait <= _LONGEST_WAIT else None


def _retry_after(value: str, now: datetime) -> timedelta | None:
    if re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        return timedelta(seconds=int(value))
    try:
        return parsedate_to_datetime(value) - now
    except (ValueError, TypeError):
        return None
