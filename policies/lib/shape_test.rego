package weighbridge.lib.shape_test

import data.weighbridge.fixture
import data.weighbridge.lib.shape

# A document in which every kind of object occurs.
_full := fixture.document({
	"serving": [fixture.container({})],
	"models": [fixture.model({
		"card": fixture.card({"placeholders": [{"section": null, "line": 1, "empties_section": false}]}),
		"lineage": fixture.lineage({
			"nodes": [fixture.node({
				"license": fixture.license({}).found,
				"shape": {"hidden_size": 1, "layers": 1, "vocab_size": 1},
			})],
			"edges": [fixture.edge({})],
			"unknown": [{"node": "a/b", "because": "timeout", "host": "hub.example", "since": null}],
			"learnt_from": [{
				"kind": "teacher", "name": "a/t", "source": "card_text",
				"confidence": "inferred", "revision": null, "pinned": false,
			}],
		}),
		"tokenizer": fixture.unknown("timeout"),
		"content_digest": {"found": "wb1:00"},
		"scan": {"found": {"done": true, "issues": [{"path": "a.bin", "level": "unsafe"}]}},
		"advisories": [fixture.advisory({})],
	})],
	"site": fixture.site({
		"override": {"profile": "standard", "stage": "enforce", "set_by": "--profile"},
		"policies": [fixture.policy({
			"rules": {"card.present": fixture.entry("deny")},
			"licenses": {
				"allow": null, "deny": [], "commercial": false,
				"copyleft": true, "revocable": true, "field_of_use": null,
			},
			"on_unknown": {"default": "deny", "rules": {}},
			"exception_classes": {"quick": {"approval": "none", "max_duration_ns": null, "alert": false}},
		})],
		"exceptions": [fixture.exception({})],
	}),
})

# What breaks when something is put in the place of another.
_breaks := [
	["input", "/models", {}],
	["input", "/problems", null],
	["time", "/time", "now"],
	["namespace", "/namespace", {}],
	["workload", "/workload", null],
	["serving", "/serving/0", {}],
	["serving", "/serving/0/models", {}],
	["serving.settings", "/serving/0/settings", {}],
	["models", "/models/0/advisories", {}],
	["models.card", "/models/0/card", {}],
	["models.card", "/models/0/card", {"found": {"unreadable": "a tab"}, "missing": {"looked_at": "README.md"}}],
	["models.card.found", "/models/0/card", {"found": {}}],
	["models.files.found", "/models/0/files", {"found": {"files": {}, "count": 1}}],
	["models.adapter.missing", "/models/0/adapter", {"missing": {}}],
	["models.tokenizer.unknown", "/models/0/tokenizer", {"unknown": {"because": "timeout"}}],
	["models.card.placeholders", "/models/0/card/found/placeholders/0", {}],
	["models.files.files", "/models/0/files/found/files/0", {}],
	["models.weights.found", "/models/0/weights/found/dtypes", null],
	["models.weights.dtypes", "/models/0/weights/found/dtypes/0", {}],
	["models.weights.ratios_to_parents", "/models/0/weights/found/ratios_to_parents/0", {}],
	["models.content_digest.found", "/models/0/content_digest", {"found": 5}],
	["models.scan.found", "/models/0/scan", {"found": {"done": true, "issues": null}}],
	["models.scan.issues", "/models/0/scan/found/issues/0", {}],
	["models.lineage.learnt_from", "/models/0/lineage/found/learnt_from/0", {}],
	["models.advisories", "/models/0/advisories/0", {}],
	["models.lineage.nodes", "/models/0/lineage/found/nodes/0/ancestors", null],
	["models.lineage.nodes.license", "/models/0/lineage/found/nodes/0/license", {}],
	["models.lineage.nodes.shape", "/models/0/lineage/found/nodes/0/shape", {}],
	["models.lineage.shape", "/models/0/lineage/found/shape", {}],
	["models.lineage.edges", "/models/0/lineage/found/edges/0", {}],
	["models.lineage.unknown", "/models/0/lineage/found/unknown/0", {}],
	["site", "/site", {}],
	["site.fallback", "/site/fallback", {"profile": "none", "stage": "enforce", "set_by": "test"}],
	["site.override", "/site/override", {}],
	["site.policies", "/site/policies/0", {}],
	["site.policies", "/site/policies/0/floor", "yes"],
	["site.policies.stages", "/site/policies/0/stages/0", {"stage": "enforcing", "from_ns": null, "from_date": null}],
	["site.policies.rules", "/site/policies/0/rules/card.present", {}],
	["site.policies.licenses", "/site/policies/0/licenses", {}],
	["site.policies.on_unknown", "/site/policies/0/on_unknown", {}],
	["site.policies.exception_classes", "/site/policies/0/exception_classes/quick", {}],
	["site.exceptions", "/site/exceptions/0", {}],
	["site.exceptions.approvals", "/site/exceptions/0/approvals/0", {}],
	["site.exceptions.matched", "/site/exceptions/0/matched/0", {}],
]

test_the_full_document_is_readable if {
	shape.readable with input as _full
	count(shape.broken) == 0 with input as _full
}

test_unreadable_content_is_readable_input if {
	shape.readable with input as fixture.about([fixture.model({"card": fixture.unreadable("too large")})], [])
}

test_whatever_is_not_as_it_should_be_is_named if {
	every break in _breaks {
		document := json.patch(_full, [{"op": "replace", "path": break[1], "value": break[2]}])
		shape.broken == {break[0]} with input as document
		not shape.readable with input as document
	}
}

test_a_model_that_is_only_a_name_is_not_readable if {
	"models" in shape.broken with input as fixture.about(["hf://a/b"], [])
}

test_no_document_at_all_is_not_readable if {
	not shape.readable with input as null
	shape.broken == {"input", "time"} with input as 7
}
