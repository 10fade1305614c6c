"""
The object stores that may be asked: `s3://BUCKET`, `gs://BUCKET`, `https://ACCOUNT.blob.core.windows.net/CONTAINER`, `https://HOST/PATH`.

Options stand behind a question mark: `s3://models?endpoint=https://minio.example:9000&region=eu-1&anonymous=true`.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from weighbridge.errors import UserError

Kind: TypeAlias = Literal["s3", "gs", "azure", "http"]

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_AZURE = re.compile(r"[a-z0-9-]{3,63}\.blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)")
_OPTIONS = frozenset({"endpoint", "region", "anonymous", "instance-credentials"})
_EXPECTED = "expected s3://BUCKET, gs://BUCKET, or https://HOST/PATH"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """One object store that may be asked."""

    kind: Kind
    bucket: str
    """Bucket or container; of plain HTTP the path below the host, which may be empty."""
    endpoint: str | None
    """`https://HOST[:PORT]`; `None` for the provider's own."""
    region: str
    anonymous: bool
    """Sign nothing, ask for no credentials."""
    instance: bool
    """Credentials may come from the machine's own metadata service."""

    @property
    def name(self) -> str:
        """The store as a person writes it: `s3://models`."""
        match self.kind:
            case "s3" | "gs":
                return f"{self.kind}://{self.bucket}"
            case "azure" | "http":
                return f"{self.endpoint}/{self.bucket}".rstrip("/")

    @property
    def scheme(self) -> str:
        """The scheme of references to it."""
        return self.name.partition("://")[0]

    @property
    def root(self) -> str:
        """What references to it begin with, without scheme: `models`, `files.example/models`."""
        return self.name.partition("://")[2]

    @property
    def hosts(self) -> frozenset[tuple[str, int]]:
        """Host and port of everybody its client may ask."""
        table = _table()[self.kind]
        found = set[tuple[str, int]]()
        if self.endpoint is not None:
            url = urlsplit(self.endpoint)
            found.add((url.hostname or "", url.port or (443 if url.scheme == "https" else 80)))
        else:
            found |= {(self._filled(one), 443) for one in table["hosts"]}
        if not self.anonymous:
            found |= {(self._filled(one), 443) for one in table["credentials"]}
        if self.instance:
            found |= {(one, 80) for one in table["instance"]}
        return frozenset(found)

    def _filled(self, host: str) -> str:
        return host.format(bucket=self.bucket, region=self.region)


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    text = package_files("weighbridge.sources").joinpath("object_stores.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def store_address(text: str) -> StoreAddress:
    """Read what `--object-store` lists; raises `UserError`."""
    try:
        url = urlsplit(text)
        options = dict(parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))
        host, port = url.hostname or "", url.port
    except ValueError as error:
        raise UserError(f"--object-store {text!r}: no address: {error}. Fix: {_EXPECTED}") from error
    if unknown := options.keys() - _OPTIONS:
        raise UserError(f"--object-store {text!r}: option {min(unknown)!r} is not one of {', '.join(sorted(_OPTIONS))}")
    endpoint = _endpoint(text, options["endpoint"]) if "endpoint" in options else None
    switches = _switch(text, options, "anonymous"), _switch(text, options, "instance-credentials")
    if url.username is not None or url.password is not None:
        raise UserError(f"--object-store: {host} is written with a password. Fix: give credentials by file or variable")
    match url.scheme:
        case "s3" | "gs" as kind if _BUCKET.fullmatch(url.netloc) and not url.path.strip("/"):
            region = options.get("region") or str(_table()[kind]["default_region"])
            return StoreAddress("s3" if kind == "s3" else "gs", url.netloc, endpoint, region, *switches)
        case "https" | "http" if host and endpoint is None:
            base = _endpoint(text, f"{url.scheme}://{host}{f':{port}' if port else ''}")
            path = url.path.strip("/")
            azure = _AZURE.fullmatch(host) is not None
            if azure and (not path or "/" in path):
                raise UserError(f"--object-store {text!r}: names no container. Fix: https://{host}/CONTAINER")
            return StoreAddress("azure" if azure else "http", path, base, "", *switches)
        case _:
            raise UserError(f"--object-store {text!r}: not an object store, {_EXPECTED}")


def _switch(text: str, options: Mapping[str, str], name: str) -> bool:
    value = options.get(name, "false")
    if value not in ("true", "false"):
        raise UserError(f"--object-store {text!r}: {name} is {value!r}, expected true or false")
    return value == "true"


def _endpoint(text: str, endpoint: str) -> str:
    """Return the endpoint; http is only asked where a site writes it so."""
    url = urlsplit(endpoint)
    host = url.hostname or ""
    if url.scheme not in ("https", "http") or not host or url.path.strip("/") or url.query:
        raise UserError(f"--object-store {text!r}: endpoint {endpoint!r}: expected https://HOST[:PORT]")
    return endpoint.rstrip("/")


def is_address(host: str) -> bool:
    """Tell whether a host is written as an address and not as a name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return True
