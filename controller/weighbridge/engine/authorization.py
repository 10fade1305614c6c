"""What OPA's own interface allows: the decision and its health, and nothing else, on the socket too."""

from __future__ import annotations

from pathlib import Path

from weighbridge.engine.bundles import ENTRYPOINT, canonical, write_tar

AUTHORIZATION = "weighbridge-authorization"
"""Revision of the bundle below, so that answers can tell it from the policies."""

_POLICY = """package system.authz

default allow := false

allow if {
	input.method == "POST"
	input.path == PATH
}

allow if {
	input.method == "GET"
	input.path == ["health"]
}
"""


def write_authorization(target: Path, entrypoint: str = ENTRYPOINT) -> None:
    """Write the bundle that `--authorization basic` asks: one question may be put. Raises `BadPolicies` where it cannot be written."""
    path = canonical(["v1", "data", *entrypoint.split("/")]).decode()
    manifest = {"revision": AUTHORIZATION, "roots": ["system/authz"], "rego_version": 1}
    write_tar(target, {".manifest": canonical(manifest), "authz.rego": _POLICY.replace("PATH", path).encode()})
