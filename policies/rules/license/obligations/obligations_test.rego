package weighbridge.rules.license.obligations_test

import data.weighbridge.fixture
import data.weighbridge.rules.license.obligations

_facets := {
	"bound": {"family": "bound", "naming": {"prefix": "Llama 3", "outputs": false}},
	"named": {"family": "named", "naming": {"prefix": "Llama", "outputs": true}},
	"big": {"family": "big", "display_above": [{"of": "users", "above": 1000}]},
}

_lacks := "lacks what license bound of meta-llama/Llama-3.1-8B asks for: "

_term(facet, value) := fixture.term({"license": "bound", "facet": facet, "value": value, "clause": null})

test_each_duty_that_is_not_met_is_named if {
	_messages([_term("pass_through", "copy_of_license")], {}, {}) == {concat("", [_lacks, "a copy of it"])}
	_messages([_term("pass_through", "attribution_and_link")], {}, {}) == {concat("", [
		_lacks,
		"the name of its creator",
	])}
	_messages([_term("notice", "Bound is licensed")], {}, {}) == {concat("", [_lacks, "its notice"])}
	_messages([_term("display", "Built with Bound")], {}, {}) == {concat("", [_lacks, "the words Built with Bound"])}
	_messages([_term("modified_files_notice", "yes")], {}, {}) == {concat("", [_lacks, "a word on what was changed"])}
	_messages([_term("naming", "Llama 3")], {}, {}) == {concat("", [_lacks, "a name that begins with Llama 3"])}
}

test_duties_of_one_license_are_one_finding_with_clauses if {
	duties := [object.union(_term("notice", "x"), {"clause": "1.b.iii"}), _term("pass_through", "restrictions_and_copy")]
	found := obligations.deny with input as _document(duties, {}, {}) with data.weighbridge.licenses.facets as _facets
	found == {{
		"model": fixture.ref,
		"grade": "full",
		"message": concat("", [_lacks, "a copy of it, its notice (1.b.iii)"]),
		"evidence": ["license.term:bound:notice", "license.term:bound:pass_through"],
	}}
}

test_a_copy_is_a_text_of_the_license_or_its_family if {
	copy := {"texts": [fixture.license_text({"id": "bound"})]}
	_messages([_term("pass_through", "copy_of_license")], copy, {}) == set()
	other := {"texts": [fixture.license_text({"id": null}), fixture.license_text({"id": "big"})]}
	count(_messages([_term("pass_through", "copy_of_license")], other, {})) == 1
}

test_duties_that_are_met_pass if {
	_messages([_term("notice", "x")], {"notices": ["bound"]}, {}) == set()
	_messages([_term("display", "x")], {"displays": ["bound"]}, {}) == set()
	_messages([_term("pass_through", "attribution_and_link")], {}, {"edges": [fixture.edge({})]}) == set()
	_messages([_term("modified_files_notice", "yes")], {}, {"edges": [fixture.edge({})]}) == set()
	_messages([_term("modified_files_notice", "yes")], {}, {"documented_change": true}) == set()
	_messages([_term("naming", "Llama 3")], {}, {"name": "acme/Llama_3.1-tariff"}) == set()
}

test_own_terms_and_records_ask_for_nothing_here if {
	every via in ["own", "data"] {
		every facet in ["pass_through", "notice", "display", "modified_files_notice", "naming"] {
			_messages([object.union(_term(facet, "copy_of_license"), {"via": via})], {}, {}) == set()
		}
	}
}

test_a_name_is_owed_for_outputs_only_where_the_license_says_so if {
	_messages([object.union(_term("naming", "Llama 3"), {"via": "outputs"})], {}, {}) == set()
	owed := fixture.term({"license": "named", "facet": "naming", "value": "Llama", "clause": null, "via": "outputs"})
	count(_messages([owed], {}, {})) == 1
}

test_a_display_above_a_number_is_due_only_above_it if {
	duty := fixture.term({"license": "big", "facet": "display", "value": "Big", "clause": null})
	_messages([duty], {}, {}) == set()
	every pair in [[null, 0], [1000, 0], [1001, 1]] {
		owner := fixture.policy({"organization": fixture.organization({"users": pair[0]})})
		document := fixture.document({
			"models": [_model([duty], {}, {})],
			"site": fixture.site({"policies": [owner]}),
		})
		found := obligations.deny with input as document with data.weighbridge.licenses.facets as _facets
		count(found) == pair[1]
	}
}

test_a_duty_nobody_can_put_in_words_is_still_one if {
	obligations._asks({"facet": "new"}) == "a part that is not known"
}

_messages(duties, terms, lineage) := {finding.message |
	some finding in obligations.deny with input as _document(duties, terms, lineage)
		with data.weighbridge.licenses.facets as _facets
}

_document(duties, terms, lineage) := fixture.about([_model(duties, terms, lineage)], [])

_model(duties, terms, lineage) := fixture.model({
	"terms": fixture.terms(object.union({"terms": duties}, terms)),
	"lineage": fixture.lineage(lineage),
})
