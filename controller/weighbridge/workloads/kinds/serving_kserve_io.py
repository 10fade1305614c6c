"""
serving.kserve.io: InferenceService and LLMInferenceService (https://kserve.github.io, types of August 2026).

Both name a model in a field and may name another in arguments; what the server would load is what counts.
No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.engines import engine_of_image
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.kinds.kserve_claims import connected, encrypted
from weighbridge.workloads.kinds.kserve_merging import Expanded, with_bases, with_runtime
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.naming import clean
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.tables import table

MOUNT = "/mnt/models"
"""Where KServe puts a model when nothing else is said."""

_MODELCAR = "modelcar"
_TABLE = table("serving_kserve_io")
_FRAMEWORKS: Mapping[str, str] = _TABLE["frameworks"]
_SERVERS = frozenset[str](_TABLE["servers"])
_MODES: frozenset[str] = frozenset(_TABLE["modes_without_pods"])
_ENGINES: Mapping[str, str] = _TABLE["engines"]


def read_inference_service(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what the predictor, the transformer and the explainer of an InferenceService name."""
    found = Found()
    spec = obj.get("spec")
    for path, predictor in (
        ("spec.predictor", at(spec, "predictor")),
        ("spec.default.predictor", at(spec, "default", "predictor")),
        ("spec.canary.predictor", at(spec, "canary", "predictor")),
    ):
        if isinstance(predictor, dict):
            whole = with_runtime(predictor, obj.get("metadata"), companions)
            found += _predictor(
                whole, path, owner, companions, connected(obj.get("metadata"), f"{path}.model.storageUri")
            )
            plain = Surroundings(Setting(owner), None)
            found += Found(tuple(ref for one in encrypted(predictor, path) for ref in references(one, plain)))
    for name in ("transformer", "explainer"):
        part = at(spec, name)
        if isinstance(part, dict):
            found += _auxiliary(part, f"spec.{name}", owner, companions)
    return found


def _predictor(whole: Expanded, path: str, owner: Owner, companions: Companions, connection: Mention | None) -> Found:
    predictor = whole.object
    supplied: dict[str, Mention] = {}
    servers: list[tuple[str, KubeObject]] = []
    for key, server in predictor.items():
        if key in ("model", *_FRAMEWORKS) and isinstance(server, dict):
            servers.append((key, server))
            supplied.update((MOUNT, mention) for mention in _stored(server, f"{path}.{key}"))
    for stored in mappings(predictor.get("storageUris")):
        uri = text(stored.get("uri"))
        if uri is not None:
            supplied[clean(text(stored.get("mountPath")) or MOUNT)] = Mention(uri, "base", f"{path}.storageUris")
    supplied.update((MOUNT, one) for one in _storage_variables(predictor))
    setting = Setting(owner, supplied, controller_starts=bool(supplied or servers))
    found = Found()
    for key, server in servers:
        engine = _engine(key, server)
        spec = {"containers": [{"name": "kserve-container", **server}], "volumes": predictor.get("volumes")}
        found += read_pod_spec(spec, replace(setting, engine=engine), companions)
    found += read_pod_spec(predictor, setting, companions)
    worker = predictor.get("workerSpec")
    if isinstance(worker, dict):
        found += read_pod_spec(worker, setting, companions)
    found += Found(wanted=whole.wanted)
    around = Surroundings(setting, None)
    found += Found(tuple(ref for one in _displacing(predictor, supplied) for ref in references(one, around)))
    if not (found.references or supplied) and connection is not None:
        return found + Found(references(connection, Surroundings(setting, None)), of_interest=True)
    return found + _not_read(found, setting, whole, path, named_model=bool(servers))


def _displacing(predictor: KubeObject, supplied: Mapping[str, Mention]) -> Iterator[Mention]:
    """Yield containers that take the place of those in which KServe shows a model's image (pkg/utils/storage.go)."""
    stored = next((one.text for one in supplied.values() if one.text.startswith("oci")), None)
    for container in (*mappings(predictor.get("containers")), *mappings(predictor.get("initContainers"))):
        if stored is not None and named(container).startswith(_MODELCAR):
            because = (
                f"container {named(container)[:60]} takes the place of the one that KServe adds for {stored[:200]}"
            )
            yield Mention(text(container.get("image")) or "", "base", "image", because=because)


