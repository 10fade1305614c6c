"""The schema of a TrustedSigner: who vouches for bytes, by what means, and for which models (DESIGN §5)."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from weighbridge.site.fields import Spec, Text

MATERIAL = {"sigstore": "trusted_root", "certificate": "ca", "key": "key"}
"""What each method is checked against."""
LONGEST_PATTERN = 512
_STRANGERS = ("nobody@nowhere.invalid", "https://nowhere.invalid/strange/.github/workflows/x.yml@refs/heads/y")
"""Two subjects that no pattern of an organization means."""


class TrustMaterial(Spec):
    """A trusted root, a key or certificates: inline, or in a file beside the object."""

    file: Text | None = None
    """Path below the site folder."""
    inline: str | None = Field(None, min_length=1, max_length=1 << 20)

    @model_validator(mode="after")
    def _one_place(self) -> TrustMaterial:
        if (self.file is None) == (self.inline is None):
            raise ValueError("give either file or inline")
        return self


class Identity(Spec):
    """Who may sign: an issuer, a subject or an anchored pattern for it, and what else the certificate must say."""

    issuer: Text
    subject: Text | None = None
    subject_pattern: str | None = None
    source_repository: Text | None = None
    """URI of the repository that the signing job was started for."""
    workflow: Text | None = None
    """URI of the workflow that was started, with its ref."""
    runner: Text | None = None
    """Runner environment: `github-hosted`, `self-hosted`."""

    @field_validator("subject_pattern")
    @classmethod
    def _anchored(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        if not pattern.startswith("^") or not pattern.endswith("$") or pattern.endswith("\\$"):
            raise ValueError(f"{pattern!r} is not anchored. Fix: begin it with ^ and end it with $")
        if len(pattern) > LONGEST_PATTERN:
            raise ValueError(f"is longer than {LONGEST_PATTERN} characters")
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        if all(compiled.fullmatch(stranger) for stranger in _STRANGERS):
            raise ValueError(f"{pattern!r} matches everybody. Fix: name whom you trust")
        return pattern

    @model_validator(mode="after")
    def _one_subject(self) -> Identity:
        if (self.subject is None) == (self.subject_pattern is None):
            raise ValueError("give either subject or subjectPattern")
        return self


class MaySign(Spec):
    """What a signer may sign for."""

    models: tuple[Text, ...] = ()
    publishers: tuple[Text, ...] = ()
    stamps: bool = False
    """Whether its verification summaries may answer rules, where a policy names it."""

    @model_validator(mode="after")
    def _something(self) -> MaySign:
        if not self.models and not self.publishers:
            raise ValueError("names neither models nor publishers, so the signer could sign for nothing")
        return self


class TrustedSignerSpec(Spec):
    """Who vouches for bytes, and for which."""

    method: Literal["sigstore", "certificate", "key"]
    trusted_root: TrustMaterial | None = None
    key: TrustMaterial | None = None
    ca: TrustMaterial | None = None
    timestamps: TrustMaterial | None = None
    """Certificates of a time stamping authority: a certificate counts as valid at the time it states (method certificate)."""
    identities: tuple[Identity, ...] = ()
    may_sign: MaySign

    @model_validator(mode="after")
    def _material(self) -> TrustedSignerSpec:
        wanted = MATERIAL[self.method]
        given = [name for name in MATERIAL.values() if getattr(self, name) is not None]
        if given != [wanted]:
            got = ", ".join(to_camel(name) for name in given) or "nothing"
            raise ValueError(f"method {self.method} takes exactly {to_camel(wanted)}, got {got}")
        if self.method == "key" and self.identities:
            raise ValueError("method key takes no identities: whoever holds the key is the signer")
        if self.method != "key" and not self.identities:
            raise ValueError(f"method {self.method} needs identities, or anybody could sign")
        if self.timestamps is not None and self.method != "certificate":
            raise ValueError("timestamps belong to method certificate; a trusted root names its own")
        return self
