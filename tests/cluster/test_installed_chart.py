from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.certificates import make_pair
from tests.cluster.control_plane import CONTROLLER_USER, ControlPlane, free_port, running, tools
from tests.cluster.gate import CONFIGURATION, ROOT, SITE, Gate, pod, rendered, site_objects
from tests.cluster.kubectl import Kubectl, Told, until

pytestmark = pytest.mark.cluster


def may(admin: Kubectl, verb: str, resource: str, group: str = "", name: str = "") -> bool:
    """Ask the API server whether the controller's service account may do something."""
    attributes = {"verb": verb, "resource": resource, "group": group, "name": name}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {},
        "spec": {"user": CONTROLLER_USER, "groups": ["system:serviceaccounts"], "resourceAttributes": attributes},
    }
    told = admin.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    allowed: bool = told.body["status"]["allowed"]
    return allowed


@pytest.mark.parametrize("more", [False, True])
def test_the_api_server_takes_everything_the_chart_renders(
    gate: Gate, admin: Kubectl, tmp_path: Path, more: bool
) -> None:
    values = {
        "networkPolicy": {"enabled": True},
        "site": site_objects(),
        "excludeNamespaces": ["left-alone"],
        "hub": {"tokenSecret": "hub-token"},
        "store": {"urlSecret": "evidence-store"},
        "image": {"digest": f"sha256:{'ab' * 32}", "pullSecrets": ["registry"]},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "serviceAccount": {"annotations": {"a": "b"}},
    }
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    objects = rendered(*(("--values", str(tmp_path / "values.yaml")) if more else ()))
    told = {one["kind"]: admin.apply(one, dry_run=True) for one in objects}

    assert {kind: (one.message, one.warnings) for kind, one in told.items() if not one.ok or one.warnings} == {}
    assert "Deployment" in told
    assert ("NetworkPolicy" in told) is more


def test_what_helm_upgrades_leaves_the_filled_entries_alone(gate: Gate, admin: Kubectl) -> None:
    (configuration,) = [one for one in rendered() if one["kind"] == "ValidatingWebhookConfiguration"]
    before = gate.entries()
    told = admin.apply(configuration)

    assert told.ok
    assert before
    assert gate.entries() == before


def test_the_controller_has_the_rights_it_needs_and_no_others(gate: Gate, admin: Kubectl, plane: ControlPlane) -> None:
    group, resource = "admissionregistration.k8s.io", "validatingwebhookconfigurations"

    assert all(may(admin, verb, "namespaces") for verb in ("get", "list", "watch"))
    assert all(may(admin, verb, resource, group, CONFIGURATION) for verb in ("get", "watch", "patch"))
    assert not any(may(admin, verb, resource, group, CONFIGURATION) for verb in ("create", "delete", "update"))
    assert not any(may(admin, verb, resource, group, "other") for verb in ("get", "watch", "patch"))
    assert not any(may(admin, verb, kind) for verb in ("get", "list", "create") for kind in ("pods", "secrets"))
    assert not any(may(admin, verb, "namespaces") for verb in ("create", "patch", "delete"))


def local(arguments: list[str], folder: Path) -> list[str]:
    """Return a container's arguments with the folders of its volumes replaced by ours."""
    mounts = {"/run/weighbridge": folder / "run", "/etc/weighbridge": folder}
    found = []
    for argument in arguments:
        for mounted, ours in mounts.items():
            argument = argument.replace(mounted, str(ours))  # noqa: PLW2901  one path at a time
        found.append(argument)
    return found


def test_the_containers_of_the_chart_work_together(gate: Gate, tmp_path: Path) -> None:
    make_pair().write(tmp_path / "tls")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "policies.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "run").mkdir()
    (deployment,) = [one for one in rendered("--set", "hub.offline=true") if one["kind"] == "Deployment"]
    spec = deployment["spec"]["template"]["spec"]
    (prepare,), containers = spec["initContainers"], {one["name"]: one for one in spec["containers"]}
    weighbridge = [sys.executable, "-m", "weighbridge"]
    environment = {"PYTHONPATH": str(ROOT / "controller"), "PATH": f"{tools()}:{os.environ['PATH']}"}
    subprocess.run(
        [*weighbridge, *local(prepare["args"], tmp_path)], env={**os.environ, **environment}, check=True, timeout=60
    )
    port = free_port()
    ours = ["--no-cluster", "--host=127.0.0.1", f"--port={port}"]
    controller = [*weighbridge, *local(containers["controller"]["args"], tmp_path), *ours]
    sidecar = [*containers["opa"]["command"], *local(containers["opa"]["args"], tmp_path)]
    webhook = Kubectl(f"https://127.0.0.1:{port}", "")

    def ready() -> Told | None:
        try:
            return webhook.get("/readyz")
        except OSError:
            return None

    with running(controller, tmp_path / "controller.log", **environment):
        alone = until(ready)
        with running(sidecar, tmp_path / "opa.log", **environment):
            until(lambda: (told := ready()) is not None and told.ok, what="ready with its sidecar")
            review = {"uid": "u", "operation": "CREATE", "namespace": "n", "object": pod("n", "p", "acme/x")}
            body = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": review}
            told = webhook.ask("POST", "/validate/enforce", body)

    assert (alone.status, told.status) == (503, 200)
    assert told.body["response"]["allowed"] is True
    assert told.body["response"]["auditAnnotations"]["stage"] == "audit"


def test_the_pods_of_the_chart_meet_the_restricted_standard(gate: Gate, admin: Kubectl) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    secured = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "secured", "labels": labels}}
    assert admin.apply(secured).ok
    (deployment,) = [one for one in rendered() if one["kind"] == "Deployment"]
    template = deployment["spec"]["template"]
    metadata = {"name": "controller", "namespace": "secured", "labels": template["metadata"]["labels"]}
    told = admin.create(
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}, dry_run=True
    )

    assert told.ok, told.message