def _not_read(found: Found, setting: Setting, whole: Expanded, path: str, *, named_model: bool) -> Found:
    """Return what no argument mentions: the stored models, or the image of a custom predictor."""
    around = Surroundings(setting, None)
    told = [ref for ref in found.references if ref.role in ("base", "image")]
    stored = {mount: references(mention, around) for mount, mention in setting.supplied.items()}
    from_fields = {_whole(ref) for refs in stored.values() for ref in refs}
    if any(_whole(ref) not in from_fields for ref in told):
        stored.pop(MOUNT, None)  # --model_id and the like win over what is mounted
    missing = tuple(ref for refs in stored.values() for ref in refs if not _is_read(ref, found.references))
    if missing or told or found.references:
        return Found(missing, of_interest=bool(missing))
    predictor = whole.object
    runtime = text(at(predictor, "model", "runtime"))
    if named_model:
        if runtime is None:
            return Found()  # a server for models that are loaded later, each by a TrainedModel
        why = ", ".join(whole.problems) or f"the runtime {runtime} names no model"
        because = f"no storageUri is given, and {why}"
        return Found(
            references(Mention("", "base", f"{path}.model.storageUri", because=because), around), of_interest=True
        )
    return Found(tuple(_own_images(predictor, around)), of_interest=True)


def _own_images(predictor: KubeObject, around: Surroundings) -> Iterator[ModelRef]:
    """Yield the images of a custom predictor, which hold the model when nothing else names one."""
    for container in list(mappings(predictor.get("containers")))[:1]:
        image = text(container.get("image"))
        if image and engine_of_image(image) is None:
            inside = replace(around, container=named(container) or "-")
            yield from references(Mention(image, "base", "image", form="image"), inside)


def _whole(ref: ModelRef) -> tuple[str, str]:
    return ref.scheme, ref.repository


def _is_read(ref: ModelRef, known: tuple[ModelRef, ...]) -> bool:
    return any(_whole(ref) == _whole(one) or one.repository.startswith(f"{ref.repository}/") for one in known)


def _stored(server: KubeObject, path: str) -> Iterator[Mention]:
    """Yield the model in `storageUri` or `storage` of a predictor, transformer or explainer."""
    uri = text(server.get("storageUri"))
    if uri is not None:
        yield Mention(uri, "base", f"{path}.storageUri")
    storage = server.get("storage")
    if isinstance(storage, dict):
        yield _storage(storage, path)


def _storage(storage: KubeObject, path: str) -> Mention:
    inner = (text(storage.get("path")) or "").strip("/")
    claim = at(storage, "parameters", "name")
    if at(storage, "parameters", "type") == "pvc" and isinstance(claim, str):
        return Mention(f"pvc://{claim}/{inner}", "base", f"{path}.storage")
    key = text(storage.get("key")) or "default"
    because = f"storage.key={key}: bucket and endpoint come from Secret storage-config"
    bucket = text(at(storage, "parameters", "bucket"))
    scheme = text(at(storage, "parameters", "type")) or "s3"
    told = f"{scheme}://{bucket}/{inner}" if bucket else None
    return Mention(text(storage.get("path")) or "", "base", f"{path}.storage", because=because, claim=told)


def _storage_variables(part: KubeObject) -> Iterator[Mention]:
    """Yield what KServe's Pod webhook takes from the variable STORAGE_URI."""
    for container in mappings(part.get("containers")):
        for variable in mappings(container.get("env")):
            value = text(variable.get("value"))
            if named(variable) == "STORAGE_URI" and value:
                yield Mention(value, "base", "env STORAGE_URI")


def _engine(key: str, server: KubeObject) -> str | None:
    """Return the engine KServe would pick, as far as the object tells."""
    known = _ENGINES.get((text(at(server, "modelFormat", "name")) or "").lower()) or _FRAMEWORKS.get(key)
    return known or None


