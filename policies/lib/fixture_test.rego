# METADATA
# title: Fixtures
# description: A harmless document for tests, and ways to change it.
package weighbridge.fixture

ref := "hf://acme/tariff-8b@3f9c2e1000000000000000000000000000000000"

now := 1796083200000000000

day := 86400000000000

# METADATA
# description: The document with some of its parts replaced.
document(parts) := object.union(object.remove(_document, object.keys(parts)), parts)

# METADATA
# description: A document about models and containers in a namespace without policies.
about(models, containers) := document({"models": models, "serving": containers})

# METADATA
# description: A document about one model under some policies.
under(model_here, policies) := document({"models": [model_here], "site": site({"policies": policies})})

# METADATA
# description: A harmless model with some of its facts replaced.
model(parts) := object.union(object.remove(_model, object.keys(parts)), parts)

missing(place) := {"missing": {"looked_at": place}}

unknown(because) := {"unknown": {"because": because, "host": "hub.example", "since": null}}

unreadable(why) := {"found": {"unreadable": why}}

card(parts) := {"found": object.union(object.remove(_model.card.found, object.keys(parts)), parts)}

license(parts) := {"found": object.union(_model.license.found, parts)}

config(parts) := {"found": object.union(_model.config.found, parts)}

weights(parts) := {"found": object.union(object.remove(_model.weights.found, object.keys(parts)), parts)}

settings(parts) := object.union(_container.settings, parts)

lineage(parts) := {"found": object.union(_model.lineage.found, parts)}

terms(parts) := {"found": object.union(_model.terms.found, parts)}

term_source(parts) := object.union(
	{
		"node": "meta-llama/Llama-3.1-8B", "license": "llama3.1", "via": "weights",
		"path": ["finetune by front_matter"], "stated": "front_matter",
	},
	parts,
)

term(parts) := object.union(
	{
		"facet": "commercial", "value": "no", "license": "llama3.1", "clause": "2",
		"node": "meta-llama/Llama-3.1-8B", "via": "weights",
	},
	parts,
)

license_text(parts) := object.union(
	{
		"path": "LICENSE", "state": "match", "id": "apache-2.0", "nearest": "apache-2.0",
		"score": 1, "letters": 8000, "notice": false,
	},
	parts,
)

license_statement(source, id) := {"source": source, "id": id, "declared": id, "file": "README.md", "line": 2}

organization(parts) := object.union({"users": null, "revenue": null, "region": null}, parts)

files(list) := {"found": {"files": list, "count": count(list)}}

file(path, format, loaded) := {"path": path, "size": 1000, "sha256": null, "format": format, "loaded": loaded}

node(parts) := object.union(
	{
		"name": "meta-llama/Llama-3.1-8B", "depth": 1, "state": "found", "commit": null,
		"ancestors": [], "license": null, "shape": null,
	},
	parts,
)

edge(parts) := object.union(
	{
		"child": "acme/tariff-8b", "parent": "meta-llama/Llama-3.1-8B", "relation": "finetune",
		"source": "front_matter", "revision": null, "pinned": false, "confidence": "declared",
	},
	parts,
)

advisory(parts) := object.union(
	{
		"id": "ACME-2026-003", "severity": "critical", "node": "acme/tariff-8b", "own": true,
		"by": "commit", "block": "new", "fixed_in": null, "summary": "backdoor trigger",
	},
	parts,
)

bundle := "sha256:0b"

signatures(list) := {"found": {"signatures": list, "unknown": []}}

signature(parts) := object.union(
	{
		"bundle": bundle, "place": "model.sig", "verified": true, "code": null, "anchors": ["promotion"],
		"about": "this_model", "signer": _signed_by, "signed_at": now - day, "coverage": _coverage,
	},
	parts,
)

coverage(parts) := object.union(_coverage, parts)

statements(list) := {"found": {"statements": list, "contradictions": [], "unknown": []}}

