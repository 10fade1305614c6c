# METADATA
# title: Models
# description: Which models of a workload a rule is about.
package weighbridge.lib.models

# METADATA
# description: Models that cards, licenses and lineages describe; of a separate tokenizer only files and code are judged.
described contains model if {
	some model in input.models
	model.role != "tokenizer"
}
