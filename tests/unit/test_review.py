from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from tests.evidence_values import COMMIT, evidence

from weighbridge.errors import EngineError
from weighbridge.facts import MODEL_FACTS, WorkloadFacts, facts, to_json
from weighbridge.model.companions import Unread
from weighbridge.model.outcomes import Unknown
from weighbridge.model.requests import Fetched, Namespace, Request, Where
from weighbridge.model.site import SiteFacts
from weighbridge.model.verdicts import Verdict
from weighbridge.review import COMPANIONS_SHARE, Reviewer

NOW = datetime(2026, 11, 25, 12, 34, 56, tzinfo=UTC)
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "c", "image": "vllm/vllm-openai", "args": ["--model=org/model"]}]},
}


class KnownEvidence:
    def __init__(self, **changes):
        self.changes = changes
        self.asked = []

    async def gather(self, refs, seconds):
        self.asked.append((tuple(map(str, refs)), seconds))
        return tuple(evidence(**{"ref": ref, **self.changes}) for ref in refs)


class AskedPolicies:
    def __init__(self, error=None):
        self.documents, self.places, self.error = [], [], error

    async def judge(self, document, places):
        if self.error:
            raise self.error
        self.documents.append(document)
        self.places.append(places)
        return Verdict("warn", True, True, False, (), "sha256:0")


class QuietSite:
    def facts_for(self, namespace, evidence):
        return SiteFacts()


def reviewer(gatherer=None, judge=None):
    return Reviewer(gatherer or KnownEvidence(), judge or AskedPolicies(), QuietSite(), lambda: NOW)


async def test_a_review_names_the_models_with_the_commit_they_mean():
    decision = (await reviewer().review(Request(POD, Namespace("ns")), 5)).decision

    assert [(one.ref, one.role, one.commit) for one in decision.models] == [("hf://org/model", "base", COMMIT)]
    assert (decision.kind, decision.name, decision.namespace) == ("Pod", "p", "ns")


async def test_a_model_nobody_knows_has_no_commit():
    gatherer = KnownEvidence(resolved=Unknown("timeout"))
    decision = (await reviewer(gatherer).review(Request(POD, Namespace("ns")), 5)).decision

    assert decision.models[0].commit is None


async def test_what_is_not_of_interest_asks_nobody():
    gatherer, judge = KnownEvidence(), AskedPolicies()
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    review = await reviewer(gatherer, judge).review(Request(config_map, Namespace("ns")), 5)

    assert review.decision is None
    assert (gatherer.asked, judge.documents) == ([], [])


async def test_what_changes_nothing_asks_nobody():
    gatherer = KnownEvidence()
    for request in (Request(POD, Namespace("ns"), "DELETE"), Request(POD, Namespace("ns"), "UPDATE", POD)):
        assert (await reviewer(gatherer).review(request, 5)).decision is None
    assert gatherer.asked == []


