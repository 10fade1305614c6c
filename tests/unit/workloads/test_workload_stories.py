"""Every story of tests/cases/workloads: an object, and what it says about models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from weighbridge.model.refs import ModelRef
from weighbridge.workloads import find_models

CASES = Path(__file__).parents[2] / "cases" / "workloads"


def stories() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(story, id=f"{path.stem}: {story['note']}")


def object_of(story: Mapping[str, Any]) -> Mapping[str, Any]:
    if "isvc" in story:
        kind = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService"}
        return {**kind, "metadata": {"name": "i"}, "spec": story["isvc"]}
    if "llm" in story:
        kind = {"apiVersion": "serving.kserve.io/v1alpha2", "kind": "LLMInferenceService"}
        return {**kind, "metadata": {"name": "l"}, "spec": story["llm"]}
    if "object" in story:
        return dict(story["object"])
    pod = {"metadata": {"name": "chat"}, **story.get("pod", {})}
    spec = {"volumes": story.get("volumes"), **pod.get("spec", {}), "containers": [{"name": "c", **story["container"]}]}
    return {"apiVersion": "v1", "kind": "Pod", **pod, "spec": spec}


@pytest.mark.parametrize("story", list(stories()))
def test_a_workload_says_what_the_story_tells(story: Mapping[str, Any]) -> None:
    found = find_models(object_of(story), story.get("companions", ()))
    refs = [f"{ref.role} {ref}" for ref in found.references]

    assert (sorted(refs) if "any_order" in story else refs) == (
        sorted(story["refs"]) if "any_order" in story else story["refs"]
    )
    assert found.of_interest or not refs
    assert "of_interest" not in story or found.of_interest is story["of_interest"]
    assert found.problems == ()
    reasons = [ref.unresolved_because for ref in found.references if not ref.resolved]
    assert all(reason in reasons for reason in story.get("because", ()))
    assert all(
        ModelRef.parse(str(ref), ref.role, ref.found_at, ref.unresolved_because) == ref for ref in found.references
    )
    engines = [one.engine for one in found.serving]
    assert "engine" not in story or story["engine"] in engines
    settings = [
        {name: _plain(getattr(one.settings, name)) for name in story.get("settings", {})} for one in found.serving
    ]
    assert "settings" not in story or story["settings"] in settings
    assert "wanted" not in story or [f"{one.kind} {one.name}" for one in found.wanted] == story["wanted"]
    assert "serving" not in story or len(found.serving) == story["serving"]
    assert "image_digest" not in story or [one.image_digest for one in found.serving] == [story["image_digest"]]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
