"""nvidia.com: DynamoGraphDeployment, whose volumes and variables stand outside of its Pods (ai-dynamo/dynamo). No input or output."""

from __future__ import annotations

from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.documents import document, flags_of
from weighbridge.workloads.engines import GENERIC
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.serving_settings import settings

_CONFIGURATION = "DYN_DEPLOYMENT_CONFIG"


def read_graph(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what the services of a graph run, with the volumes and variables the operator adds to each."""
    setting = Setting(owner, controller_starts=True)
    spec = obj.get("spec")
    found = Found(of_interest=True)
    stated: list[Flag] = []
    for variable in mappings(at(spec, "envs")):
        if named(variable) == _CONFIGURATION:
            values = document(text(variable.get("value")) or "") or {}
            stated = [
                flag for part in values.values() if isinstance(part, dict) for flag in flags_of(part, _CONFIGURATION)
            ]
    for flag in stated:
        if flag.name in ("model", "model-path") and flag.values:
            mention = Mention(flag.values[0], "base", f"env {_CONFIGURATION}")
            found += Found(references(mention, Surroundings(setting, None)))
    settled = settings(GENERIC, tuple(stated), Environment())
    if settled != Settings():
        models = tuple(str(ref) for ref in found.references)
        found += Found(serving=(Serving("spec", None, settled, None, None, models),))
    services = at(spec, "services")
    for service in [*(services.values() if isinstance(services, dict) else ()), *mappings(at(spec, "components"))]:
        for pod_spec in pod_specs(service)[0]:
            if not found.is_full:
                found += read_pod_spec(_completed(pod_spec, service), setting, companions)
    return found


def _completed(pod_spec: KubeObject, service: object) -> KubeObject:
    """Return a PodSpec with the volumes that its service mounts and the variables that it sets."""
    claims = [
        (name, text(one.get("mountPoint")) or "")
        for one in mappings(at(service, "volumeMounts"))
        if (name := named(one))
    ]
    further = list(mappings(at(service, "envs")))
    if not claims and not further:
        return pod_spec
    known = {named(volume) for volume in mappings(pod_spec.get("volumes"))}
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name, _ in claims if name not in known]
    mounts = [{"name": name, "mountPath": path} for name, path in claims if path]
    main = pod_spec.get("mainContainer")
    changed: dict[str, object] = {**pod_spec, "volumes": [*mappings(pod_spec.get("volumes")), *volumes]}
    if isinstance(main, dict):
        changed["mainContainer"] = _with(main, mounts, further)
    containers = list(mappings(pod_spec.get("containers")))
    if containers:
        changed["containers"] = [_with(containers[0], mounts, further), *containers[1:]]
    return changed


def _with(container: KubeObject, mounts: list[dict[str, str]], variables: list[KubeObject]) -> KubeObject:
    own = {named(one) for one in mappings(container.get("env"))}
    env = [one for one in variables if named(one) not in own]
    return {
        **container,
        "volumeMounts": [*mappings(container.get("volumeMounts")), *mounts],
        "env": [*env, *mappings(container.get("env"))],
    }


def _in_pods(_: KubeObject) -> bool:
    return True


KINDS = (Kind("nvidia.com", "DynamoGraphDeployment", read_graph, _in_pods),)
