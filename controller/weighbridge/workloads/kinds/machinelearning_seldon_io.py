"""machinelearning.seldon.io: SeldonDeployment, a graph of model servers (Seldon Core 1). No input or output."""

from __future__ import annotations

from collections.abc import Iterator

from weighbridge.model.refs import Role
from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.engines import engine_of_image
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.resolving import Surroundings, references

NODES = 200
"""Nodes of a graph that are read."""


def read_seldon_deployment(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return the models of all graphs, and the images that carry theirs."""
    setting = Setting(owner, controller_starts=True)
    around = Surroundings(setting, None)
    found = Found(of_interest=True)
    for predictor in mappings(at(obj, "spec", "predictors")):
        if found.is_full:
            break
        nodes = list(_nodes(predictor.get("graph")))
        if len(nodes) == NODES:
            found += Found(problems=(f"a graph has {NODES} nodes or more, not all were read",))
        for node in nodes:
            found += Found(tuple(ref for one in _mentions(node) for ref in references(one, around)))
        models = {
            named(node) for node in nodes if text(node.get("type")) in (None, "MODEL") and not node.get("modelUri")
        }
        for spec in pod_specs(predictor.get("componentSpecs"))[0]:
            said = read_pod_spec(spec, setting, companions)
            found += said
            if not said.references and not any(node.get("modelUri") for node in nodes):
                for container in mappings(spec.get("containers")):
                    image = text(container.get("image"))
                    if image and named(container) in models and engine_of_image(image) is None:
                        found += Found(references(Mention(image, "base", "image", form="image"), around))
    return found


def _nodes(graph: object) -> Iterator[KubeObject]:
    stack = [graph]
    count = 0
    while stack and count < NODES:
        node = stack.pop()
        if isinstance(node, dict):
            count += 1
            yield node
            stack.extend(reversed(list(mappings(node.get("children")))))


def _mentions(node: KubeObject) -> Iterator[Mention]:
    uri = text(node.get("modelUri"))
    if uri:
        yield Mention(uri, "base", "graph.modelUri")
    for parameter in mappings(node.get("parameters")):
        if named(parameter) in ("pretrained_model", "pretrained_tokenizer", "model_uri", "model_id"):
            role: Role = "tokenizer" if named(parameter) == "pretrained_tokenizer" else "base"
            yield Mention(text(parameter.get("value")) or "", role, f"graph.parameters {named(parameter)}")


def _in_pods(_: KubeObject) -> bool:
    return False


KINDS = (Kind("machinelearning.seldon.io", "SeldonDeployment", read_seldon_deployment, _in_pods),)
