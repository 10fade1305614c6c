package weighbridge.rules.workload.image_approved_test

import data.weighbridge.fixture
import data.weighbridge.rules.workload.image_approved

_digest := "sha256:00"

test_a_container_that_names_its_model_passes if {
	_said({}, ["x"]) == set()
}

test_an_image_of_the_list_passes if {
	every listed in ["reg.example/m@sha256:00", "reg.example/*", "reg.example/m"] {
		_said({"models": [], "image": "reg.example/m@sha256:00", "image_digest": _digest}, [listed]) == set()
	}
}

test_an_image_that_is_not_listed_is_a_violation if {
	_said({"models": [], "image": "reg.example/m@sha256:00", "image_digest": _digest}, ["other/*"]) == {
		"full container server (reg.example/m@sha256:00) names no model, and its image is not on the site's list",
	}
}

test_a_listed_image_is_pinned if {
	_said({"models": [], "image": "reg.example/m:v1"}, ["reg.example/m"]) == {
		"full container server (reg.example/m:v1) names no model, and its image is not pinned by digest",
	}
}

test_without_a_list_it_is_only_noted if {
	_said({"models": [], "image": "reg.example/m:v1"}, []) == {
		"weak container server (reg.example/m:v1) names no model, and the site lists no images that may",
	}
}

_said(container, images) := {text |
	some finding in image_approved.deny with input as fixture.about([], [fixture.container(container)])
		with data.weighbridge.parameters as {"workload.image_approved": {"images": images}}
	text := concat(" ", [finding.grade, finding.message])
}