statement(parts) := object.union(
	{
		"bundle": "sha256:0c", "place": "attestations/slsa.json", "verified": true, "code": null, "anchors": ["promotion"],
		"about": "this_model", "signer": _signed_by, "signed_at": now - day, "kind": "provenance",
		"predicate_type": "https://slsa.dev/provenance/v1", "builder": "https://ci.example/train",
		"dependencies": [], "summary": null, "claims": [], "card": false,
	},
	parts,
)

dependency(parts) := object.union(
	{
		"name": "meta-llama/Llama-3.1-8B", "kind": "model", "uri": "pkg:huggingface/meta-llama/Llama-3.1-8B",
		"digests": {"gitCommit": "0e9e39f249a16976918f6564b8830bc894c89659"},
	},
	parts,
)

summary(parts) := object.union(
	{
		"verifier": "https://ci.example/promote", "passed": true, "levels": ["SLSA_BUILD_LEVEL_2"],
		"verified_at": now - day, "ancestors": [],
	},
	parts,
)

voucher(parts) := object.union(
	{"bundle": bundle, "signer": "promotion", "identity": true, "differs": null, "speaks": true},
	parts,
)

stamp(parts) := object.union(
	{
		"policy": "prod", "signer": "promotion", "bundle": bundle, "covers": ["*"],
		"verified_at_ns": now - day, "until_ns": now + day,
	},
	parts,
)

signer(parts) := object.union({"name": "promotion", "method": "sigstore", "speaks_for": [ref], "stamps": true}, parts)

unasked := {"place": "store", "because": "timeout", "host": "hub.example", "since": null}

claim(kind, what, line) := {"kind": kind, "what": what, "line": line}

container(parts) := object.union(_container, parts)

site(parts) := object.union(object.remove(_document.site, object.keys(parts)), parts)

policy(parts) := object.union(object.remove(_policy, object.keys(parts)), parts)

stage(name) := {"stage": name, "from_ns": null, "from_date": null}

entry(action) := {"action": action, "parameters": {}, "effective_on_ns": null, "effective_on": null}

exception(parts) := object.union(object.remove(_exception, object.keys(parts)), parts)

_document := {
	"time": now,
	"namespace": {"name": "pricing"},
	"workload": {"api_version": "apps/v1", "kind": "Deployment", "controller_kind": null},
	"serving": [],
	"models": [],
	"problems": [],
	"site": {
		"policies": [],
		"fallback": {"profile": "standard", "stage": "enforce", "set_by": "test"},
		"override": null,
		"exceptions": [],
		"signers": [signer({})],
	},
}

_sections := [
	"training_data", "evaluation_results", "base_model", "license", "limitations", "intended_use", "bias",
	"red_team_safety_evaluation", "out_of_scope_use", "pii_filtering", "contact",
]

_answer := {"present": true, "words": 50, "placeholder": false, "lines": [], "vague": false}

