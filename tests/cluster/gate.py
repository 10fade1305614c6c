"""Our webhook as a real process beside the control plane, with a real OPA, a site and a small hub."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.certificates import make_pair
from tests.cluster.control_plane import ControlPlane, free_port, running, tools
from tests.cluster.kubectl import Kubectl, documents, until

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "weighbridge"
OWN_NAMESPACE = "weighbridge-system"
CONFIGURATION = "wb-weighbridge-weighbridge-system"
GPU = {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": "1"}}
COMMIT = "4f0c2f4d1e0b7a9c8d6e5f4a3b2c1d0e9f8a7b6c"

CARD = """---
license: apache-2.0
---

# Acme Good 1B

A decoder with one billion parameters, trained from scratch on texts that the city archive of a small town publishes.

## Intended use

Drafts of short notes that a clerk reads and corrects.

## Limitations

It knows one town only and writes no other language than English; names of persons may be invented.

## Training data

Four million pages of the archive, published between 1950 and 2020 and free of rights.

## Contact

Write to models@acme.example.
"""

SITE = """
apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: prod}
spec:
  namespaceSelector: {matchLabels: {acme.example/gate: enforce}}
  profile: standard
  stages: [{stage: enforce}]
  rules: {card.present: {action: deny}}
  askURL: "https://ask.acme.example/?d={decision}"
---
apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: trial}
spec:
  namespaceSelector: {matchLabels: {acme.example/gate: warn}}
  profile: standard
  stages: [{stage: warn}]
---
apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: strict}
spec:
  namespaceSelector: {matchLabels: {acme.example/gate: restricted}}
  profile: restricted
  stages: [{stage: enforce}]
  rules: {signature.trusted: {action: audit}}
"""


def site_objects() -> list[dict[str, Any]]:
    """Return the site as a list, for the chart's values."""
    return documents(SITE)


def write_hub(folder: Path) -> Path:
    """Write a hub of two models: one with a card, one with nothing but weights."""
    for name, card in (("good", CARD), ("bare", None)):
        repository = folder / "acme" / name
        repository.mkdir(parents=True)
        config = json.dumps({"architectures": ["LlamaForCausalLM"], "model_type": "llama"})
        (repository / "config.json").write_text(config, encoding="utf-8")
        files = [
            {"path": "config.json", "size": len(config), "sha256": None},
            {"path": "model.safetensors", "size": 2_000_000_000, "sha256": "ab" * 32},
        ]
        if card is not None:
            (repository / "README.md").write_text(card, encoding="utf-8")
            files.append({"path": "README.md", "size": len(card), "sha256": None})
        listing = {"repo": f"acme/{name}", "commit": COMMIT, "files": files}
        (repository / "_repo_files.json").write_text(json.dumps(listing), encoding="utf-8")
    return folder


def pod_spec(model: str | None, *, image: str = "vllm/vllm-openai:v0.11.0", **more: Any) -> dict[str, Any]:
    """Return the spec of a Pod that serves a model with a GPU; `None` names no model."""
    args = [] if model is None else [f"--model={model}"]
    return {"containers": [{"name": "server", "image": image, "args": args, "resources": GPU}], **more}


def pod(namespace: str, name: str, model: str | None, **more: Any) -> dict[str, Any]:
    """Return a Pod that serves a model."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec(model, **more)}


def deployment(namespace: str, name: str, model: str, replicas: int = 1) -> dict[str, Any]:
    """Return a Deployment that serves a model."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(model)},
        },
    }


