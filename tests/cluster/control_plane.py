"""A real control plane on loopback: etcd, kube-apiserver and the controllers that turn Deployments into Pods."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.cluster.kubectl import Kubectl

from weighbridge.engine.process import tool_folder

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "opa", "helm")
CONTROLLERS = "deployment-controller,replicaset-controller,namespace-controller,garbage-collector-controller"
CONTROLLER_USER = "system:serviceaccount:weighbridge-system:wb-weighbridge"
TOKENS = {
    "admin": ("admin", "system:masters"),
    "node": ("system:node:worker-1", "system:nodes"),
    "controller": (CONTROLLER_USER, "system:serviceaccounts"),
}


def tools() -> Path:
    """Return the folder with the real programs; says what to do when they are not there."""
    folder = tool_folder()
    missing = [name for name in PROGRAMS if folder is None or not os.access(folder / name, os.X_OK)]
    if folder is None or missing:
        raise AssertionError(f"{', '.join(missing)} not built: run `make tools`, or set WEIGHBRIDGE_TOOLS")
    return folder


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """Where the API server is, and how to speak to it."""

    url: str
    folder: Path

    def kubectl(self, user: str = "admin") -> Kubectl:
        """Speak to the API server as one of TOKENS."""
        return Kubectl(self.url, user)

    def kubeconfig(self, user: str) -> Path:
        """Write a kubeconfig for one of TOKENS."""
        file = self.folder / f"kubeconfig-{user}"
        cluster = {"server": self.url, "insecure-skip-tls-verify": True}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": user}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": user}}],
            "current-context": "x",
        }
        file.write_text(json.dumps(content), encoding="utf-8")
        return file


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """Start the control plane in a folder of its own, and stop it at the end."""
    programs = tools()
    etcd, secure = free_port(), free_port()
    _write_keys(folder)
    plane = ControlPlane(f"https://127.0.0.1:{secure}", folder)
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(_etcd(programs, folder, etcd), folder / "etcd.log"))
        stack.enter_context(running(_api_server(programs, folder, etcd, secure), folder / "apiserver.log"))
        _wait(plane)
        stack.enter_context(running(_controllers(programs, plane), folder / "controllers.log"))
        yield plane


def _etcd(programs: Path, folder: Path, port: int) -> list[str]:
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    return [
        str(programs / "etcd"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
    ]


def _api_server(programs: Path, folder: Path, etcd: int, port: int) -> list[str]:
    return [
        str(programs / "kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={folder / 'certificates'}",
        f"--service-account-key-file={folder / 'sa.key'}",
        f"--service-account-signing-key-file={folder / 'sa.key'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--endpoint-reconciler-type=none",
        "--disable-admission-plugins=ServiceAccount",
    ]


def _controllers(programs: Path, plane: ControlPlane) -> list[str]:
    return [
        str(programs / "kube-controller-manager"),
        f"--kubeconfig={plane.kubeconfig('admin')}",
        f"--service-account-private-key-file={plane.folder / 'sa.key'}",
        "--use-service-account-credentials=false",
        "--leader-elect=false",
        "--secure-port=0",
        f"--controllers={CONTROLLERS}",
    ]


@contextlib.contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; what it says goes to `log`."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **environment},
            preexec_fn=_end_with_us,  # noqa: PLW1509  nothing of the parent's is used in it
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_us() -> None:
    """Ask the kernel to end this process when the tests end, however that comes about (PR_SET_PDEATHSIG = 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _wait(plane: ControlPlane) -> None:
    kubectl = plane.kubectl()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if kubectl.get("/readyz").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"kube-apiserver is not ready: {(plane.folder / 'apiserver.log').read_text()[-2000:]}")


def _write_keys(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "sa.key").write_bytes(pem)
    lines = [f'{token},{user},{token},"{group}"\n' for token, (user, group) in TOKENS.items()]
    (folder / "tokens.csv").write_text("".join(lines), encoding="utf-8")
