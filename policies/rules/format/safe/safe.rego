# METADATA
# title: Safe serialization only
# description: The engine loads weights from formats that cannot run code.
# custom:
#   severity: critical
#   evidence: [files]
#   since: "0.1"
#   who_can_act: model_owner
#   frameworks: {owasp_llm_2025: [LLM03, LLM04], atlas: [AML.T0011.000], aisvs_1_0: [6.1.1]}
#   remedy:
#     deployer: serve a revision with safetensors or GGUF weights
#     publisher: convert the weights to safetensors and remove the pickle files
#   why: 'Reading a pickle file runs whatever code it holds, before any answer of the model is seen. A list of formats
#     is stronger than a clean scan: scanners have been got round.'
#   denies:
#   - the only weights are pickle or Keras files
#   - a load format makes the engine read pickle although safe files are there
#   - the engine is unknown, or nobody can tell which container loads the model, and pickle files are there
#   - the safe files are of a format that this engine does not take first
#   - the list of files is missing or cannot be read
#   - 'pickle files lie beside safe ones that the engine takes first, or are leftovers of training (a weaker finding:
#     at most a warning)'
#   admits:
#   - safetensors, GGUF and ONNX
#   - repositories without weights
package weighbridge.rules.format.safe

import data.weighbridge.lib.finding
import data.weighbridge.lib.serving

deny contains finding.full(model, message, []) if {
	some model in input.models
	message := concat("", ["its files cannot be listed: ", model.files.found.unreadable])
}

deny contains finding.full(model, message, []) if {
	some model in input.models
	message := concat("", ["has no list of files, looked at ", model.files.missing.looked_at])
}

deny contains finding.full(model, message, _pointers(paths)) if {
	some model in input.models
	paths := _unsafe_loaded(model)
	count(paths) > 0
	not _safe_first(model)
	message := concat("", [_why(model), ": ", finding.shown(paths)])
}

deny contains finding.weak(model, message, _pointers(paths)) if {
	some model in input.models
	paths := _unsafe_loaded(model)
	count(paths) > 0
	_safe_first(model)
	message := concat("", [
		"has pickle files beside the safe ones that the engine takes first: ", finding.shown(paths),
	])
}

deny contains finding.weak(model, message, _pointers(paths)) if {
	some model in input.models
	count(_unsafe_loaded(model)) == 0
	paths := _unsafe_left(model)
	count(paths) > 0
	message := concat("", ["has pickle files that no engine loads by itself: ", finding.shown(paths)])
}

_unsafe_loaded(model) := {file.path |
	some file in model.files.found.files
	file.loaded
	file.format in data.weighbridge.engines.unsafe_formats
}

_unsafe_left(model) := {file.path |
	some file in model.files.found.files
	not file.loaded
	file.format in data.weighbridge.engines.unsafe_formats
}

_safe_loaded(model) := {file.format |
	some file in model.files.found.files
	file.loaded
	file.format in data.weighbridge.engines.safe_formats
}

# Every container that loads the model takes a safe file of it before any other.
_safe_first(model) if {
	loaders := serving.loaders(model)
	count(loaders) > 0
	formats := _safe_loaded(model)
	every container in loaders { _takes_safe(container, formats) }
}

_takes_safe(container, formats) if {
	some format in data.weighbridge.engines.reads_first[container.engine]
	format in formats
	not _forces_pickle(container)
}

_forces_pickle(container) if container.settings.load_format in data.weighbridge.engines.pickle_load_formats

_forcing(model) := {container.settings.load_format |
	some container in serving.loaders(model)
	_forces_pickle(container)
}

_why(model) := "has no safe weights, so the engine would read pickle files" if count(_safe_loaded(model)) == 0

_why(model) := concat("", [
	"load format ", finding.shown(_forcing(model)), " makes the engine read pickle files",
]) if {
	count(_safe_loaded(model)) > 0
	count(_forcing(model)) > 0
}

_why(model) := "is served by an engine that is not known to take its safe files first, so pickle files may be read" if {
	count(_safe_loaded(model)) > 0
	count(_forcing(model)) == 0
}

_pointers(paths) := finding.first({concat("", ["file:", path]) | some path in paths})
