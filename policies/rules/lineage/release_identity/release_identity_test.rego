package weighbridge.rules.lineage.release_identity_test

import data.weighbridge.fixture
import data.weighbridge.rules.lineage.release_identity

test_a_release_passes if {
	_said({}) == set()
	_said({"config": fixture.config({"name_or_path": "meta-llama/Llama-3.1-8B"})}) == set()
}

test_a_checkpoint_is_a_violation if {
	every ref in ["hf://acme/x-checkpoint-500@1", "hf://acme/x@main#out/checkpoint-500/a.bin", "hf://acme/x_step1000@1"] {
		_said({"ref": ref}) == {"is named like a checkpoint of a training run"}
	}
	_said({"ref": "hf://acme/footstep-model@1"}) == set()
}

test_a_folder_of_a_machine_is_a_violation if {
	every folder in ["/workspace/out", "~/models/x", "./out", "G:\\models"] {
		_said({"config": fixture.config({"name_or_path": folder})}) == {concat("", [
			"its configuration names a folder of somebody's machine: ",
			folder,
		])}
	}
}

test_a_folder_in_place_of_a_base_is_what_base_declared_complains_about if {
	folder := {"config": fixture.config({"name_or_path": "/workspace/out"})}
	named := object.union(folder, {"lineage": fixture.lineage({"edges": [fixture.edge({})]})})
	_grades(folder) == {"implied"}
	_grades(named) == {"full"}
	_grades(object.union(folder, {"lineage": fixture.unknown("timeout")})) == {"full"}
}

test_states_of_a_training_run_are_a_violation if {
	files := [fixture.file("optimizer.pt", "pickle", false), fixture.file("model.safetensors", "safetensors", true)]
	_said({"files": fixture.files(files)}) == {"brings states of a training run: optimizer.pt"}
}

test_what_cannot_be_read_is_no_release if {
	_said({"config": fixture.unreadable("not JSON")}) == {"whether it is a release cannot be told: not JSON"}
}

test_unknown_files_are_left_to_evidence_available if {
	_said({"files": fixture.unknown("timeout"), "config": fixture.unknown("timeout")}) == set()
}

_said(parts) := {finding.message |
	some finding in release_identity.deny with input as fixture.about([fixture.model(parts)], [])
}

_grades(parts) := {finding.grade |
	some finding in release_identity.deny with input as fixture.about([fixture.model(parts)], [])
}
