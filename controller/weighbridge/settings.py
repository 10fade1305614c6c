"""What one process is told, built once by the command line and handed on in slices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from weighbridge.model.site import Profile
from weighbridge.model.verdicts import Stage

EngineChoice: TypeAlias = Literal["auto", "opa", "embedded"]
DEFAULT_HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; the defaults are promises, pinned by a test."""

    policies: Path | None = None
    """Policy folder; the shipped one by default."""
    site: Path | None = None
    """Folder with site objects; without one, no ModelPolicy speaks."""
    fallback_stage: Stage = "audit"
    """Stage of a namespace without policy."""
    profile: Profile | None = None
    """Judge every namespace with this profile in stage enforce."""
    hub: str = DEFAULT_HUB
    """Endpoint of a Hugging Face hub or mirror, or a folder in hub layout."""
    hub_token_file: Path | None = None
    """File with a hub token, read at each use and never logged."""
    registries: tuple[str, ...] = ()
    """Registries that may be asked, and hosts they keep blobs or hand out tokens at: `ghcr.io`, `http://127.0.0.1:5000`."""
    registry_config_file: Path | None = None
    """Docker's config.json with logins for registries, read at each use and never logged."""
    hub_plain: bool = False
    """The hub is a mirror that may name no commits and know no parameters: a commit is its own resolution."""
    object_stores: tuple[str, ...] = ()
    """Buckets and web servers that may be asked, `s3://models?endpoint=https://…`; no others are."""
    packs: Path | None = None
    """Folder of packs, which are read before anybody is asked."""
    offline: bool = False
    """Ask no host; what is not in a folder is unknown."""
    engine: EngineChoice = "auto"
    """`auto` prefers a real `opa` and falls back to the embedded preview."""
    opa_socket: Path | None = None
    """Unix socket of an OPA sidecar; without one, OPA is started as a child process."""
    gather_seconds: float = 20.0
    """How long evidence is gathered for one object on the command line; the webhook goes by the API server's timeout."""
