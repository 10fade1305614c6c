from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.refs import FoundAt
from weighbridge.workloads import find_models
from weighbridge.workloads.locating import VALUES, place_of

CONTAINERS = [
    {"name": "side", "image": "acme/chat"},
    {
        "name": "c",
        "args": ["--served-model-name=acme/chat-7b", "--model=acme/chat", "--x"],
        "command": ["sh", "-c", "x"],
    },
    {"image": "none", "args": ["a b acme/other c"]},
]
DEPLOYMENT = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": CONTAINERS}}, "uri": "hf://acme/z"}}


@pytest.mark.parametrize(
    ("found_at", "path"),
    [
        (FoundAt("c", "--model", "acme/chat"), "spec.template.spec.containers[1].args[1]"),
        (FoundAt("side", "image", "acme/chat"), "spec.template.spec.containers[0].image"),
        (FoundAt("-", "x", "acme/other"), "spec.template.spec.containers[2].args[0]"),
        (FoundAt("c", "--model", "$(M)"), "spec.template.spec.containers[1]"),
        (FoundAt("c", "--model", ""), "spec.template.spec.containers[1]"),
        (FoundAt(None, "spec.uri", "hf://acme/z"), "spec.uri"),
        (FoundAt("kserve-container", "spec.uri", "hf://acme/z"), "spec.uri"),
        (FoundAt("gone", "--model", "elsewhere"), ""),
        (FoundAt(None, "spec.uri", "elsewhere"), ""),
    ],
)
def test_a_reference_is_shown_where_its_text_stands(found_at: FoundAt, path: str) -> None:
    assert place_of(DEPLOYMENT, found_at) == path


def test_every_reference_of_a_pod_has_a_place() -> None:
    found = find_models(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "spec": {"containers": [{"name": "c", "command": ["vllm", "serve", "a/b"]}]},
        }
    )

    assert [
        place_of({"spec": {"containers": [{"name": "c", "command": ["vllm", "serve", "a/b"]}]}}, one.found_at)
        for one in found.references
    ] == ["spec.containers[0].command[2]"]


def test_only_so_much_of_an_object_is_looked_at() -> None:
    assert place_of({"a": list(range(VALUES)), "b": "x"}, FoundAt(None, "b", "x")) == ""


@given(
    st.recursive(
        st.none() | st.text(max_size=3) | st.integers(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
    ),
    st.none() | st.text(max_size=2),
    st.text(max_size=2),
)
def test_any_object_has_a_place_or_none(value: object, container: str | None, raw: str) -> None:
    assert isinstance(place_of({"spec": value, "containers": value}, FoundAt(container, "x", raw)), str)
