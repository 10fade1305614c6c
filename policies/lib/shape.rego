# METADATA
# title: Shape of the input
# description: What every input document holds; policy.input refuses less, so that an absent field never admits.
package weighbridge.lib.shape

# METADATA
# description: The keys of each kind of object, those of schemas/input.json, which is generated from the controller.
keys := {
	"input": {"time", "namespace", "workload", "serving", "models", "problems", "site"},
	"namespace": {"name"},
	"workload": {"api_version", "kind", "controller_kind"},
	"container": {"container", "engine", "settings", "image", "image_digest", "models"},
	"settings": {
		"max_model_len", "dtype", "quantization", "load_format", "trust_remote_code",
		"enable_lora", "runtime_loading", "generation_overrides", "hf_overrides", "temperature",
	},
	"model": {
		"ref", "role", "scheme", "repository", "revision", "unresolved_because", "publisher",
		"resolved", "card", "license", "lineage", "files", "config", "tokenizer",
		"generation_config", "adapter", "weights", "content_digest", "scan", "terms", "advisories",
		"signatures", "statements", "vouchers", "stamps", "in_house",
	},
	"missing": {"looked_at"},
	"unknown": {"because", "host", "since"},
	"resolved": {"commit", "digest", "asked", "immutable", "stale"},
	"card": {
		"sha256", "letters", "front_matter", "front_matter_problem",
		"code_readme", "sections", "placeholders", "datasets", "data_pins", "language", "skipped", "claims",
	},
	"card_claim": {"kind", "what", "line"},
	"dataset": {"name", "pin"},
	"placeholder": {"section", "line", "empties_section"},
	"license": {
		"declared", "id", "source", "label_only", "custom", "name", "also_named",
		"link", "link_leads", "statements", "card_names",
	},
	"license_statement": {"source", "id", "declared", "file", "line"},
	"terms": {"sources", "terms", "effective", "unidentified", "texts", "notices", "displays"},
	"term_source": {"node", "license", "via", "path", "stated"},
	"term": {"facet", "value", "license", "clause", "node", "via"},
	"in_the_end": {"facet", "value", "license", "node"},
	"license_text": {"path", "state", "id", "nearest", "score", "letters", "notice"},
	"lineage": {
		"name", "nodes", "edges", "derived_by", "prose_parents",
		"documented_change", "shape", "unknown", "learnt_from",
	},
	"node": {"name", "depth", "state", "commit", "ancestors", "license", "shape"},
	"edge": {"child", "parent", "relation", "source", "revision", "pinned", "confidence"},
	"learning": {"kind", "name", "source", "confidence", "revision", "pinned"},
	"gap": {"node", "because", "host", "since"},
	"dimensions": {"hidden_size", "layers", "vocab_size"},
	"files": {"files", "count"},
	"file": {"path", "size", "sha256", "format", "loaded"},
	"config": {
		"architectures", "model_type", "auto_map", "name_or_path",
		"torch_dtype", "quantization", "max_position_embeddings", "context_length",
	},
	"tokenizer": {"tokenizer_class", "auto_map"},
	"generation_config": {"trust_remote_code", "custom_generate", "temperature", "top_p", "max_new_tokens"},
	"adapter": {"base", "revision", "peft_type"},
	"weights": {
		"format", "source", "files", "variants", "size", "parameters", "dtypes", "quantization",
		"expected_parameters", "supported", "ratio", "bits", "ratios_to_parents",
	},
	"scan": {"done", "issues"},
	"scanned_file": {"path", "level"},
	"dtype": {"name", "parameters"},
	"signatures": {"signatures", "unknown"},
	"signature": {
		"bundle", "place", "verified", "code", "anchors",
		"about", "signer", "signed_at", "coverage",
	},
	"coverage": {
		"comparable", "why_not", "signed", "changed", "missing", "unsigned", "ignored",
		"dangerous", "symlinks", "card", "license", "code", "weights",
	},
	"signed_by": {"method", "subjects", "issuer", "source_repository", "workflow", "runner", "fingerprint"},
	"statements": {"statements", "contradictions", "unknown"},
	"statement": {
		"bundle", "place", "verified", "code", "anchors", "about", "signer", "signed_at", "kind",
		"predicate_type", "builder", "dependencies", "summary", "claims", "card",
	},
	"dependency": {"name", "kind", "uri", "digests"},
	"summary": {"verifier", "passed", "levels", "verified_at", "ancestors"},
	"contradiction": {"about", "attested", "declared", "bundle"},
	"unasked": {"place", "because", "host", "since"},
	"voucher": {"bundle", "signer", "identity", "differs", "speaks"},
	"stamp": {"policy", "signer", "bundle", "covers", "verified_at_ns", "until_ns"},
	"signer": {"name", "method", "speaks_for", "stamps"},
	"parent_ratio": {"parent", "ratio"},
	"advisory": {"id", "severity", "node", "own", "by", "block", "fixed_in", "summary"},
	"site": {"policies", "fallback", "override", "exceptions", "signers"},
	"policy": {
		"name", "priority", "floor", "profile", "stages",
		"rules", "licenses", "on_unknown", "exception_classes", "organization",
	},
	"organization": {"users", "revenue", "region"},
	"stage": {"stage", "from_ns", "from_date"},
	"rule": {"action", "parameters", "effective_on_ns", "effective_on"},
	"license_policy": {"allow", "deny", "commercial", "copyleft", "revocable", "field_of_use"},
	"on_unknown": {"default", "rules"},
	"class": {"approval", "max_duration_ns", "alert"},
	"judging": {"profile", "stage", "set_by"},
	"exception": {
		"name", "namespace", "rule", "models", "owner", "reason", "kind", "ticket", "expires_ns",
		"requested_by", "exception_class", "spec_digest", "approvals", "matched",
	},
	"approval": {"name", "spec_digest", "requested_by", "approver"},
	"match": {"model", "by"},
}

