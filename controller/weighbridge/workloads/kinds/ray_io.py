"""ray.io: RayService, whose applications stand as YAML in a text, and RayJob (https://docs.ray.io, KubeRay). No input or output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from weighbridge.model.refs import ModelRef, Role
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import Serving, Settings
from weighbridge.workloads.command_lines import Start, told
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.containers import read_container
from weighbridge.workloads.documents import document, flags_of
from weighbridge.workloads.engines import GENERIC, LIKELY, engine_named
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.flags import Flag
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, mappings, text
from weighbridge.workloads.resolving import Surroundings, references
from weighbridge.workloads.volumes import Mounts

APPLICATIONS = 50
"""Applications that are read of one service."""
_CODE = ("working_dir", "py_modules", "pip", "conda", "image_uri", "container")


def read_ray(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what the applications of a RayService, or the entry point of a RayJob, load, and what the Pods show."""
    setting = Setting(owner, controller_starts=True)
    found = Found(of_interest=True)
    spec = obj.get("spec")
    stated = text(at(spec, "serveConfigV2"))
    if stated:
        config = document(stated)
        if config is None:
            mention = Mention("", "base", "spec.serveConfigV2", because="spec.serveConfigV2 cannot be read")
            found += Found(references(mention, Surroundings(setting, None)))
        applications = at(config, "applications")
        if isinstance(applications, list) and len(applications) > APPLICATIONS:
            found += Found(
                problems=(f"spec.serveConfigV2 has more than {APPLICATIONS} applications, not all were read",)
            )
        for application in list(mappings(applications))[:APPLICATIONS]:
            found += Found() if found.is_full else _application(application, setting)
    entry = text(at(spec, "entrypoint"))
    if entry:
        variables = at(document(text(at(spec, "runtimeEnvYAML")) or ""), "env_vars")
        said = read_container(
            {"name": "entrypoint", "command": ["sh", "-c", entry]},
            setting,
            _environment(variables),
            Mounts(),
            companions,
        )
        found += Found(said.references, said.serving, said.of_interest, words=said.words)
    for pod_spec in pod_specs(spec)[0]:
        found += Found() if found.is_full else read_pod_spec(pod_spec, setting, companions)
    return found


def _environment(variables: object) -> Environment:
    if not isinstance(variables, dict):
        return Environment()
    return Environment({str(name): said for name, value in variables.items() if (said := text(value)) is not None})


def _application(application: KubeObject, setting: Setting) -> Found:
    """Read one application of Ray Serve: its models in `args`, or in the variables of its environment."""
    arguments = application.get("args")
    variables = _environment(at(application, "runtime_env", "env_vars"))
    code = tuple(f"runtime_env.{key}" for key in _CODE if at(application, "runtime_env", key))
    found = Found()
    for config in _configurations(arguments):
        found += Found() if found.is_full else _model(config, setting, code)
    if not found.references:
        for reader in (GENERIC, LIKELY):
            found += _told(reader.id, variables, arguments, setting, code)
    return found


def _told(reader: str, variables: Environment, arguments: object, setting: Setting, code: tuple[str, ...]) -> Found:
    engine = GENERIC if reader == GENERIC.id else LIKELY
    given = arguments.items() if isinstance(arguments, dict) else ()
    words = [f"--{key}={value_text}" for key, value in given if (value_text := text(value))]
    said = told(engine, words, Start(variables, controller_starts=True), positional=False)
    refs = tuple(ref for one in said.mentions for ref in references(one, Surroundings(setting, None, variables)))
    if not refs and said.settings == Settings():
        return Found()
    return Found(refs, (_serving(said.settings, None, refs, code),))


def _configurations(arguments: object) -> Iterator[KubeObject]:
    for key in ("llm_configs", "llm_config"):
        value = at(arguments, key)
        yield from mappings(value if isinstance(value, list) else [value])
    for key in ("prefill_config", "decode_config"):
        value = at(arguments, key)
        if isinstance(value, dict):
            yield value


def _model(config: KubeObject, setting: Setting, code: tuple[str, ...]) -> Found:
    """Read one `LLMConfig`: `model_id` is the served name, and the source where no other is given."""
    loading = config.get("model_loading_config")
    source = at(loading, "model_source")
    place = text(at(source, "bucket_uri")) if isinstance(source, dict) else text(source)
    mentions = [_mention(place or text(at(loading, "model_id")), "base", "model_source" if place else "model_id")]
    mentions.append(_mention(text(at(loading, "tokenizer_source")), "tokenizer", "tokenizer_source"))
    mentions.append(_mention(text(at(config, "lora_config", "dynamic_lora_loading_path")), "adapter", "lora_config"))
    variables = _environment(at(config, "runtime_env", "env_vars"))
    kwargs = config.get("engine_kwargs")
    flags: tuple[Flag, ...] = tuple(flags_of(kwargs, "engine_kwargs")) if isinstance(kwargs, dict) else ()
    words = [f"--{flag.name}={flag.values[0]}" for flag in flags if flag.values]
    engine = engine_named("vllm") or GENERIC
    said = told(engine, words, Start(variables, controller_starts=True), positional=False)
    around = Surroundings(setting, None, variables)
    refs = tuple(ref for one in (*filter(None, mentions), *said.mentions) for ref in references(one, around))
    lora = at(config, "lora_config", "dynamic_lora_loading_path") is not None
    settled = _with_loading(said.settings, ("lora_config.dynamic_lora_loading_path",) if lora else ())
    return Found(refs, (_serving(settled, "vllm", refs, code),))


def _mention(place: str | None, role: Role, via: str) -> Mention | None:
    return Mention(place, role, f"serveConfigV2 {via}") if place else None


def _with_loading(settled: Settings, loading: tuple[str, ...]) -> Settings:
    return replace(settled, runtime_loading=(*settled.runtime_loading, *loading))


def _serving(settled: Settings, engine: str | None, refs: tuple[ModelRef, ...], code: tuple[str, ...]) -> Serving:
    settled = replace(settled, code_loading=(*settled.code_loading, *code))
    return Serving("serve", engine, settled, None, None, tuple(str(ref) for ref in refs))


def _in_pods(obj: KubeObject) -> bool:
    """Return false for a service: its configuration goes to Pods that run already."""
    return text(at(obj, "spec", "serveConfigV2")) is None and text(at(obj, "spec", "entrypoint")) is None


KINDS = (
    Kind("ray.io", "RayService", read_ray, _in_pods),
    Kind("ray.io", "RayJob", read_ray, _in_pods),
)
