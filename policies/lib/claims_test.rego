package weighbridge.lib.claims_test

import data.weighbridge.fixture
import data.weighbridge.lib.claims

test_claims_are_found_by_kind if {
	model := _claiming([fixture.claim("data_date", "dump", 7), fixture.claim("curation", "filtered", 9)])
	claims.words(model, "data_date") == {"dump"}
	claims.pointers(model, "data_date") == ["card.line:7"]
	claims.pointers(model, "superseded") == []
}

test_a_card_that_is_not_there_claims_nothing if {
	model := fixture.model({"card": fixture.missing("README.md")})
	claims.words(model, "data_date") == set()
	claims.complaint(model, "data_date", "x").grade == "implied"
}

test_silence_is_a_complaint_in_english_and_where_no_language_is_told if {
	every language in ["en", null] {
		model := fixture.model({"card": fixture.card({"claims": [], "language": language})})
		claims.complaint(model, "data_date", "when").message == "its model card does not say when"
	}
}

test_silence_in_another_language_is_none if {
	model := fixture.model({"card": fixture.card({"claims": [], "language": "de"})})
	not claims.complaint(model, "data_date", "when")
}

_claiming(made) := fixture.model({"card": fixture.card({"claims": made})})
