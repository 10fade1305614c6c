# METADATA
# title: No remote code
# description: Serving a model does not run code that its repository brings.
# custom:
#   severity: critical
#   evidence: [files, config, tokenizer, generation_config]
#   since: "0.1"
#   who_can_act: you
#   parameters: [allowed_sha256]
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0011.000], aisvs_1_0: [6.1.1]}
#   remedy:
#     deployer: drop the flag or setting that trusts remote code, or serve a model that needs none
#     publisher: use an architecture the engines know, and remove code and auto_map
#   why: Code from a model repository runs with the rights of the container, next to its credentials and data.
#   denies:
#   - the repository has `auto_map`, Python files or a custom generation loop, and a container trusts remote code,
#     or runs it unless told not to
#   - the repository's own `generation_config.json` says that its code is to be trusted
#   - a file that may name code cannot be read
#   - 'code is there and nothing enables it (a weaker finding: one flag would run it)'
#   admits:
#   - models without code, whatever the flags say
#   - code files whose sha256 is in `allowed_sha256`; an `auto_map` that points to another repository is never covered
package weighbridge.rules.format.no_remote_code

import data.weighbridge.lib.finding
import data.weighbridge.lib.parameters
import data.weighbridge.lib.serving

deny contains finding.full(model, message, []) if {
	some model in input.models
	some fact in ["files", "config", "tokenizer", "generation_config"]
	message := concat("", ["code in it cannot be ruled out: ", model[fact].found.unreadable])
}

deny contains finding.full(model, message, finding.first(pointers)) if {
	some model in input.models
	pointers := _code(model)
	count(pointers) > 0
	enabled := _enabled(model)
	count(enabled) > 0
	message := concat("", ["brings code (", _shown(pointers), "), enabled by ", finding.shown(enabled)])
}

deny contains finding.weak(model, message, finding.first(pointers)) if {
	some model in input.models
	pointers := _code(model)
	count(pointers) > 0
	count(_enabled(model)) == 0
	message := concat("", ["brings code (", _shown(pointers), "), which one flag would run"])
}

# Pointers to all code the model brings, but for files that the site allows by their digest.
_code(model) := (_code_files(model) | _custom_generate(model)) | _mapped(model)

_mapped(model) := _auto_map(model, "config") | _auto_map(model, "tokenizer")

_code_files(model) := {concat("", ["file:", file.path]) |
	some file in model.files.found.files
	file.format == "code"
	not _allowed(file)
}

_auto_map(model, fact) := {concat("", [fact, ".auto_map"]) |
	some value in object.get(model, [fact, "found", "auto_map"], [])
	not _covered(model, value)
}

_custom_generate(model) := {pointer |
	some pointer in ["generation_config.custom_generate"]
	model.generation_config.found.custom_generate
	not _covered(model, pointer)
}

# An entry is covered where all code files of the repository are allowed; `owner/repo--module` is code of another one.
_covered(model, value) if {
	files := {file | some file in model.files.found.files; file.format == "code"}
	count(files) > 0
	every file in files { _allowed(file) }
	not contains(value, "--")
}

_allowed(file) if {
	is_string(file.sha256)
	file.sha256 in parameters.value("format.no_remote_code", "allowed_sha256")
}

_enabled(model) := {concat("", ["container ", container.container]) |
	some container in serving.possible(model)
	_trusts(container)
} | {source |
	some source in ["its own generation_config.json"]
	model.generation_config.found.trust_remote_code
}

_trusts(container) if container.settings.trust_remote_code == true

_trusts(container) if {
	container.settings.trust_remote_code == null
	container.engine in data.weighbridge.engines.runs_code_by_default
}

_shown(pointers) := finding.shown({trim_prefix(pointer, "file:") | some pointer in pointers})
