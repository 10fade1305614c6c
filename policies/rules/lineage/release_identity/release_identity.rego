# METADATA
# title: No training checkpoint or local path as identity
# description: A model that is served is a release, and not a folder of a training run.
# custom:
#   severity: medium
#   evidence:
#   - config
#   - files
#   since: '0.1'
#   who_can_act: model_owner
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     - AML.T0018
#     - AML.T0058
#     - AML.M0014
#     - AML.M0023
#     aisvs_1_0:
#     - 3.1.1
#     - 3.5.3
#     - 6.1.3
#     eu_ai_act:
#     - Annex XI 1.2(b)
#   remedy:
#     deployer: serve a released model
#     publisher: publish the release without optimizer states, and with a model id in place of a local path
#   why: A checkpoint is a moment of a training run; which one, and on whose machine, nobody can tell afterwards.
#   denies:
#   - name or file of the reference is that of a checkpoint
#   - config.json names a folder of somebody's machine
#   - optimizer, scheduler or random states of a training run lie beside the weights
#   admits:
#   - repositories that hold a release only
#   false_positives:
#   - 'intermediate checkpoints that are published on purpose: except them by name'
package weighbridge.rules.lineage.release_identity

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models

deny contains finding.full(model, message, ["reference"]) if {
	some model in models.described
	regex.match(`(^|[/#@_-])(checkpoint-[0-9]+|step[_-]?[0-9]+)($|[/@._-])`, lower(model.ref))
	message := "is named like a checkpoint of a training run"
}

# Where nothing names a base, the folder is what lineage.base_declared complains about.
deny contains object.union(finding.full(model, message, ["config.name_or_path"]), {"grade": _grade(model)}) if {
	some model in models.described
	folder := model.config.found.name_or_path
	is_string(folder)
	regex.match(`^([/~]|[.]{1,2}/|[A-Za-z]:[\\])`, folder)
	message := concat("", ["its configuration names a folder of somebody's machine: ", substring(folder, 0, 80)])
}

default _grade(_) := "full"

_grade(model) := "implied" if {
	tree := model.lineage.found
	count(lineage.parents(tree)) == 0
}

deny contains finding.full(model, message, finding.first(pointers)) if {
	some model in models.described
	states := {file.path |
		some file in model.files.found.files
		file.loaded == false
		regex.match(`(^|/)(optimizer|scheduler|rng_state|scaler)[^/]*[.](pt|bin|pth)$`, lower(file.path))
	}
	count(states) > 0
	pointers := {concat("", ["file:", path]) | some path in states}
	message := concat("", ["brings states of a training run: ", finding.shown(states)])
}

deny contains finding.full(model, message, []) if {
	some model in models.described
	some fact in ["config", "files"]
	message := concat("", ["whether it is a release cannot be told: ", model[fact].found.unreadable])
}
