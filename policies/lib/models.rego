# METADATA
# title: Models
# description: Which models of a workload a rule is about.
package weighbridge.lib.models

# METADATA
# description: Models that a card describes; of a separate tokenizer only files, code and advisories are judged.
described contains model if {
	some model in input.models
	model.role != "tokenizer"
}