async def test_a_pod_with_an_accelerator_and_no_model_is_asked_about():
    spec = {"containers": [{"name": "c", "image": "x", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}
    judge = AskedPolicies()
    review = await reviewer(judge=judge).review(Request({**POD, "spec": spec}, Namespace("ns")), 5)

    assert review.decision.models == ()
    assert len(judge.documents) == 1


async def test_equal_workloads_share_their_facts_and_their_id():
    judge = AskedPolicies()
    other = {**POD, "metadata": {"name": "another", "uid": "1"}}
    first = await reviewer(judge=judge).review(Request(POD, Namespace("ns")), 5)
    second = await reviewer(judge=judge).review(Request(other, Namespace("ns")), 5)

    assert judge.documents[0] == judge.documents[1]
    assert first.decision.id == second.decision.id


async def test_the_place_of_a_reference_is_its_manifest():
    judge = AskedPolicies()
    await reviewer(judge=judge).review(Request(POD, Namespace("ns"), where=Where("a.yaml", 3)), 5)

    place = judge.places[0]["hf://org/model"]["reference"]
    assert (place.file, place.line) == ("a.yaml", 3)
    assert "org/model" in place.text


async def test_an_engine_that_fails_rises_to_the_door():
    with pytest.raises(EngineError, match="gone"):
        await reviewer(judge=AskedPolicies(EngineError("gone"))).review(Request(POD, Namespace("ns")), 5)


async def test_the_stage_of_a_namespace_is_asked_with_no_model():
    judge = AskedPolicies()

    assert await reviewer(judge=judge).stage(Namespace("ns")) == "warn"
    assert msgspec.json.decode(judge.documents[0].body)["models"] == []


def document(now=NOW, **changes):
    return facts("ns", WorkloadFacts("v1", "Pod", None), (), (evidence(**changes),), (), SiteFacts(), now)


def test_time_is_a_whole_minute_and_no_part_of_the_key():
    early, late = document(), document(NOW.replace(hour=20))

    assert msgspec.json.decode(early.body)["time"] == int(NOW.replace(second=0).timestamp()) * 10**9
    assert (early.key == late.key, early.body == late.body) == (True, False)


def test_an_outage_is_the_same_fact_at_every_retry():
    facts_at = [document(card=Unknown("timeout", "hub.example", 60, f"no answer in {n} s")) for n in (1, 2)]

    assert facts_at[0].key == facts_at[1].key


def test_every_fact_is_found_missing_or_unknown():
    model = msgspec.json.decode(document(card=Unknown("timeout", "h", 0)).body)["models"][0]

    assert {next(iter(model[name])) for name in MODEL_FACTS} == {"found", "missing", "unknown"}
    assert model["publisher"] == "org"


def test_what_has_no_place_in_the_document_is_our_bug():
    with pytest.raises(TypeError, match="set has no place"):
        to_json({"a": {1}})


RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ServingRuntime",
    "metadata": {"name": "house", "namespace": "ns"},
    "spec": {"containers": [{"name": "kserve-container", "image": "vllm/vllm-openai", "args": ["--model=org/house"]}]},
}
SERVICE = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "s", "namespace": "ns"},
    "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}, "runtime": "house"}}},
}


class AskedCluster:
    def __init__(self, *objects, because=None):
        self.objects, self.because, self.asked = objects, because, []

    async def read(self, wanted, namespace, seconds):
        self.asked.append(([one.name for one in wanted], namespace, seconds))
        return Fetched(self.objects, tuple(Unread(one, self.because) for one in wanted if self.because))


async def test_what_a_workload_wants_is_read_in_its_namespace_and_within_its_share_of_the_time():
    gatherer, cluster = KnownEvidence(), AskedCluster(RUNTIME)
    review = await reviewer(gatherer).reading(cluster).review(Request(SERVICE, Namespace("ns")), 5)

    assert cluster.asked == [(["house"], "ns", 5 * COMPANIONS_SHARE)]
    assert gatherer.asked == [(("hf://org/house",), 5 - 5 * COMPANIONS_SHARE)]
    assert [one.ref for one in review.decision.models] == ["hf://org/house"]


async def test_what_cannot_be_read_is_unresolved_with_the_reason():
    cluster = AskedCluster(because="the API server forbids it")
    review = await reviewer().reading(cluster).review(Request(SERVICE, Namespace("ns")), 5)
    (ref,) = review.found.references

    assert ref.unresolved_because.endswith("ServingRuntime house was not read: the API server forbids it")


async def test_without_a_reader_nothing_is_read_and_nothing_wanted_asks_nobody():
    cluster = AskedCluster()
    unread = await reviewer().review(Request(SERVICE, Namespace("ns")), 5)
    await reviewer().reading(cluster).review(Request(POD, Namespace("ns")), 5)

    assert not unread.found.references[0].resolved
    assert cluster.asked == []


async def test_an_object_is_not_judged_because_its_runtime_changed():
    judge = AskedPolicies()
    relabeled = {**SERVICE, "metadata": {**SERVICE["metadata"], "labels": {"a": "b"}}}
    request = Request(relabeled, Namespace("ns"), "UPDATE", SERVICE)
    review = await reviewer(judge=judge).reading(AskedCluster(RUNTIME)).review(request, 5)

    assert review.decision is None
    assert judge.documents == []
