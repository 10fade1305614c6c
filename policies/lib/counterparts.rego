# METADATA
# title: Counterparts
# description: What a site must provide before a rule has something to compare with.
package weighbridge.lib.counterparts

# METADATA
# description: Names of the signers that may sign for a model.
signers(ref) := {signer.name |
	some signer in input.site.signers
	ref in signer.speaks_for
}

# METADATA
# description: The grade of what a rule says about a model, note while its counterpart is not there.
default grade(_, _) := "full"

grade(rule, ref) := "note" if {
	rule in data.weighbridge.counterparts.signer
	count(signers(ref)) == 0
}

# What is asked of everybody is more for models of the organization itself.
grade("lineage.base_pinned", ref) := "raised" if {
	some model in input.models
	model.ref == ref
	model.in_house == true
}
