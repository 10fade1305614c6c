"""The site's objects, read from a folder of YAML; one bad object is refused with its file and line, never half applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import rfc8785
from pydantic import ValidationError

from weighbridge.errors import BadSite
from weighbridge.safe_yaml import BadDocument, Document, load_all
from weighbridge.site.fields import Spec
from weighbridge.site.kinds import API_VERSION, GROUP, NAMESPACED, SPECS

MAX_FILE = 4 << 20
"""Bytes of one site file."""


@dataclass(frozen=True, slots=True)
class SiteObject:
    """A site object with the place it was read from."""

    kind: str
    name: str
    namespace: str
    spec: Spec
    stored_spec: Mapping[str, object]
    """`.spec` as stored: its RFC 8785 form is what an approval's digest is about."""
    place: str
    """`site/policies.yaml:12`."""

    @property
    def spec_digest(self) -> str:
        """`sha256:…` of the RFC 8785 form of `.spec` as stored."""
        return f"sha256:{sha256(rfc8785.dumps(self.stored_spec)).hexdigest()}"  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SiteObjects:
    """All objects of a site."""

    objects: tuple[SiteObject, ...] = ()

    def of(self, kind: str) -> Iterator[SiteObject]:
        """Return the objects of one kind, in the order of their files."""
        return (one for one in self.objects if one.kind == kind)


def read_folder(folder: Path) -> SiteObjects:
    """
    Read all `*.yaml`, `*.yml` and `*.json` below `folder`.

    Raises `BadSite`: the folder or a file cannot be read, an object has no valid form, or two objects have one name.
    """
    if not folder.is_dir():
        raise BadSite(f"{folder}: no such folder. Fix: give --site a folder with ModelPolicy and other site objects")
    objects: dict[tuple[str, str, str], SiteObject] = {}
    for path in sorted(
        path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml", ".json") and path.is_file()
    ):
        for document in _documents(path):
            if _is_trusted_root(document.value):
                continue  # a TrustedSigner beside it names the file
            one = parse_object(document.value, f"{path}:{document.line}")
            if one is None:
                continue
            key = (one.kind, one.namespace, one.name)
            if key in objects:
                raise BadSite(f"{one.place}: {one.kind} {one.name} is defined twice, first at {objects[key].place}")
            objects[key] = one
    return SiteObjects(tuple(objects.values()))


def parse_object(value: object, place: str) -> SiteObject | None:
    """
    Read one object; an object of another API group is not ours and gives `None`.

    Raises `BadSite` naming the place, the object and the field.
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("apiVersion"), str):
        raise BadSite(f"{place}: not a Kubernetes object, expected apiVersion: {API_VERSION}")
    api_version, kind = value["apiVersion"], value.get("kind")
    if api_version.partition("/")[0] != GROUP:
        return None
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if api_version != API_VERSION or not isinstance(kind, str) or kind not in SPECS:
        known = ", ".join(SPECS)
        raise BadSite(f"{place}: unknown object {api_version} {kind}, expected {API_VERSION} and one of {known}")
    if not isinstance(metadata, Mapping) or not isinstance(name, str) or not name:
        raise BadSite(f"{place}: {kind} has no metadata.name")
    namespace = metadata.get("namespace") or ("default" if kind in NAMESPACED else "")
    if not isinstance(namespace, str) or (namespace and kind not in NAMESPACED):
        raise BadSite(f"{place}: {kind} {name} is cluster-scoped. Fix: remove metadata.namespace")
    stored = value.get("spec")
    if not isinstance(stored, Mapping):
        raise BadSite(f"{place}: {kind} {name} has no spec")
    try:
        spec = SPECS[kind].model_validate(stored)
    except ValidationError as error:
        raise BadSite(f"{place}: {kind} {name}: {_first(error)}") from None
    return SiteObject(kind, name, namespace, spec, stored, place)


def _is_trusted_root(value: object) -> bool:
    media_type = value.get("mediaType") if isinstance(value, Mapping) else None
    return isinstance(media_type, str) and media_type.startswith("application/vnd.dev.sigstore.trustedroot")


def _documents(path: Path) -> tuple[Document, ...]:
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadSite(f"{path}: larger than {MAX_FILE >> 20} MiB")
        return load_all(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSite(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSite(f"{path}: not UTF-8 text") from None
    except BadDocument as error:
        raise BadSite(f"{path}:{error.line}: {error.why}") from None


def _first(error: ValidationError) -> str:
    problems = error.errors()
    where = ".".join(str(part) for part in ("spec", *problems[0]["loc"]))
    what = problems[0]["msg"].removeprefix("Value error, ")
    if problems[0]["type"] == "extra_forbidden":
        what = "no such field"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{where}: {what}{more}"
