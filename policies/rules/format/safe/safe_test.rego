package weighbridge.rules.format.safe_test

import data.weighbridge.fixture
import data.weighbridge.rules.format.safe

_safetensors := fixture.file("model.safetensors", "safetensors", true)

_pickle := fixture.file("pytorch_model.bin", "pickle", true)

_left := fixture.file("optimizer.pt", "pickle", false)

test_safe_weights_pass if {
	count(safe.deny) == 0 with input as _with([_safetensors], [fixture.container({})])
}

test_only_pickle_is_a_violation if {
	_says("full", "has no safe weights, so the engine would read pickle files: pytorch_model.bin", [_pickle], {})
}

test_pickle_beside_safe_files_is_a_weak_sign if {
	message := "has pickle files beside the safe ones that the engine takes first: pytorch_model.bin"
	_says("weak", message, [_safetensors, _pickle], {})
}

test_a_load_format_that_reads_pickle_is_a_violation if {
	message := "load format pt makes the engine read pickle files: pytorch_model.bin"
	_says("full", message, [_safetensors, _pickle], {"settings": {"load_format": "pt"}})
}

test_an_unknown_engine_is_a_violation if {
	message := concat(" ", [
		"is served by an engine that is not known to take its safe files first,",
		"so pickle files may be read: pytorch_model.bin",
	])
	_says("full", message, [_safetensors, _pickle], {"engine": null})
}

test_a_model_that_nobody_is_known_to_load_is_a_violation if {
	_grades([_safetensors, _pickle], []) == {"full"}
}

test_a_container_that_may_load_it_counts_where_none_names_it if {
	_grades([_safetensors, _pickle], [fixture.container({"models": []})]) == {"weak"}
	_grades([_safetensors, _pickle], [fixture.container({"models": ["hf://a/b"]})]) == {"full"}
}

test_a_safe_file_the_engine_does_not_look_for_is_no_protection if {
	_grades([fixture.file("decoy.onnx", "onnx", true), _pickle], [fixture.container({})]) == {"full"}
}

test_leftovers_are_a_weak_sign if {
	_says("weak", "has pickle files that no engine loads by itself: optimizer.pt", [_safetensors, _left], {})
}

test_no_readable_listing_is_a_violation if {
	every files in [fixture.unreadable("too long"), fixture.missing("the listing")] {
		count(safe.deny) == 1 with input as fixture.about([fixture.model({"files": files})], [])
	}
}

_with(files, containers) := fixture.about([fixture.model({"files": fixture.files(files)})], containers)

_grades(files, containers) := {finding.grade | some finding in safe.deny with input as _with(files, containers)}

_says(grade, message, files, container) if {
	found := {[finding.grade, finding.message] |
		some finding in safe.deny with input as _with(files, [fixture.container(container)])
	}
	found == {[grade, message]}
}