def rendered(*more: str) -> list[dict[str, Any]]:
    """Return what Helm makes of the chart."""
    command = [str(tools() / "helm"), "template", "wb", str(CHART), "--namespace", OWN_NAMESPACE, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return documents(done.stdout)


@dataclass(slots=True)
class Gate:
    """The webhook process; it can be stopped, started and bereft of its OPA."""

    plane: ControlPlane
    folder: Path
    port: int = field(default_factory=free_port)
    more: tuple[str, ...] = ()
    """Further arguments of the next start."""
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    process: subprocess.Popen[bytes] | None = None
    lasting: bool = True
    """Whether what is known outlives the process."""

    @property
    def admin(self) -> Kubectl:
        """The API server, as its administrator."""
        return self.plane.kubectl()

    def prepare(self) -> None:
        """Write what `serve` reads, and install what the chart would, without its Deployment."""
        make_pair().write(self.folder / "tls")
        write_hub(self.folder / "hub")
        (self.folder / "site").mkdir()
        (self.folder / "site" / "policies.yaml").write_text(SITE, encoding="utf-8")
        self.namespace(OWN_NAMESPACE)
        for one in rendered():
            if one["kind"] in ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "ValidatingWebhookConfiguration"):
                told = self.admin.apply(one)
                assert told.ok, told.message

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        command = [
            sys.executable,
            "-m",
            "weighbridge",
            "serve",
            f"--site={self.folder / 'site'}",
            f"--hub={self.folder / 'hub'}",
            f"--kubeconfig={self.plane.kubeconfig('controller')}",
            "--host=127.0.0.1",
            f"--port={self.port}",
            f"--tls-cert-file={self.folder / 'tls' / 'tls.crt'}",
            f"--tls-private-key-file={self.folder / 'tls' / 'tls.key'}",
            f"--webhook-url=https://127.0.0.1:{self.port}",
            f"--webhook-configuration={CONFIGURATION}",
            f"--own-namespace={OWN_NAMESPACE}",
            "--exclude-namespace=left-alone",
            f"--store={self.folder / 'evidence.sqlite'}",
            *(("--accept-single-replica",) if self.lasting else ()),
            *self.more,
        ]
        environment = {"PYTHONPATH": str(ROOT / "controller"), "WEIGHBRIDGE_TOOLS": str(tools())}
        self.process = self._stack.enter_context(running(command, self.folder / "serve.log", **environment))
        until(self.ready, 30, f"ready: {self.log()[-3:]}")

    def stop(self) -> int:
        """Stop the process as the kubelet does, and return its exit code."""
        assert self.process is not None
        self._stack.close()
        code = self.process.wait()
        self.process = None
        return code

    def ready(self) -> bool:
        """Ask /readyz."""
        assert self.process is not None
        assert self.process.poll() is None, self.log()[-3:]
        with contextlib.suppress(OSError):
            return Kubectl(f"https://127.0.0.1:{self.port}", "").get("/readyz").ok
        return False

    def metric(self, name: str) -> float:
        """Return the sum of a metric over its labels."""
        text = self.metrics()
        found = re.findall(rf"^weighbridge_{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        return sum(float(one) for one in found)

    def metrics(self) -> str:
        """Return all metrics as they are scraped."""
        return str(Kubectl(f"https://127.0.0.1:{self.port}", "").get("/metrics").body)

    def reviews(self) -> float:
        """Return how many reviews were answered."""
        return self.metric("reviews_total")

    def log(self) -> list[str]:
        """Return the lines of the process' log."""
        file = self.folder / "serve.log"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def events(self, **wanted: object) -> list[dict[str, Any]]:
        """Return the log's events with these fields."""
        lines = [json.loads(line) for line in self.log() if line.startswith("{")]
        return [one for one in lines if all(one.get(key) == value for key, value in wanted.items())]

    def opa(self) -> int:
        """Return the process id of OPA; 0 while it is being started again."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if len(children) == 1 else 0

    def kill_opa(self) -> int:
        """End OPA as the kernel does when memory is short."""
        pid: int = until(self.opa, what="a running OPA")
        os.kill(pid, signal.SIGKILL)
        return pid

    def entries(self) -> dict[str, dict[str, Any]]:
        """Return the entries of the webhook configuration by name."""
        told = self.admin.get(f"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/{CONFIGURATION}")
        return {one["name"]: one for one in told.body.get("webhooks") or []}

    def enforcing(self) -> list[str]:
        """Return the namespaces of the enforce entry."""
        entry = self.entries().get("enforce.weighbridge.dev")
        return entry["namespaceSelector"]["matchExpressions"][0]["values"] if entry else []

    def namespace(self, name: str, gate: str | None = None) -> str:
        """Create a namespace, or label it, and wait until the API server sends its Pods to the right entry."""
        labels = {} if gate is None else {"acme.example/gate": gate}
        obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        told = self.admin.apply(obj)
        assert told.ok, told.message
        if gate in ("enforce", "restricted") and self.process is not None:
            until(lambda: name in self.enforcing(), what=f"{name} on the enforce list")
        return name


@contextlib.contextmanager
def gate(plane: ControlPlane, folder: Path) -> Iterator[Gate]:
    """Install and start the webhook; stop it at the end."""
    made = Gate(plane, folder)
    made.prepare()
    made.start()
    until(made.entries, what="a filled webhook configuration")
    # The API server's own view of webhook configurations follows within a second.
    probe = made.namespace("probe")
    until(lambda: (made.admin.create(pod(probe, "probe", None), dry_run=True), made.reviews())[1] > 0)
    try:
        yield made
    finally:
        if made.process is not None:
            made.stop()
