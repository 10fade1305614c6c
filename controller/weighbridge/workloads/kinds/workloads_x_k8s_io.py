"""
workloads.x-k8s.io: RoleBasedGroup, whose roles are templates with patches over them.

Source: sgl-project/rbg, api/workloads/v1alpha1 and v1alpha2 (August 2026); a patch is laid over its template as the
API machinery does it. No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Owner, Setting
from weighbridge.workloads.merging import merged
from weighbridge.workloads.pod_specs import Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, mappings, named

_PATTERNS = ("standalonePattern", "leaderWorkerPattern", "leaderWorkerSet")
_PATCHES = ("leaderTemplatePatch", "workerTemplatePatch", "patchLeaderTemplate", "patchWorkerTemplate")
"""Each makes Pods of its own, in the words of either version."""
_READ = frozenset({"template", "templateRef", "templatePatch", *_PATTERNS, *_PATCHES})


def read_group(obj: KubeObject, owner: Owner, companions: Companions) -> Found:
    """Return what the Pods of every role say; a template that no role takes runs nowhere."""
    setting = Setting(owner, controller_starts=True)
    templates = {named(one): one.get("template") for one in mappings(at(obj, "spec", "roleTemplates"))}
    found = Found()
    for role in mappings(at(obj, "spec", "roles")):
        rest = {key: value for key, value in role.items() if key not in _READ}
        for template in (*_templates(role, templates), rest):
            for spec in pod_specs(template)[0]:
                found += Found() if found.is_full else read_pod_spec(spec, setting, companions)
    return found


def _templates(role: KubeObject, templates: Mapping[str, object]) -> Iterator[object]:
    """Yield the Pod templates of a role as they run."""
    own = _patched(role, None, templates)
    patterns: list[KubeObject] = [pattern for name in _PATTERNS if isinstance(pattern := role.get(name), dict)]
    for pattern in patterns or [role]:
        whole = _patched(pattern, own, templates) if patterns else own
        patches = [patch for name in _PATCHES if isinstance(patch := pattern.get(name), dict)]
        yield from (merged(whole, patch) for patch in patches)
        if len(patches) < 2:
            yield whole


def _patched(pattern: KubeObject, own: object, templates: Mapping[str, object]) -> object:
    """Return the template of a pattern, or the one it refers to, under its patch."""
    reference = pattern.get("templateRef")
    template = pattern.get("template") or templates.get(named(reference)) or own
    for patch in (at(reference, "patch"), pattern.get("templatePatch")):
        if isinstance(patch, dict):
            template = merged(template, patch) if template is not None else patch
    return template


def _in_pods(_: KubeObject) -> bool:
    return True


KINDS = (Kind("workloads.x-k8s.io", "RoleBasedGroup", read_group, _in_pods),)