_model := {
	"ref": ref,
	"role": "base",
	"scheme": "hf",
	"repository": "acme/tariff-8b",
	"revision": "3f9c2e1000000000000000000000000000000000",
	"unresolved_because": null,
	"publisher": "acme",
	"resolved": {"found": {
		"commit": "3f9c2e1000000000000000000000000000000000", "digest": null,
		"asked": "3f9c2e1000000000000000000000000000000000", "immutable": true, "stale": false,
	}},
	"card": {"found": {
		"sha256": "sha256:00", "letters": 5000, "front_matter": "ok", "front_matter_problem": null,
		"code_readme": false, "placeholders": [], "datasets": [], "data_pins": 1, "language": "en", "skipped": null,
		"claims": [
			{"kind": "data_date", "what": "collected", "line": 20},
			{"kind": "curation", "what": "deduplicated", "line": 21},
		],
		"sections": {name: _answer | some name in _sections},
	}},
	"license": {"found": {
		"declared": "apache-2.0", "id": "apache-2.0", "source": "front_matter",
		"label_only": false, "custom": false, "name": null, "also_named": [],
		"link": null, "link_leads": "nowhere", "statements": [], "card_names": [],
	}},
	"lineage": {"found": {
		"name": "acme/tariff-8b", "nodes": [], "edges": [], "derived_by": [], "prose_parents": [],
		"documented_change": false, "shape": {"hidden_size": 4096, "layers": 32, "vocab_size": 128256}, "unknown": [],
		"learnt_from": [],
	}},
	"files": {"found": {"files": [file("model.safetensors", "safetensors", true)], "count": 6}},
	"config": {"found": {
		"architectures": ["LlamaForCausalLM"], "model_type": "llama", "auto_map": [], "name_or_path": null,
		"torch_dtype": "bfloat16", "quantization": null, "max_position_embeddings": 131072, "context_length": 131072,
	}},
	"tokenizer": {"found": {"tokenizer_class": null, "auto_map": []}},
	"generation_config": {"found": {
		"trust_remote_code": false, "custom_generate": false,
		"temperature": 0.7, "top_p": 1, "max_new_tokens": 2048,
	}},
	"adapter": missing("adapter_config.json"),
	"weights": {"found": {
		"format": "safetensors", "source": "headers", "files": 1, "variants": 1, "size": 16060522496,
		"parameters": 8030261248, "dtypes": [{"name": "BF16", "parameters": 8030261248}], "quantization": null,
		"expected_parameters": 8030261248, "supported": true, "ratio": 1.0, "bits": 16.0,
		"ratios_to_parents": [{"parent": "meta-llama/Llama-3.1-8B", "ratio": 1.0}],
	}},
	"content_digest": unknown("weights_needed"),
	"scan": missing("security scans"),
	"terms": {"found": {
		"sources": [], "terms": [], "effective": [], "unidentified": [],
		"texts": [license_text({})], "notices": [], "displays": [],
	}},
	"advisories": [],
	"signatures": signatures([signature({})]),
	"statements": statements([statement({}), statement({"bundle": "sha256:0d", "kind": "aibom", "builder": null})]),
	"vouchers": [voucher({}), voucher({"bundle": "sha256:0c"}), voucher({"bundle": "sha256:0d"})],
	"stamps": [],
	"in_house": false,
}

_container := {
	"container": "server",
	"engine": "vllm",
	"settings": {
		"max_model_len": null, "dtype": null, "quantization": null, "load_format": null, "trust_remote_code": null,
		"enable_lora": null, "runtime_loading": [], "generation_overrides": null, "hf_overrides": null,
		"temperature": null,
	},
	"image": null,
	"image_digest": null,
	"models": [ref],
}

_policy := {
	"name": "prod",
	"priority": 0,
	"floor": false,
	"profile": "standard",
	"stages": [stage("enforce")],
	"rules": {},
	"licenses": null,
	"on_unknown": null,
	"exception_classes": {},
	"organization": null,
}

_exception := {
	"name": "until-fixed",
	"namespace": "pricing",
	"rule": "card.present",
	"models": ["hf://acme/tariff-8b@3f9c2e1"],
	"owner": "team-pricing",
	"reason": "the card is being written",
	"kind": "fix-pending",
	"ticket": "PRC-812",
	"expires_ns": now + (14 * day),
	"requested_by": "team",
	"exception_class": "",
	"spec_digest": "sha256:9e",
	"approvals": [{"name": "until-fixed", "spec_digest": "sha256:9e", "requested_by": "team", "approver": "platform"}],
	"matched": [{"model": ref, "by": "commit"}],
}

_signed_by := {
	"method": "sigstore", "subjects": ["ci@acme.example"], "issuer": "https://issuer.example",
	"source_repository": null, "workflow": null, "runner": null, "fingerprint": "ab",
}

_coverage := {
	"comparable": true, "why_not": null, "signed": 6, "changed": [], "missing": [], "unsigned": [], "ignored": [],
	"dangerous": [], "symlinks": false, "card": true, "license": true, "code": true, "weights": true,
}
