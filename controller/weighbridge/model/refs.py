"""How a workload says which model it wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from weighbridge.errors import BadModelRef

Role: TypeAlias = Literal["base", "adapter", "draft", "tokenizer", "image", "aux"]
ROLES: tuple[Role, ...] = get_args(Role)

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://(.+)", re.DOTALL)
_TAGGED = ("oci", "ollama")
_DIGEST = re.compile(r"sha(256|512):[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class FoundAt:
    """Where in a workload a reference stands."""

    container: str | None = None
    """Container name; `None` for a field outside a container."""
    via: str = ""
    """The flag, variable or field: `--model`, `env MODEL_ID`, `spec.predictor.model.storageUri`."""
    raw: str = ""
    """The literal text in the object."""
    claim: str | None = None
    """
    What the text says where the reference is something else: `cr://OpenModel/chat` for a model found through another
    object, `hf://org/name` where another host answers for the hub.
    """


@dataclass(frozen=True, slots=True)
class ModelRef:
    """
    Where a workload says its model comes from.

    `str(ref)` is `hf://org/name@revision#file`, tags of images are written `oci://registry/name:tag`.
    A reference nobody can read is `unresolved://kind/name/container#flag`.
    Law: `ModelRef.parse(str(ref), ref.role, ref.found_at, ref.unresolved_because) == ref`.
    """

    scheme: str
    repository: str
    revision: str | None = None
    """Branch, tag, commit or image digest as written; `None` when the author states none."""
    file: str | None = None
    role: Role = "base"
    found_at: FoundAt = FoundAt()
    unresolved_because: str | None = None
    """Why the reference cannot be read, a sentence without a full stop."""

    def __str__(self) -> str:
        revision = ""
        if self.revision is not None:
            tagged = self.scheme in _TAGGED and not _DIGEST.fullmatch(self.revision)
            revision = f":{self.revision}" if tagged else f"@{self.revision}"
        return f"{self.scheme}://{self.repository}{revision}" + (f"#{self.file}" if self.file is not None else "")

    @property
    def uri(self) -> str:
        """The normal form without a hub revision; tags and digests of images are part of it."""
        if self.scheme in _TAGGED and self.revision is not None:
            return str(ModelRef(self.scheme, self.repository, self.revision))
        return f"{self.scheme}://{self.repository}"

    @property
    def resolved(self) -> bool:
        """Whether the reference names one model."""
        return self.unresolved_because is None

    @classmethod
    def parse(
        cls, text: str, role: Role = "base", found_at: FoundAt | None = None, unresolved_because: str | None = None
    ) -> ModelRef:
        """
        Read `scheme://repository[@revision][#file]`.

        Raises `BadModelRef` when there is no scheme or no repository.
        """
        match = _SCHEME.fullmatch(text)
        if match is None:
            raise BadModelRef(f"{text!r}: not a model reference, expected scheme://repository[@revision][#file]")
        scheme, rest = match.groups()
        rest, hash_, file = rest.partition("#")
        repository, revision = _split_revision(scheme, rest)
        if not repository:
            raise BadModelRef(f"{text!r}: names no repository, expected scheme://repository[@revision][#file]")
        return cls(
            scheme, repository, revision, file if hash_ else None, role, found_at or FoundAt(), unresolved_because
        )


def _split_revision(scheme: str, rest: str) -> tuple[str, str | None]:
    repository, at, revision = rest.partition("@")
    if at:
        return repository, revision
    last = repository.rpartition("/")[2]
    if scheme in _TAGGED and ":" in last:
        repository, _, revision = repository.rpartition(":")
        return repository, revision
    return repository, None
