"""serving.kserve.io: Predictor of ModelMesh, whose place is cut into a path and a store. No input or output."""

from __future__ import annotations

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found
from weighbridge.workloads.reading import at, text
from weighbridge.workloads.resolving import Surroundings, references


def read_predictor(obj: KubeObject, owner: Owner, _: Companions) -> Found:
    """Return the model that is loaded into Pods that run already."""
    spec = obj.get("spec")
    inner = (text(at(spec, "path")) or "").strip("/")
    uri = text(at(spec, "storageUri"))
    claim = text(at(spec, "storage", "persistentVolumeClaim", "claimName"))
    bucket = text(at(spec, "storage", "s3", "bucket")) or text(at(spec, "storage", "parameters", "bucket"))
    raw = text(at(spec, "path")) or ""
    if uri:
        mention = Mention(uri, "base", "spec.storageUri")
    elif claim:
        mention = Mention(f"pvc://{claim}/{inner}", "base", "spec.path")
    else:
        because = "spec.storage: endpoint and bucket come from Secret storage-config"
        mention = Mention(raw, "base", "spec.path", because=because, claim=f"s3://{bucket}/{inner}" if bucket else None)
    return Found(references(mention, Surroundings(Setting(owner), None)), of_interest=True)


def _in_pods(_: KubeObject) -> bool:
    return False


KINDS = (Kind("serving.kserve.io", "Predictor", read_predictor, _in_pods),)
