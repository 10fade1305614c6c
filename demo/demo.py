"""
The main job, end to end, on this machine alone: what a user of kubectl sees when weighbridge stands at the gate.

Starts a small model hub of our own making and the real webhook with TLS, sends it an AdmissionReview for each manifest in
demo/workloads as the API server would, and prints the answers as kubectl prints them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "controller")]

from tests.simulators.hub import Hub  # noqa: E402  # the checkout's root has to be on the path first

from weighbridge.engine.process import find_opa  # noqa: E402

HOST = "127.0.0.1"
START_SECONDS = 60
WORKLOADS = {
    "1-ticket-desk.yaml": ("admitted", "a documented fine-tune of a documented base, pinned to a commit"),
    "2-shift-notes.yaml": ("warned", "its card still holds template text"),
    "3-fast-chat.yaml": ("card.present", "no model card at all"),
    "4-tariff.yaml": ("license.respects_ancestors", "apache-2.0 over a model under the Llama 3.1 license"),
    "5-archive.yaml": ("format.no_remote_code", "pickle weights, and a flag that runs the repository's own code"),
    "6-night-desk.yaml": ("workload.resolved", "the model's name is in a Secret"),
}
"""What must come out: the demo fails when it does not."""


def certificate(folder: Path) -> None:
    """Make a certificate for the loopback address, its own authority, valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "weighbridge demo")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.crt").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "tls.key").write_bytes(private)
    (folder / "tls.key").chmod(0o600)


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def webhook(hub: str, folder: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Run the real `weighbridge serve` with TLS; yield a client that trusts its certificate, and its address."""
    certificate(folder)
    port = free_port()
    command = [sys.executable, "-m", "weighbridge", "serve", "--no-cluster", "--host", HOST, "--port", str(port)]
    command += ["--tls-cert-file", str(folder / "tls.crt"), "--tls-private-key-file", str(folder / "tls.key")]
    command += ["--hub", hub, "--site", str(HERE / "site")]
    if find_opa() is None:
        command.append("--unsafe-preview-engine")
    log = (folder / "serve.log").open("wb")
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "controller")}
    server = await asyncio.create_subprocess_exec(*command, stderr=log, stdout=log, env=environment)
    trust = ssl.create_default_context(cafile=str(folder / "tls.crt"))
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as client:
            await ready(client, f"https://{HOST}:{port}", server, folder / "serve.log")
            yield client, f"https://{HOST}:{port}"
    finally:
        if server.returncode is None:
            server.terminate()
            await server.wait()
        log.close()


async def ready(client: aiohttp.ClientSession, address: str, server: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until the webhook says that it is ready; its last words are ours when it gives up."""
    begun = time.monotonic()
    while time.monotonic() - begun < START_SECONDS:
        if server.returncode is not None:
            raise SystemExit(log.read_text(errors="replace").strip().splitlines()[-1])
        with contextlib.suppress(aiohttp.ClientError):
            async with client.get(f"{address}/readyz") as reply:
                if reply.status == HTTP_OK:
                    return
        await asyncio.sleep(0.1)
    raise SystemExit(
        f"demo: the webhook was not ready after {START_SECONDS} s:\n{log.read_text(errors='replace')[-2000:]}"
    )


def admission_review(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what the API server would send when a user creates `manifest`."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    kind = {"group": group, "version": version, "kind": manifest["kind"]}
    metadata = manifest["metadata"]
    request = {
        "uid": metadata["name"],
        "kind": kind,
        "resource": {"group": group, "version": version, "resource": manifest["kind"].lower() + "s"},
        "operation": "CREATE",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "userInfo": {"username": "demo"},
        "object": manifest,
        "oldObject": None,
        "dryRun": False,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def shown(file: Path, manifest: dict[str, Any], response: dict[str, Any]) -> str:
    """Return what kubectl prints."""
    lines = [f"Warning: {warning}" for warning in response.get("warnings") or ()]
    if response["allowed"]:
        group = manifest["apiVersion"].rpartition("/")[0]
        lines.append(f"{manifest['kind'].lower()}{'.' + group if group else ''}/{manifest['metadata']['name']} created")
    else:
        place = file.relative_to(HERE.parent)
        lines.append(
            f'Error from server (Forbidden): error when creating "{place}": admission webhook '
            f'"enforce.weighbridge.dev" denied the request: {response["status"]["message"]}'
        )
    return "\n".join(lines)


def came_out(response: dict[str, Any], wanted: str) -> bool:
    """Return whether the answer is the one this workload is here to show."""
    if not response["allowed"]:
        return f"[{wanted}]" in response["status"]["message"]
    return wanted == ("warned" if response.get("warnings") else "admitted")


async def main() -> int:
    """Run it all."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        async with Hub() as hub:
            hub.publish_directory(HERE / "hub")
            print(
                INTRODUCTION.format(
                    engine="opa" if find_opa() else "the embedded preview engine, as no opa is installed"
                )
            )
            async with webhook(hub.endpoint, Path(folder)) as (client, address):
                for name, (wanted, why) in WORKLOADS.items():
                    file = HERE / "workloads" / name
                    manifest = yaml.safe_load(file.read_text())
                    review = admission_review(manifest)
                    async with client.post(f"{address}/validate/enforce?timeout=10s", json=review) as reply:
                        response = (await reply.json())["response"]
                    print(f"\n# {why}\n$ kubectl apply -f demo/workloads/{name}\n{shown(file, manifest, response)}")
                    if not came_out(response, wanted):
                        wrong.append(f"{name}: expected {wanted}")
    print(NEXT)
    for one in wrong:
        print(f"demo: {one}", file=sys.stderr)
    return 1 if wrong else 0


HTTP_OK = 200
INTRODUCTION = """\
weighbridge demo: a model hub of our own with seven models, and the real webhook with TLS, both on this machine.
Policies are evaluated by {engine}.
The demo's ModelPolicy (demo/site/policy.yaml) asks for profile standard in stage enforce, and makes two rules stricter
than the profile: card.present and license.respects_ancestors deny here, where standard only warns."""
NEXT = """
What to try next
  make run ARGS="demo/workloads --hub demo/hub --site demo/site"          the same decisions from files, in full
  make run ARGS="demo/workloads --hub demo/hub --profile restricted"      what a stricter profile would say
  edit a card in demo/hub or the policy in demo/site, then run either again
  docs/reference/rules/                                                   what each rule denies, and why"""

if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