# METADATA
# description: Which of those keys hold lists.
lists := {
	"input": {"serving", "models", "problems"},
	"container": {"models"},
	"model": {"advisories", "vouchers", "stamps"},
	"card": {"placeholders", "datasets", "claims"},
	"license": {"also_named", "statements", "card_names"},
	"terms": {"sources", "terms", "effective", "unidentified", "texts", "notices", "displays"},
	"term_source": {"path"},
	"lineage": {"nodes", "edges", "derived_by", "prose_parents", "unknown", "learnt_from"},
	"node": {"ancestors"},
	"files": {"files"},
	"config": {"auto_map"},
	"tokenizer": {"auto_map"},
	"weights": {"dtypes", "ratios_to_parents"},
	"scan": {"issues"},
	"signatures": {"signatures", "unknown"},
	"coverage": {"changed", "missing", "unsigned", "ignored", "dangerous"},
	"signed_by": {"subjects"},
	"statements": {"statements", "contradictions", "unknown"},
	"statement": {"anchors", "dependencies", "claims"},
	"summary": {"levels"},
	"stamp": {"covers"},
	"signer": {"speaks_for"},
	"site": {"policies", "exceptions", "signers"},
	"policy": {"stages"},
	"exception": {"models", "approvals", "matched"},
}

# METADATA
# description: Which of those keys hold one of a few words; another word has no strength and would compare with nothing.
words := {
	"stage": {"stage": {"audit", "warn", "enforce"}},
	"rule": {"action": {null, "off", "audit", "warn", "deny"}},
	"signature": {
		"verified": {true, false},
		"about": {"this_model", "another_model", "unknown"},
	},
	"statement": {"verified": {true, false}, "about": {"this_model", "another_model", "unknown"}},
	"coverage": {"comparable": {true, false}},
	"policy": {"profile": {null, "baseline", "standard", "restricted"}, "floor": {true, false}},
	"judging": {"profile": {"baseline", "standard", "restricted"}, "stage": {"audit", "warn", "enforce"}},
	"on_unknown": {"default": {"deny", "warn"}},
}

facts := {
	"resolved", "card", "license", "lineage", "files",
	"config", "tokenizer", "generation_config", "adapter", "weights", "content_digest", "scan", "terms",
	"signatures", "statements",
}

# METADATA
# description: Facts that are a text when they are found; all others are objects.
texts := {"content_digest"}

