package weighbridge.rules.serving.tokenizer_matches_test

import data.weighbridge.fixture
import data.weighbridge.rules.serving.tokenizer_matches

_ref := "hf://other/tokens@3f9c2e1000000000000000000000000000000000"

test_a_tokenizer_of_the_same_owner_passes if {
	_said({"publisher": "acme"}, {}) == set()
}

test_a_strangers_tokenizer_is_a_violation if {
	_said({}, {}) == {"is the tokenizer of acme/tariff-8b, and neither its owner's nor an ancestor's"}
}

test_the_tokenizer_of_an_ancestor_passes if {
	tree := fixture.lineage({"nodes": [fixture.node({"name": "Other/Tokens"})]})
	_said({}, {"lineage": tree}) == set()
	_said({}, {"lineage": fixture.lineage({"name": "other/tokens"})}) == set()
}

test_another_class_is_a_violation if {
	parts := {"publisher": "acme", "tokenizer": _class("T5Tokenizer")}
	_said(parts, {"tokenizer": _class("LlamaTokenizer")}) == {"is a T5Tokenizer, the model acme/tariff-8b has a LlamaTokenizer"}
	_said(parts, {"tokenizer": _class("T5Tokenizer")}) == set()
}

test_a_lineage_that_is_unknown_accuses_nobody if {
	_said({}, {"lineage": fixture.unknown("timeout")}) == set()
}

test_no_separate_tokenizer_is_none_to_judge if {
	count(tokenizer_matches.deny) == 0 with input as fixture.about([fixture.model({})], [fixture.container({})])
}

_class(name) := {"found": {"tokenizer_class": name, "auto_map": []}}

_said(tokenizer, model) := {finding.message |
	stranger := object.union(
		{
			"ref": _ref, "role": "tokenizer",
			"repository": "other/tokens", "publisher": "other",
		},
		tokenizer,
	)
	some finding in tokenizer_matches.deny with input as fixture.about(
		[fixture.model(model), fixture.model(stranger)],
		[fixture.container({"models": [fixture.ref, _ref]})],
	)
}
