"""What the parts of this package hand to each other. No input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from weighbridge.model.refs import Role


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that names a model, before anybody asked what it means."""

    text: str
    role: Role
    via: str
    """The flag, variable or field: `--model`, `env MODEL_ID`, `spec.model.uri`."""
    revision: str | None = None
    file: str | None = None
    form: Literal["name", "path", "image"] = "name"
    because: str | None = None
    """Why it cannot be read, a sentence without a full stop."""
    cache: str | None = None
    """The folder in which its files may lie already, where the command names one."""
    claim: str | None = None
    """What it would be if it could be relied on: `cr://OpenModel/chat`."""

    def at(self, revision: str) -> Mention:
        """Return the same model at a revision."""
        return Mention(
            self.text, self.role, self.via, revision, self.file, self.form, self.because, self.cache, self.claim
        )


@dataclass(frozen=True, slots=True)
class Owner:
    """The object that names the models, as unresolved references call it."""

    kind: str
    """Lower case, as kubectl writes it."""
    name: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a container: who owns it and what its object says elsewhere."""

    owner: Owner
    supplied: Mapping[str, Mention] = field(default_factory=dict)
    """Models that a controller will put at a path: `/mnt/models` → the storageUri."""
    controller_starts: bool = False
    """Whether a controller fills in the command, so that a missing model is not a default one."""
    engine: str | None = None
    """The engine that starts when neither command nor image tell."""
    engine_container: str | None = None
    """The one container this is true of; `None` for all."""
    role: Role | None = None
    """The role all models of these containers have: `aux` for transformers and explainers."""
