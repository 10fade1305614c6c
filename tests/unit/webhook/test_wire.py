from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.answers import Answer
from weighbridge.errors import BadManifest
from weighbridge.model.requests import Namespace
from weighbridge.webhook import wire

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "chat", "namespace": "team"}, "spec": {"containers": []}}


def review(**changes: Any) -> dict[str, Any]:
    request = {
        "uid": "0f3b",
        "operation": "CREATE",
        "namespace": "team",
        "name": "chat",
        "object": POD,
        "oldObject": None,
        "dryRun": True,
        "userInfo": {"username": "jo", "groups": ["dev"], "extra": {"scopes": ["a"]}},
        "options": {"kind": "CreateOptions"},
        **changes,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def body(**changes: Any) -> bytes:
    return json.dumps(review(**changes)).encode()


def test_what_a_decision_may_depend_on_is_read() -> None:
    asked = wire.read(body(subResource="ephemeralcontainers", operation="UPDATE", oldObject=POD))

    request = asked.request(Namespace("team", {"env": "prod"}))
    assert (request.object, request.old_object) == (POD, POD)
    assert (request.operation, request.subresource) == ("UPDATE", "ephemeralcontainers")
    assert request.namespace == Namespace("team", {"env": "prod"})


def test_who_asks_and_dry_run_are_for_the_log_only() -> None:
    asked = wire.read(body())

    assert (asked.user, asked.dry_run, asked.kind, asked.name) == ("jo", True, "Pod", "chat")
    plain = wire.read(body(dryRun=False, userInfo={"username": "system:admin"}))
    assert plain.request(Namespace("team")) == asked.request(Namespace("team"))


def test_a_delete_has_no_new_object() -> None:
    asked = wire.read(body(operation="DELETE", object=None, oldObject=POD))

    assert asked.object == POD
    assert wire.read(body(operation="DELETE", object=None, oldObject=None)).object == {}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": "", "object": {"kind": "Pod", "metadata": {"generateName": "chat-"}}}, "chat-"),
        ({"name": None, "object": {"kind": "Pod", "metadata": {"name": 7}}}, ""),
        ({"name": None, "object": {"kind": 1, "metadata": None}}, ""),
    ],
)
def test_a_nameless_object_is_called_by_what_it_has(changes: dict[str, Any], name: str) -> None:
    assert wire.read(body(**changes)).name == name


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"kind: AdmissionReview", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (body()[:-20], "not JSON"),
        (b"[]", "expected `object`, got `array`"),
        (b"{}", "expected admission.k8s.io/v1 AdmissionReview, got None None"),
        (json.dumps({**review(), "apiVersion": "admission.k8s.io/v1beta1"}).encode(), "got admission.k8s.io/v1beta1"),
        (json.dumps({**review(), "kind": "TokenReview"}).encode(), "got admission.k8s.io/v1 TokenReview"),
        (json.dumps({**review(), "request": None}).encode(), "no request"),
        (body(uid=""), "request.uid"),
        (body(uid=None), "request.uid"),
        (body(uid="u" * 300), "request.uid"),
        (body(uid=5), "expected `str"),
        (body(operation="PATCH"), "request.operation must be"),
        (body(operation=None), "request.operation must be"),
        (body(object=None), "a CREATE without request.object"),
        (body(object=[1]), "expected `object"),
        (body(object={"a": json.loads("[" * 120 + "]" * 120)}), "nested deeper than 100"),
        (body(oldObject={"a": json.loads("[" * 120 + "]" * 120)}), "nested deeper than 100"),
        (b'{"request":' * 50_000 + b"1" + b"}" * 50_000, "nested deeper|expected"),
        (b'{"request":{"object":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}}", "nested deeper than 100"),
        (b'{"a":[' + b"[]," * 700_000 + b"1]}", "more than 1000000 values"),
        (b" " * (wire.MAX_BODY + 1), "larger than 8 MiB"),
    ],
)
def test_what_is_no_review_gets_one_sentence(content: bytes, why: str) -> None:
    with pytest.raises(BadManifest, match=why) as caught:
        wire.read(content)

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("AdmissionReview: ")


def test_a_hundred_levels_are_read() -> None:
    assert wire.read(body(object=json.loads('{"a":' * 99 + "[]" + "}" * 99))).uid == "0f3b"


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    with pytest.raises(BadManifest):
        wire.read(content)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["uid", "operation", "namespace", "name", "subResource", "dryRun", "userInfo", "object", "oldObject"]
)


@given(st.dictionaries(_KEYS, _JSON, max_size=4))
def test_any_request_is_read_or_refused_in_a_sentence(changes: dict[str, Any]) -> None:
    try:
        uid = wire.read(body(**changes)).uid
    except BadManifest as error:
        uid = str(error)

    assert uid


def test_a_denial_carries_code_and_reason() -> None:
    answer = Answer(allowed=False, code=403, message="no", audit_annotations={"decision": "d"})

    assert json.loads(wire.write("u", answer)) == {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": {
            "uid": "u",
            "allowed": False,
            "status": {"code": 403, "message": "no", "reason": "Forbidden"},
            "auditAnnotations": {"decision": "d"},
        },
    }


def test_an_admission_carries_warnings_and_no_status() -> None:
    told = json.loads(wire.write("u", Answer(allowed=True, warnings=("a", "b"))))

    assert told["response"] == {"uid": "u", "allowed": True, "warnings": ["a", "b"]}
