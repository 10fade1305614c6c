"""A hub folder with a model, a Sigstore that signs for it, and a site that trusts it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from tests.simulators.sigstore.instance import GITHUB, WORKFLOW, Sigstore
from tests.simulators.sigstore.models import model_statement

COMMIT = "3f9c2e1a" * 5
BASE_COMMIT = "0e9e39f2" * 5
_HEADER = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
WEIGHTS = len(_HEADER).to_bytes(8, "little") + _HEADER + b"\0\0\0\0"
CARD = f"""---
license: apache-2.0
base_model: acme/base
base_model_revision: {BASE_COMMIT}
datasets: ["acme/mails@{BASE_COMMIT}"]
model-index:
- results:
  - dataset: {{name: desk}}
    metrics: [{{type: accuracy, value: 0.91}}]
---
# Desk

Answers questions about tariffs for people at a service desk, in English and German. It was fine-tuned from acme/base with mails of
customers who agreed, and it is evaluated on desk questions with an accuracy of 0.91. Do not use it for legal advice. Known limits are
long tables and sarcasm. Write to desk@acme.example with questions, corrections and incidents of any kind.
"""


def publish(hub: Path, name: str, commit: str, files: Mapping[str, bytes]) -> Path:
    """Write a repository in hub layout; weights are listed by their digest and not stored."""
    folder = hub / name
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        listed.append({"path": path, "size": len(content)})
    (folder / "_repo_files.json").write_text(json.dumps({"commit": commit, "files": listed}))
    return folder


FILES = {"README.md": CARD.encode(), "config.json": b'{"model_type": "llama"}', "model.safetensors": WEIGHTS}


def sign(folder: Path, sigstore: Sigstore, files: Mapping[str, bytes] = FILES, **how: Any) -> bytes:
    """Sign a repository as `model_signing` does, and lay the signature into it."""
    bundle = json.dumps(sigstore.sign(model_statement(files), **how)).encode()
    listed = json.loads((folder / "_repo_files.json").read_text())
    (folder / "model.sig").write_bytes(bundle)
    listed["files"].append({"path": "model.sig", "size": len(bundle)})
    (folder / "_repo_files.json").write_text(json.dumps(listed))
    return bundle


def site(folder: Path, sigstore: Sigstore, *more: Mapping[str, Any], **signer: Any) -> Path:
    """Write a site that trusts the release workflow to sign for acme."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    spec = {
        "method": "sigstore",
        "trustedRoot": {"file": "root.json"},
        "identities": [{"issuer": GITHUB, "subject": WORKFLOW}],
        "maySign": {"models": ["hf://acme/*"], "stamps": True},
        **signer,
    }
    objects = [one("TrustedSigner", "release", spec), *more]
    (folder / "site.yaml").write_text(yaml.safe_dump_all([dict(each) for each in objects]))
    return folder


def one(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "weighbridge.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def workload(folder: Path, model: str = "acme/desk", revision: str = COMMIT) -> Path:
    container = {
        "name": "server",
        "image": "vllm/vllm-openai:v0.10.2",
        "args": ["--model", model, "--revision", revision],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "desk"}, "spec": {"containers": [container]}}
    path = folder / "pod.yaml"
    path.write_text(yaml.safe_dump(pod))
    return path
