package weighbridge.rules.format.no_remote_code_test

import data.weighbridge.fixture
import data.weighbridge.rules.format.no_remote_code

_trusting := fixture.container({"settings": {"trust_remote_code": true}})

_code := object.union(fixture.file("modeling_prism.py", "code", true), {"sha256": "sha256:aa"})

_mapped(value) := {"found": {"auto_map": [value]}}

_allowing := fixture.policy({"rules": {"format.no_remote_code": object.union(
	fixture.entry(null),
	{"parameters": {"allowed_sha256": ["sha256:aa"]}},
)}})

test_a_model_without_code_passes if {
	_grades({}, [_trusting]) == set()
}

test_code_that_is_enabled_is_a_violation if {
	no_remote_code.deny == {{
		"model": fixture.ref,
		"grade": "full",
		"message": "brings code (modeling_prism.py), enabled by container server",
		"evidence": ["file:modeling_prism.py"],
	}} with input as fixture.about([fixture.model({"files": fixture.files([_code])})], [_trusting])
}

test_every_kind_of_code_counts if {
	_grades({"config": _mapped("a.B")}, [_trusting]) == {"full"}
	_grades({"tokenizer": _mapped("a.B")}, [_trusting]) == {"full"}
	custom := {"found": {"custom_generate": true, "trust_remote_code": false}}
	_grades({"generation_config": custom}, [_trusting]) == {"full"}
}

test_every_way_of_enabling_counts if {
	own := {"found": {"custom_generate": false, "trust_remote_code": true}}
	_grades({"config": _mapped("a.B"), "generation_config": own}, []) == {"full"}
	_grades({"config": _mapped("a.B")}, [fixture.container({"engine": "infinity"})]) == {"full"}
	_grades({"config": _mapped("a.B")}, [object.union(_trusting, {"models": []})]) == {"full"}
}

test_code_that_is_not_enabled_is_a_weak_sign if {
	_grades({"config": _mapped("a.B")}, [fixture.container({})]) == {"weak"}
	_grades({"config": _mapped("a.B")}, [object.union(_trusting, {"models": ["hf://a/b"]})]) == {"weak"}
}

test_allowed_code_may_run if {
	changed := fixture.model({"files": fixture.files([_code]), "config": _mapped("modeling_prism.P")})
	_graded(changed, [_allowing]) == set()
}

test_code_of_another_repository_is_not_covered if {
	changed := fixture.model({"files": fixture.files([_code]), "config": _mapped("microsoft/phi--modeling_phi3.P")})
	_graded(changed, [_allowing]) == {"full"}
}

test_code_without_a_known_digest_is_not_allowed if {
	_graded(fixture.model({"files": fixture.files([fixture.file("a.py", "code", true)])}), [_allowing]) == {"full"}
}

test_what_cannot_be_read_may_name_code if {
	_grades({"config": fixture.unreadable("no object")}, [fixture.container({})]) == {"full"}
}

_grades(facts, containers) := {finding.grade |
	some finding in no_remote_code.deny with input as fixture.about([fixture.model(facts)], containers)
}

_graded(model, policies) := {finding.grade |
	some finding in no_remote_code.deny with input as object.union(
		fixture.under(model, policies),
		{"serving": [_trusting]},
	)
}
