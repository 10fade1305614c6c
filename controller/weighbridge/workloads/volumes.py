"""What lies behind a path in a container. No input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import Meaning, Nothing, Place, clean, escaped, image
from weighbridge.workloads.reading import at, mappings, named, text


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume at a path."""

    path: str
    volume: KubeObject
    sub_path: str


@dataclass(frozen=True, slots=True)
class Mounts:
    """Everything that is mounted in a container, the longest path first."""

    mounts: tuple[Mount, ...] = ()
    filled: Mapping[str, Mention] = field(default_factory=dict)
    """Models that something puts at a path before the engine starts, by path."""

    def under(self, path: str) -> Mount | None:
        """Return the mount that holds `path`."""
        for mount in self.mounts:
            if path == mount.path or path.startswith(mount.path.rstrip("/") + "/"):
                return mount
        return None


def volumes_of(spec: KubeObject) -> Mapping[str, KubeObject]:
    """Return the volumes of a PodSpec by name."""
    return {named(volume): volume for volume in mappings(spec.get("volumes"))}


def mounts_of(container: KubeObject, volumes: Mapping[str, KubeObject]) -> tuple[Mount, ...]:
    """Return the mounts of a container, the longest path first."""
    found = [
        Mount(clean(path), volumes[name], text(mount.get("subPath")) or text(mount.get("subPathExpr")) or "")
        for mount in mappings(container.get("volumeMounts"))
        if (path := text(mount.get("mountPath"))) is not None and (name := named(mount)) in volumes
    ]
    return tuple(sorted(found, key=lambda mount: -len(mount.path)))


def behind(path: str, mount: Mount) -> Meaning | None:
    """Return what a path on a volume is, `None` for volumes that hold no models of their own."""
    inner = clean(f"/{mount.sub_path}/{path[len(mount.path.rstrip('/')) :]}")
    volume = mount.volume
    claim = at(volume, "persistentVolumeClaim", "claimName")
    if isinstance(claim, str) and claim:
        return _on_volume("pvc", f"{claim}{inner}")
    host_path = at(volume, "hostPath", "path")
    if isinstance(host_path, str):
        return _on_volume("hostpath", clean(f"{host_path}{inner}"))
    reference = at(volume, "image", "reference")
    if isinstance(reference, str):
        return image(reference)
    return None


def _on_volume(scheme: str, path: str) -> Meaning:
    if "$" in path:
        return Nothing("lies where only the running Pod can tell")
    return Place(scheme, escaped(path).rstrip("/") or "/")
