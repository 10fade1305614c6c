package weighbridge.main

import data.weighbridge.lib.effective

# METADATA
# description: What the library lacks to judge at all. Each is a refusal, since an undefined answer must not admit.
unconfigured contains concat("", ["rule ", rule, " has no entry in the rule table"]) if {
	some rule in _present
	not data.weighbridge.rule_table[rule]
}

unconfigured contains concat("", ["rule ", rule, " judges nothing"]) if {
	some rule, _ in data.weighbridge.rule_table
	not rule in effective.derived
	not rule in _present
}

unconfigured contains concat("", ["rule ", rule, " has no action in profile ", profile]) if {
	some rule in _library
	some profile in ["baseline", "standard", "restricted"]
	not data.weighbridge.profiles[rule][profile]
}

unconfigured contains concat("", ["parameter ", parameter, " of rule ", rule, " has no value"]) if {
	some rule, entry in data.weighbridge.rule_table
	some parameter in entry.parameters
	not _has_value(rule, parameter)
}

unconfigured contains concat("", ["data.weighbridge.", document, " is missing"]) if {
	some document in (_needed - _brought)
}

# Rules that are there to be judged.
_present contains concat(".", [topic, rule]) if {
	some topic, rule
	_ = data.weighbridge.rules[topic][rule].deny
}

_present contains concat("", [site, "/", topic, ".", rule]) if {
	some site, topic, rule
	_ = data.site[site].rules[topic][rule].deny
}

# Rules that every profile must say something about; a rule of a site may rest on its default action.
_library contains rule if {
	some rule, _ in data.weighbridge.rule_table
	not contains(rule, "/")
}

_has_value(rule, parameter) if data.weighbridge.parameters[rule][parameter] != null

_needed := {
	"counterparts", "engines", "exceptions", "licenses", "parameters", "profiles", "protected",
	"rule_table", "schemes", "signatures", "stamps", "statements", "unknown",
}

_brought contains "counterparts" if data.weighbridge.counterparts

_brought contains "engines" if data.weighbridge.engines

_brought contains "exceptions" if data.weighbridge.exceptions

_brought contains "licenses" if data.weighbridge.licenses.facets

_brought contains "parameters" if data.weighbridge.parameters

_brought contains "profiles" if data.weighbridge.profiles

_brought contains "protected" if data.weighbridge.protected

_brought contains "rule_table" if data.weighbridge.rule_table

_brought contains "schemes" if data.weighbridge.schemes

_brought contains "statements" if data.weighbridge.statements

_brought contains "unknown" if data.weighbridge.unknown

_brought contains "signatures" if data.weighbridge.signatures

_brought contains "stamps" if data.weighbridge.stamps
