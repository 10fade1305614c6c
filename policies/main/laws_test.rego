# METADATA
# title: Laws
# description: What holds for every document, tried on many.
package weighbridge.laws_test

import data.weighbridge.fixture
import data.weighbridge.main

_facts := ["resolved", "card", "license", "lineage", "files", "config", "tokenizer", "generation_config", "weights", "content_digest", "scan"]

_generation(parts) := {"found": object.union(
	{
		"trust_remote_code": false, "custom_generate": false,
		"temperature": null, "top_p": null, "max_new_tokens": null,
	},
	parts,
)}

_config := {
	"architectures": [], "model_type": null, "auto_map": ["a.B"], "name_or_path": null,
	"torch_dtype": null, "quantization": null, "max_position_embeddings": null,
}

# Facts of many kinds, each laid over a harmless model.
_changes := [
	{"resolved": {"found": {"commit": null, "digest": null, "asked": "main", "immutable": false, "stale": false}}},
	{"resolved": fixture.missing("hub.example/acme/tariff-8b")},
	{"scheme": "pvc", "resolved": fixture.unknown("no_source")},
	{"unresolved_because": "from a Secret", "resolved": fixture.unknown("unresolved_reference")},
	{"card": fixture.missing("README.md")},
	{"card": fixture.unreadable("too large")},
	{"card": fixture.card({"letters": 3})},
	{"card": fixture.card({"placeholders": [{"section": "license", "line": 1, "empties_section": true}]})},
	{"license": fixture.missing("README.md")},
	{"license": fixture.unreadable("a tab")},
	{"license": fixture.license({"id": null, "declared": "self"})},
	{"license": fixture.license({"id": null, "custom": true, "name": "acme-eula"})},
	{"license": fixture.license({"id": "cc-by-nc-4.0"})},
	{"lineage": fixture.unreadable("too deep")},
	{"lineage": fixture.lineage({"derived_by": ["tag merge"]})},
	{"lineage": fixture.lineage({
		"nodes": [fixture.node({"license": fixture.license({"id": "cc-by-nc-4.0"}).found})],
		"edges": [fixture.edge({})],
	})},
	{"lineage": fixture.lineage({"edges": [fixture.edge({}), fixture.edge({"source": "config", "parent": "a/b"})]})},
	{"advisories": [fixture.advisory({})]},
	{"files": fixture.files([fixture.file("pytorch_model.bin", "pickle", true)])},
	{"files": fixture.files([fixture.file("modeling_a.py", "code", true)])},
	{"files": fixture.unreadable("too long")},
	{"config": {"found": _config}},
	{"config": {"found": _config}, "files": fixture.files([fixture.file("modeling_a.py", "code", true)])},
	{"tokenizer": {"found": {"tokenizer_class": null, "auto_map": ["a.B"]}}},
	{"generation_config": _generation({"trust_remote_code": true, "custom_generate": true})},
	{"generation_config": _generation({"trust_remote_code": true}), "config": {"found": _config}},
	{"card": fixture.missing("README.md"), "license": fixture.missing("README.md")},
	{"files": fixture.unknown("timeout")},
]

_policies(profile) := [fixture.policy({"profile": profile, "licenses": {
	"allow": null, "deny": [], "commercial": true,
	"copyleft": true, "revocable": true, "field_of_use": null,
}})]

_trusting := fixture.container({"settings": {"trust_remote_code": true}})

_document(model, policies) := object.union(fixture.under(model, policies), {"serving": [_trusting]})

test_silence_about_a_card_or_license_never_admits_in_baseline if {
	every change in array.slice(_changes, 0, 13) { _stays_refused(change, _policies("baseline")) }
}

test_silence_about_a_lineage_or_files_never_admits_in_baseline if {
	every change in array.slice(_changes, 13, count(_changes)) { _stays_refused(change, _policies("baseline")) }
}

test_silence_about_a_card_or_license_never_admits_in_standard if {
	every change in array.slice(_changes, 0, 13) { _stays_refused(change, _policies("standard")) }
}

test_silence_about_a_lineage_or_files_never_admits_in_standard if {
	every change in array.slice(_changes, 13, count(_changes)) { _stays_refused(change, _policies("standard")) }
}

test_silence_about_a_card_or_license_never_admits_in_restricted if {
	every change in array.slice(_changes, 0, 13) { _stays_refused(change, _policies("restricted")) }
}

test_silence_about_a_lineage_or_files_never_admits_in_restricted if {
	every change in array.slice(_changes, 13, count(_changes)) { _stays_refused(change, _policies("restricted")) }
}

_stays_refused(change, policies) if {
	document := _document(fixture.model(change), policies)
	main.decision.allowed with input as document
}