_parts_of_terms := {"sources": "term_source", "terms": "term", "effective": "in_the_end", "texts": "license_text"}

_answers := {"found", "missing", "unknown"}

# METADATA
# description: Whether the whole document can be read.
default readable := false

readable if {
	_is_document
	count(broken) == 0
}

_is_document if is_object(input)

# METADATA
# description: The kinds of objects that are not as they should be.
broken contains "input" if not _is_document

broken contains "input" if _unlike(input, "input")

broken contains "time" if not _has_time

_has_time if is_number(input.time)

broken contains "namespace" if _unlike(input.namespace, "namespace")

broken contains "workload" if _unlike(input.workload, "workload")

broken contains "serving" if {
	some container in input.serving
	_unlike(container, "container")
}

broken contains "serving.settings" if {
	some container in input.serving
	_unlike(container.settings, "settings")
}

broken contains "models" if {
	some model in input.models
	_unlike(model, "model")
}

broken contains concat("", ["models.", fact]) if {
	some model in input.models
	some fact in facts
	not _answered(model, fact)
}

broken contains concat("", ["models.", fact, ".", answer]) if {
	some model in input.models
	some fact in facts
	some answer in {"missing", "unknown"}
	_unlike(model[fact][answer], answer)
}

broken contains concat("", ["models.", fact, ".found"]) if {
	some model in input.models
	some fact in (facts - texts)
	value := model[fact].found
	not value.unreadable
	_unlike(value, fact)
}

broken contains concat("", ["models.", fact, ".found"]) if {
	some model in input.models
	some fact in texts
	value := model[fact].found
	not is_string(value)
	not value.unreadable
}

broken contains "models.card.placeholders" if {
	some model in input.models
	some placeholder in model.card.found.placeholders
	_unlike(placeholder, "placeholder")
}

broken contains "models.card.claims" if {
	some model in input.models
	some claim in model.card.found.claims
	_unlike(claim, "card_claim")
}

broken contains "models.files.files" if {
	some model in input.models
	some file in model.files.found.files
	_unlike(file, "file")
}

broken contains "models.weights.dtypes" if {
	some model in input.models
	some dtype in model.weights.found.dtypes
	_unlike(dtype, "dtype")
}

broken contains "models.weights.ratios_to_parents" if {
	some model in input.models
	some ratio in model.weights.found.ratios_to_parents
	_unlike(ratio, "parent_ratio")
}

broken contains "models.license.statements" if {
	some model in input.models
	some statement in model.license.found.statements
	_unlike(statement, "license_statement")
}

broken contains concat("", ["models.terms.", kind]) if {
	some model in input.models
	some list, kind in _parts_of_terms
	some part in model.terms.found[list]
	_unlike(part, kind)
}

broken contains "models.scan.issues" if {
	some model in input.models
	some issue in model.scan.found.issues
	_unlike(issue, "scanned_file")
}

broken contains "models.advisories" if {
	some model in input.models
	some advisory in model.advisories
	_unlike(advisory, "advisory")
}

broken contains "models.card.datasets" if {
	some model in input.models
	some dataset in model.card.found.datasets
	_unlike(dataset, "dataset")
}

broken contains "models.signatures.signatures" if {
	some model in input.models
	some signature in model.signatures.found.signatures
	_unlike(signature, "signature")
}

broken contains "models.signatures.signatures.coverage" if {
	some model in input.models
	some signature in model.signatures.found.signatures
	signature.coverage != null
	_unlike(signature.coverage, "coverage")
}

broken contains concat("", ["models.", set, ".signer"]) if {
	some model in input.models
	some set in {"signatures", "statements"}
	some signed in model[set].found[set]
	signed.signer != null
	_unlike(signed.signer, "signed_by")
}

broken contains concat("", ["models.", set, ".unknown"]) if {
	some model in input.models
	some set in {"signatures", "statements"}
	some gap in model[set].found.unknown
	_unlike(gap, "unasked")
}

broken contains "models.statements.statements" if {
	some model in input.models
	some statement in model.statements.found.statements
	_unlike(statement, "statement")
}

