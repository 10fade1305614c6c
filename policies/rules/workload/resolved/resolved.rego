# METADATA
# title: Every model reference could be resolved
# description: Each model that a workload loads can be told from the workload, and exists.
# custom:
#   severity: high
#   evidence: [resolved]
#   since: "0.1"
#   who_can_act: you
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003], aisvs_1_0: [3.1.3]}
#   remedy:
#     deployer: write the model's name and revision as plain text where the engine reads it
#     publisher: nothing to do
#   why: 'A reference that cannot be read is a hole and not a pass: it would escape every other rule. Labels and served
#     names are claims and resolve nothing.'
#   denies:
#   - a reference comes from a Secret, from a file nobody can see, or from a command line that cannot be read
#   - the source says that there is no such repository or revision
#   - no source can look at references of this kind
#   - a part of the object that may name models cannot be read
#   - 'the model lies on a volume without a recorded digest (a weaker finding: a warning in baseline and standard,
#     a denial in restricted)'
#   admits:
#   - references that are plain text and exist
#   - GPU workloads that name no model
package weighbridge.rules.workload.resolved

import data.weighbridge.lib.finding

deny contains finding.general(problem) if some problem in input.problems

deny contains finding.full(model, model.unresolved_because, ["reference"]) if {
	some model in input.models
	is_string(model.unresolved_because)
}

deny contains finding.full(model, message, ["reference"]) if {
	some model in input.models
	message := concat("", ["does not exist, looked at ", model.resolved.missing.looked_at])
}

deny contains finding.full(model, message, ["reference"]) if {
	some model in input.models
	model.resolved.unknown.because == "no_repository"
	message := concat("", ["does not exist at ", model.resolved.unknown.host])
}

deny contains finding.full(model, message, ["reference"]) if {
	some model in input.models
	_unsupported(model)
	not model.scheme in data.weighbridge.schemes.volumes
	message := concat("", ["no source can look at ", model.scheme, " references"])
}

deny contains finding.weak(model, message, ["reference"]) if {
	some model in input.models
	_unsupported(model)
	model.scheme in data.weighbridge.schemes.volumes
	message := concat("", ["lies on a volume (", model.scheme, "), and no digest of its content is on record"])
}

_unsupported(model) if {
	model.unresolved_because == null
	model.resolved.unknown.because == "no_source"
}
