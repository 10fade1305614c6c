from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from weighbridge.errors import BadSite
from weighbridge.site.kinds import SPECS
from weighbridge.site.objects import parse_object, read_folder

POLICY = """
apiVersion: weighbridge.dev/v1alpha1
kind: ModelPolicy
metadata: {name: prod}
spec:
  namespaceSelector: {matchLabels: {env: prod}}
  priority: 10
  floor: true
  profile: standard
  stages: [{stage: warn}, {stage: enforce, from: 2026-12-01}]
  sources: {base: ["hf://acme-ml/*"], adapter: ["s3://acme-adapters/*"]}
  rules:
    signature.trusted: {parameters: {absent: deny}}
    acme/license.no_llama_as_apache: {action: deny, effectiveOn: 2027-01-01}
  existing: {grace: 0d}
  onUnknown: {default: deny, rules: {card.complete: warn}}
  exceptionClasses: {break-glass: {approval: none, maxDuration: 4h, alert: true}}
  askURL: "https://ask.acme.example/?d={decision}"
"""
SIGNER = """
apiVersion: weighbridge.dev/v1alpha1
kind: TrustedSigner
metadata: {name: promotion}
spec:
  method: sigstore
  trustedRoot: {file: trust/root.json}
  identities: [{issuer: "https://issuer.example", subject: "https://git.example/sign.yml@refs/heads/main"}]
  maySign: {models: ["hf://acme-ml/*"], stamps: true}
"""
RECORD = """
apiVersion: weighbridge.dev/v1alpha1
kind: ModelRecord
metadata: {name: one}
spec:
  subject: {name: "hf://org/name", commit: 0e9e39f249a16976918f6564b8830bc894c89659}
  facts: [{license: llama3.1, reviewer: legal@acme.example, date: 2026-10-02}]
  approval: {state: approved, namespaces: {matchLabels: {env: prod}}, until: 2027-10-01}
  owner: ml-platform
"""


def write(folder: Path, text: str, name: str = "site.yaml") -> Path:
    (folder / name).write_text(text)
    return folder


def test_the_kinds_of_the_examples_are_read(tmp_path):
    site = read_folder(write(tmp_path, POLICY + "---" + SIGNER + "---" + RECORD))

    assert [one.kind for one in site.objects] == ["ModelPolicy", "TrustedSigner", "ModelRecord"]
    assert len(SPECS) == 6


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("priority: 10", "priorty: 10", "spec.priorty: no such field"),
        ("grace: 0d", "grace: 14d", "existing.grace: only 0 can be honored yet"),
        ("maxDuration: 4h", "maxDuration: four hours", "expected a duration such as 14d"),
        ("from: 2026-12-01", "from: soon", "expected a day such as 2026-12-01"),
        ("signature.trusted:", "SignatureTrusted:", "expected a rule id such as license.allowed"),
        ("action: deny", "action: refuse", "Input should be 'off', 'audit', 'warn' or 'deny'"),
        ("{matchLabels: {env: prod}}", "{matchExpressions: [{key: env, operator: In}]}", "takes at least one value"),
        (
            "{matchLabels: {env: prod}}",
            "{matchExpressions: [{key: e, operator: Exists, values: [x]}]}",
            "takes no values",
        ),
        ("metadata: {name: prod}", "metadata: {}", "has no metadata.name"),
        ("metadata: {name: prod}", "metadata: {name: prod, namespace: x}", "is cluster-scoped"),
        ("kind: ModelPolicy", "kind: ModelPolice", "unknown object"),
        ("v1alpha1", "v1", "unknown object"),
    ],
)
def test_a_wrong_policy_is_refused_with_the_field_and_the_fix(tmp_path, change, to, says):
    assert change in POLICY
    with pytest.raises(BadSite, match=r"site\.yaml:2: ") as caught:
        read_folder(write(tmp_path, POLICY.replace(change, to)))

    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("trustedRoot: {file: trust/root.json}", "key: {file: k.pem}", "method sigstore takes exactly trustedRoot"),
        ("identities: [", "identities: [{issuer: i, subjectPattern: x}, ", "not anchored"),
        ("identities: [", "identities: [{issuer: i}, ", "either subject or subjectPattern"),
        (
            'identities: [{issuer: "https://issuer.example", subject: "https://git.example/sign.yml@refs/heads/main"}]',
            "",
            "needs identities",
        ),
    ],
)
def test_a_signer_that_would_trust_too_much_is_refused(tmp_path, change, to, says):
    with pytest.raises(BadSite) as caught:
        read_folder(write(tmp_path, SIGNER.replace(change, to)))

    assert says in str(caught.value)


def test_an_advisory_about_nothing_is_refused():
    spec = {"id": "X", "severity": "low", "summary": "s", "affected": [{"revisions": ["v1"]}]}
    value = {"apiVersion": "weighbridge.dev/v1alpha1", "kind": "ModelAdvisory", "metadata": {"name": "x"}, "spec": spec}

    with pytest.raises(BadSite, match="names neither a model nor a digest"):
        parse_object(value, "x:1")


def test_two_objects_of_one_name_are_refused_with_both_places(tmp_path):
    write(tmp_path, POLICY, "a.yaml")
    write(tmp_path, POLICY, "b.yaml")

    with pytest.raises(BadSite, match=r"b\.yaml:2: ModelPolicy prod is defined twice, first at .*a\.yaml:2"):
        read_folder(tmp_path)


def test_objects_of_others_are_left_alone(tmp_path):
    site = read_folder(write(tmp_path, "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"))

    assert site.objects == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a: 1\na: 2\n", "stands twice"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"- just\n- a list\n", "not a Kubernetes object"),
        (b"apiVersion: weighbridge.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: x}\n", "has no spec"),
        (b"x" * ((4 << 20) + 1), "larger than 4 MiB"),
    ],
)
def test_a_file_that_is_no_site_is_refused(tmp_path, content, says):
    (tmp_path / "site.yaml").write_bytes(content)

    with pytest.raises(BadSite, match=says):
        read_folder(tmp_path)


def test_a_link_to_nowhere_is_left_alone_and_a_number_is_no_moment(tmp_path):
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert read_folder(tmp_path).objects == ()

    with pytest.raises(BadSite, match=r"spec\.stages\.1\.from"):
        read_folder(write(tmp_path, POLICY.replace("from: 2026-12-01", "from: [1]")))


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(BadSite, match="no such folder"):
        read_folder(tmp_path / "none")


def test_the_digest_of_an_exception_is_that_of_its_canonical_json():
    spec = {"rule": "card.present", "models": ["hf://a/b"], "expires": "2026-12-15"}
    value = {
        "apiVersion": "weighbridge.dev/v1alpha1",
        "kind": "ModelException",
        "metadata": {"name": "x"},
        "spec": spec,
    }

    one = parse_object(value, "x:1")

    assert one is not None
    canonical = json.dumps(spec, sort_keys=True, separators=(",", ":")).encode()
    assert one.spec_digest == f"sha256:{hashlib.sha256(canonical).hexdigest()}"
    assert one.namespace == "default"