broken contains "models.statements.statements.dependencies" if {
	some model in input.models
	some statement in model.statements.found.statements
	some dependency in statement.dependencies
	_unlike(dependency, "dependency")
}

broken contains "models.statements.statements.summary" if {
	some model in input.models
	some statement in model.statements.found.statements
	statement.summary != null
	_unlike(statement.summary, "summary")
}

broken contains "models.statements.contradictions" if {
	some model in input.models
	some contradiction in model.statements.found.contradictions
	_unlike(contradiction, "contradiction")
}

broken contains "models.vouchers" if {
	some model in input.models
	some voucher in model.vouchers
	_unlike(voucher, "voucher")
}

broken contains "models.stamps" if {
	some model in input.models
	some stamp in model.stamps
	_unlike(stamp, "stamp")
}

broken contains "site.signers" if {
	some signer in input.site.signers
	_unlike(signer, "signer")
}

broken contains "models.lineage.nodes" if {
	some model in input.models
	some node in model.lineage.found.nodes
	_unlike(node, "node")
}

broken contains "models.lineage.nodes.license" if {
	some model in input.models
	some node in model.lineage.found.nodes
	node.license != null
	_unlike(node.license, "license")
}

broken contains "models.lineage.nodes.shape" if {
	some model in input.models
	some node in model.lineage.found.nodes
	node.shape != null
	_unlike(node.shape, "dimensions")
}

broken contains "models.lineage.shape" if {
	some model in input.models
	model.lineage.found.shape != null
	_unlike(model.lineage.found.shape, "dimensions")
}

broken contains "models.lineage.edges" if {
	some model in input.models
	some edge in model.lineage.found.edges
	_unlike(edge, "edge")
}

broken contains "models.lineage.learnt_from" if {
	some model in input.models
	some learning in model.lineage.found.learnt_from
	_unlike(learning, "learning")
}

broken contains "models.lineage.unknown" if {
	some model in input.models
	some gap in model.lineage.found.unknown
	_unlike(gap, "gap")
}

broken contains "site" if _unlike(input.site, "site")

broken contains "site.fallback" if _unlike(input.site.fallback, "judging")

broken contains "site.override" if {
	input.site.override != null
	_unlike(input.site.override, "judging")
}

broken contains "site.policies" if {
	some policy in input.site.policies
	_unlike(policy, "policy")
}

broken contains "site.policies.stages" if {
	some policy in input.site.policies
	some stage in policy.stages
	_unlike(stage, "stage")
}

broken contains "site.policies.rules" if {
	some policy in input.site.policies
	some rule in policy.rules
	_unlike(rule, "rule")
}

broken contains "site.policies.licenses" if {
	some policy in input.site.policies
	policy.licenses != null
	_unlike(policy.licenses, "license_policy")
}

broken contains "site.policies.organization" if {
	some policy in input.site.policies
	policy.organization != null
	_unlike(policy.organization, "organization")
}

broken contains "site.policies.on_unknown" if {
	some policy in input.site.policies
	policy.on_unknown != null
	_unlike(policy.on_unknown, "on_unknown")
}

broken contains "site.policies.exception_classes" if {
	some policy in input.site.policies
	some class in policy.exception_classes
	_unlike(class, "class")
}

broken contains "site.exceptions" if {
	some exception in input.site.exceptions
	_unlike(exception, "exception")
}

broken contains "site.exceptions.approvals" if {
	some exception in input.site.exceptions
	some approval in exception.approvals
	_unlike(approval, "approval")
}

broken contains "site.exceptions.matched" if {
	some exception in input.site.exceptions
	some match in exception.matched
	_unlike(match, "match")
}

_answered(model, fact) if {
	answer := model[fact]
	is_object(answer)
	count(object.keys(answer) & _answers) == 1
}

_unlike(thing, _) if not is_object(thing)

_unlike(thing, kind) if {
	is_object(thing)
	count(keys[kind] - object.keys(thing)) > 0
}

_unlike(thing, kind) if {
	some key in lists[kind]
	value := thing[key]
	not is_array(value)
}

_unlike(thing, kind) if {
	some key, allowed in words[kind]
	value := thing[key]
	not value in allowed
}
