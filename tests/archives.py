"""Archives for tests, made by the standard library's own writer."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping, Sequence


def tar(
    files: Mapping[str, bytes], *, links: Mapping[str, str] | None = None, hard_links: Mapping[str, str] | None = None,
    folders: Sequence[str] = (), form: int = tarfile.PAX_FORMAT,
) -> bytes:  # fmt: skip
    """Return a tar archive of folders, files, links and hard links, in this order."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as archive:
        for name in folders:
            archive.addfile(_member(name, tarfile.DIRTYPE))
        for name, content in files.items():
            archive.addfile(_member(name, tarfile.REGTYPE, size=len(content)), io.BytesIO(content))
        for kind, some in ((tarfile.SYMTYPE, links or {}), (tarfile.LNKTYPE, hard_links or {})):
            for name, target in some.items():
                archive.addfile(_member(name, kind, target=target))
    return whole.getvalue()


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the same, compressed."""
    return gzip.compress(tar(files), mtime=0)


def _member(name: str, kind: bytes, *, size: int = 0, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, size, target
    return member