_stays_refused(change, policies) if {
	document := _document(fixture.model(change), policies)
	_refused(document)
	every fact in _facts {
		_refused(_document(fixture.model(_silenced(change, fact)), policies))
	}
}

_silenced(change, fact) := object.union(object.remove(change, [fact]), {fact: fixture.unknown("timeout")})

_refused(document) if {
	decision := main.decision with input as document
	decision.allowed == false
}

test_many_of_the_documents_are_refused if {
	refused := [change |
		some change in _changes
		_refused(_document(fixture.model(change), _policies("standard")))
	]
	count(refused) > 20
}

test_on_unknown_warn_may_admit_but_says_so if {
	relaxed := [object.union(_policies("standard")[0], {"on_unknown": {"default": "warn", "rules": {}}})]
	decision := main.decision with input as _document(fixture.model({"license": fixture.unknown("timeout")}), relaxed)
	decision.allowed
	decision.undecided
}

test_the_answer_agrees_with_its_findings if {
	every change in _changes {
		decision := main.decision with input as _document(fixture.model(change), _policies("restricted"))
		_agrees(decision)
	}
}

_agrees(decision) if {
	effects := {finding.effect | some finding in decision.findings}
	denied := {finding.rule | some finding in decision.findings; finding.effect == "deny"}
	unanswered := {finding | some finding in decision.findings; finding.rule == "evidence.available"}
	_iff(decision.allowed, denied)
	_iff(_not(decision.undecided), unanswered)
	count(effects - {"audit", "warn", "deny"}) == 0
}

_not(true) := false

_not(false) := true

_iff(true, findings) if count(findings) == 0

_iff(false, findings) if count(findings) > 0

_staged := [fixture.policy({
	"floor": true,
	"profile": "restricted",
	"stages": [
		fixture.stage("warn"),
		{"stage": "enforce", "from_ns": fixture.now, "from_date": "2026-12-01"},
	],
	"rules": {"card.present": fixture.entry("deny")},
	"on_unknown": {"default": "deny", "rules": {}},
	"licenses": {
		"allow": ["apache-2.0"], "deny": [], "commercial": true,
		"copyleft": true, "revocable": true, "field_of_use": null,
	},
})]

test_no_missing_leaf_of_a_card_admits if {
	_guarded({"card": fixture.missing("README.md")}, _policies("restricted"))
}

test_no_missing_leaf_of_a_staged_policy_admits if {
	_guarded({"license": fixture.license({"id": "cc-by-nc-4.0"})}, _staged)
}

test_no_missing_leaf_of_files_and_advisories_admits if {
	_guarded(
		{
			"files": fixture.files([fixture.file("pytorch_model.bin", "pickle", true)]),
			"advisories": [fixture.advisory({})],
		},
		_policies("baseline"),
	)
}

test_no_missing_leaf_of_a_lineage_admits if {
	_guarded(
		{"lineage": fixture.lineage({
			"nodes": [fixture.node({"license": fixture.license({"id": "cc-by-nc-4.0"}).found})],
			"edges": [fixture.edge({}), fixture.edge({"source": "config", "parent": "a/b"})],
		})},
		_policies("standard"),
	)
}

test_no_missing_leaf_of_a_reference_admits if {
	branch := {"found": {"commit": null, "digest": null, "asked": "main", "immutable": false, "stale": false}}
	_guarded({"resolved": branch}, _policies("restricted"))
}

# What no change is about, without its many leaves.
_plain := {"statements": fixture.missing("attestations"), "vouchers": [fixture.voucher({})]}

# The document is refused, and so it is without any one of its many leaves.
_guarded(change, policies) if {
	document := _document(fixture.model(object.union(_plain, change)), policies)
	leaves := _leaves(document)
	count(leaves) > 80
	_refused(document)
	every leaf in leaves { _refused(json.remove(document, [leaf])) }
}

_leaves(document) := {_pointer(path) |
	some path in _paths(document)
	is_string(path[count(path) - 1])
	not _is_inner(document, path)
}

_is_inner(document, path) if is_object(object.get(document, path, null))

_is_inner(document, path) if {
	value := object.get(document, path, null)
	is_array(value)
	count(value) > 0
}

_pointer(path) := concat("/", [sprintf("%v", [step]) | some step in path])

# Paths of at most nine steps; a leaf stands no deeper.
_paths(document) := paths if {
	one := {[key] | some key, _ in document}
	two := _below(document, one)
	three := _below(document, two)
	four := _below(document, three)
	five := _below(document, four)
	six := _below(document, five)
	seven := _below(document, six)
	eight := _below(document, seven)
	nine := _below(document, eight)
	paths := ((((one | two) | (three | four)) | (five | six)) | (seven | eight)) | nine
}

_below(document, paths) := {array.concat(path, [key]) |
	some path in paths
	some key, _ in object.get(document, path, null)
}
