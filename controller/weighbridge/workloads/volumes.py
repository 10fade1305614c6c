"""What lies behind a path in a container. No input or output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.environment import expand
from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.naming import Meaning, Nothing, Place, clean, escaped, image, meaning
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.tables import table

_DRIVERS = table("places")["csi"]
_IMAGE_DRIVERS: Mapping[str, str] = _DRIVERS["image"]
_BUCKET_DRIVERS: Mapping[str, Mapping[str, str]] = _DRIVERS["bucket"]
SMALL = frozenset({"configMap", "secret", "downwardAPI", "projected"})
"""Volumes that cannot hold weights."""
_SHARES = frozenset[str](_DRIVERS["share"])
FEW = 16
"""Mounts that are looked through one by one."""
_OPTION = re.compile(r"[, ]+")


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

    index: dict[str, Mount] = field(default_factory=dict, compare=False)
    """The mounts by path, made where there are more than a few."""

    def under(self, path: str) -> Mount | None:
        """Return the mount that holds `path`."""
        if len(self.mounts) > FEW:
            return self._indexed(path)
        for mount in self.mounts:
            if path == mount.path or path.startswith(mount.path.rstrip("/") + "/"):
                return mount
        return None

    def _indexed(self, path: str) -> Mount | None:
        """Return the mount at `path`, or at the nearest folder above it."""
        if not self.index:
            for mount in self.mounts:
                self.index.setdefault(mount.path, mount)
        while (found := self.index.get(path)) is None and path not in ("", "/"):
            path = path.rpartition("/")[0] or "/"
        return found

    def on_volume(self, path: str) -> tuple[str, str] | None:
        """Return the volume a path lies on, by name, and the path within it."""
        mount = self.under(path)
        if mount is None:
            return None
        return named(mount.volume), clean(f"/{mount.sub_path}/{path[len(mount.path.rstrip('/')) :]}")

    def showing(self, volume: str, inner: str) -> Iterator[str]:
        """Yield the paths at which a path within a volume shows in this container."""
        for mount in self.mounts:
            root = clean(f"/{mount.sub_path}")
            if named(mount.volume) == volume and f"{inner}/".startswith(f"{root.rstrip('/')}/"):
                yield clean(f"{mount.path}/{inner[len(root.rstrip('/')) :]}")


def volumes_of(spec: KubeObject) -> Mapping[str, KubeObject]:
    """Return the volumes of a PodSpec by name."""
    return {named(volume): volume for volume in mappings(spec.get("volumes"))}


def mounts_of(container: KubeObject, volumes: Mapping[str, KubeObject], known: Mapping[str, str]) -> tuple[Mount, ...]:
    """Return the mounts of a container, the longest path first; `known` are its variables."""
    found = [
        Mount(
            clean(path),
            volumes[name],
            text(mount.get("subPath")) or expand(text(mount.get("subPathExpr")) or "", known),
        )
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
    server, share = at(volume, "nfs", "server"), at(volume, "nfs", "path")
    if text(at(volume, "csi", "driver")) in _SHARES:
        server, share = (at(volume, "csi", "volumeAttributes", one) for one in ("server", "share"))
    if isinstance(server, str) and isinstance(share, str):
        return _on_volume("nfs", f"{server}{clean(f'{share}{inner}')}")
    repository = text(at(volume, "gitRepo", "repository"))
    if repository:
        return _checked_out(repository, text(at(volume, "gitRepo", "revision")), inner)
    if isinstance(volume.get("ephemeral"), dict):
        return None
    reference = image_of(volume)
    if reference is not None:
        return image(reference)
    return _bucket(volume, inner)


def _checked_out(repository: str, revision: str | None, inner: str) -> Meaning:
    """Return what a volume holds that the kubelet clones; its folder is named after the repository unless said."""
    found = meaning(repository)
    if not isinstance(found, Place):
        return found
    name = found.repository.rpartition("/")[2]
    return replace(found, revision=revision or None, file=inner.strip("/").removeprefix(name).strip("/") or None)


def image_of(volume: KubeObject) -> str | None:
    """Return the image that a volume shows: an image volume, or one of a CSI driver that pulls models."""
    reference = at(volume, "image", "reference")
    if not isinstance(reference, str):
        attribute = _IMAGE_DRIVERS.get(text(at(volume, "csi", "driver")) or "")
        reference = at(volume, "csi", "volumeAttributes", attribute) if attribute is not None else None
    return reference if isinstance(reference, str) and reference else None


def _bucket(volume: KubeObject, inner: str) -> Meaning | None:
    """Return the place in a bucket that a CSI driver mounts."""
    driver = _BUCKET_DRIVERS.get(text(at(volume, "csi", "driver")) or "")
    if driver is None:
        return None
    bucket = text(at(volume, "csi", "volumeAttributes", driver["bucket"]))
    if not bucket:
        return Nothing("lies in a bucket that is configured elsewhere")
    options = text(at(volume, "csi", "volumeAttributes", "mountOptions")) or ""
    folder = next((one.partition("=")[2] for one in _OPTION.split(options) if one.startswith(driver["folder"])), "")
    return _on_volume(driver["scheme"], f"{bucket}{clean(f'/{folder}{inner}')}")


def _on_volume(scheme: str, path: str) -> Meaning:
    if "$" in path or "{{" in path:
        return Nothing("lies where only the running Pod can tell")
    return Place(scheme, escaped(path).rstrip("/") or "/")
