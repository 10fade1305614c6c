"""Steps through a predicate: absent, null and of another kind all end the same. No input or output."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.model.text import printable

LONGEST_TEXT = 500
MOST_ITEMS = 500


def at(value: object, *keys: str) -> object:
    """Follow `keys` down; `None` where there is nothing."""
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def items(value: object) -> list[object]:
    """Return the entries of a list, at most `MOST_ITEMS`."""
    return value[:MOST_ITEMS] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Return a text that is not empty, on one line and of bounded length."""
    return printable(value.strip(), LONGEST_TEXT) if isinstance(value, str) and value.strip() else None


def digests(value: object) -> dict[str, str]:
    """Return the digests of a resource descriptor (in-toto DigestSet); a commit is called `gitCommit`, as v1 has it."""
    pairs = list(value.items())[:8] if isinstance(value, Mapping) else []
    return {
        "gitCommit" if algorithm == "sha1" and len(digest) == 40 else algorithm: digest.lower()
        for algorithm, digest in pairs
        if isinstance(algorithm, str) and isinstance(digest, str) and _is_hexadecimal(digest)
    }


def pin_of(found: Mapping[str, str]) -> str | None:
    """Return the digest that people would write down: a commit, else a sha256, else any."""
    return next((found[one] for one in ("gitCommit", "sha256", *found) if one in found), None)


def _is_hexadecimal(digest: str) -> bool:
    return 32 <= len(digest) <= 128 and all(one in "0123456789abcdef" for one in digest.lower())
