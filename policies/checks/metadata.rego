# METADATA
# title: Checks of the library
# description: What every rule of the library has; the input is what `opa inspect -a -f json policies/` prints.
# schemas:
#   - input: {type: object}
package weighbridge.checks

# METADATA
# description: What is wrong, one sentence each; empty for a library that may be published.
refused contains concat("", [
	name, ": has no METADATA above its package. Fix: write title, description and custom",
]) if {
	some name, _ in _rules
	not _annotations[name]
}

refused contains concat("", [name, ": METADATA has no ", key, ". Fix: add it"]) if {
	some name, annotations in _annotations
	some key in ["title", "description"]
	object.get(annotations, key, "") == ""
}

refused contains concat("", [name, ": METADATA has no custom.", key, ". Fix: add it"]) if {
	some name, annotations in _annotations
	some key in ["severity", "since", "who_can_act"]
	object.get(annotations, ["custom", key], "") == ""
}

refused contains concat("", [
	name, ": METADATA does not say what the ", who, " can do. Fix: add custom.remedy.", who,
]) if {
	some name, annotations in _annotations
	some who in ["deployer", "publisher"]
	object.get(annotations, ["custom", "remedy", who], "") == ""
}

# METADATA
# description: Pages are made from METADATA, so it says what the rule denies, what it admits and why.
refused contains concat("", [name, ": METADATA has no custom.", key, ". Fix: add it, its page is made of it"]) if {
	some name, annotations in _annotations
	some key in ["why", "denies", "admits"]
	count(object.get(annotations, ["custom", key], "")) == 0
}

refused contains concat("", [name, ": is in ", file, ", expected ", expected, ". Fix: move or rename it"]) if {
	some name, files in _rules
	some file in files
	expected := concat("", ["rules/", replace(name, ".", "/"), "/", split(name, ".")[1], ".rego"])
	not endswith(file, expected)
}

refused contains concat("", [name, ": has no test. Fix: write ", split(name, ".")[1], "_test.rego beside it"]) if {
	some name, _ in _rules
	not input.namespaces[concat("", [_prefix, name, "_test"])]
}

_prefix := "data.weighbridge.rules."

_rules[name] := files if {
	some namespace, files in input.namespaces
	startswith(namespace, _prefix)
	not endswith(namespace, "_test")
	name := trim_prefix(namespace, _prefix)
}

_annotations[name] := one.annotations if {
	some one in input.annotations
	one.annotations.scope == "package"
	name := trim_prefix(concat(".", [step.value | some step in one.path]), _prefix)
	_rules[name]
}