def _auxiliary(part: KubeObject, path: str, owner: Owner, companions: Companions) -> Found:
    """Return what a transformer or explainer names; it helps, and is no server of the model."""
    setting = Setting(owner, controller_starts=True, role="aux")
    found = read_pod_spec(part, setting, companions)
    mentions = [
        mention
        for key, server in part.items()
        if isinstance(server, dict) and key != "workerSpec"
        for mention in _stored(server, f"{path}.{key}")
    ]
    around = Surroundings(setting, None)
    refs = tuple(ref for one in (*mentions, *_storage_variables(part)) for ref in references(one, around))
    return found + Found(refs, of_interest=bool(refs))


def read_llm_inference_service(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return the model of an LLMInferenceService, its adapters and what its PodSpecs add, with what it inherits."""
    own = obj.get("spec")
    whole = with_bases(own if isinstance(own, dict) else {}, companions)
    spec = whole.object
    plain = Surroundings(Setting(owner), None)
    mentions = list(_llm_mentions(whole, inherits=not text(at(own, "model", "uri"))))
    refs = tuple(ref for mention in mentions for ref in references(mention, plain))
    found = Found(refs, of_interest=True, wanted=whole.wanted)
    downloads = at(spec, "storageInitializer", "enabled") is not False
    supplied = {MOUNT: mentions[0]} if text(at(spec, "model", "uri")) and downloads else {}
    plain_setting = Setting(owner, supplied, controller_starts=True)
    server_setting = replace(plain_setting, engine="vllm", engine_container="main")
    for key, part in spec.items():
        for pod_spec in pod_specs({key: part})[0]:
            setting = server_setting if key in _SERVERS else plain_setting
            found += read_pod_spec(pod_spec, setting, companions)
    return found


def _llm_mentions(whole: Expanded, *, inherits: bool) -> Iterator[Mention]:
    """Yield the model first, where there is one; a base that is not at hand may name another while the object names none."""
    uri = text(at(whole.object, "model", "uri"))
    if uri:
        yield Mention(uri, "base", "spec.baseRefs" if inherits else "spec.model.uri")
    for adapter in mappings(at(whole.object, "model", "lora", "adapters")):
        yield Mention(text(adapter.get("uri")) or "", "adapter", "spec.model.lora.adapters")
    yield from encrypted(at(whole.object, "model"), "spec.model")
    if inherits and whole.problems:
        because = f"no spec.model.uri is given, and {', '.join(whole.problems)}"
        yield Mention("", "base", "spec.baseRefs", because=because)


def read_llm_config(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what a base configuration names by itself; the folder its engine looks into is filled by each service."""
    return _template(read_llm_inference_service(obj, owner, companions))


def _template(found: Found) -> Found:
    """Leave out the folder that each object made from a template fills."""
    kept = tuple(ref for ref in found.references if not _is_filled(ref))
    gone = {str(ref) for ref in found.references} - {str(ref) for ref in kept}
    serving = tuple(
        replace(one, models=tuple(name for name in one.models if name not in gone)) for one in found.serving
    )
    return replace(found, references=kept, serving=serving)


def _is_filled(ref: ModelRef) -> bool:
    folder = ref.scheme == "file" and (ref.repository == MOUNT or ref.repository.startswith(f"{MOUNT}/"))
    return folder or ref.found_at.via == "default path"


def read_serving_runtime(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what a template names by itself; the folder its engine looks into is filled by each InferenceService."""
    setting = Setting(owner, controller_starts=True)
    found = Found()
    for spec in pod_specs({"spec": obj.get("spec")})[0]:
        found += read_pod_spec(spec, setting, companions)
    return _template(found)


def _always(_: KubeObject) -> bool:
    return True


def _in_pods(obj: KubeObject) -> bool:
    """Return false for ModelMesh, which loads models into Pods that run already."""
    return text(at(obj, "metadata", "annotations", "serving.kserve.io/deploymentMode")) not in _MODES


KINDS = (
    Kind("serving.kserve.io", "InferenceService", read_inference_service, _in_pods),
    Kind("serving.kserve.io", "LLMInferenceService", read_llm_inference_service, _always),
    Kind("serving.kserve.io", "ServingRuntime", read_serving_runtime, _always),
    Kind("serving.kserve.io", "ClusterServingRuntime", read_serving_runtime, _always),
    Kind("serving.kserve.io", "LLMInferenceServiceConfig", read_llm_config, _always),
)
