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
	expected := concat("", [replace(_path(name), ".", "/"), "/", _last(name), ".rego"])
	not endswith(file, expected)
}

refused contains concat("", [name, ": has no test. Fix: write ", _last(name), "_test.rego beside it"]) if {
	some name, _ in _rules
	not input.namespaces[concat("", ["data.", _package(name), "_test"])]
}

_last(name) := last if {
	parts := split(name, ".")
	last := parts[count(parts) - 1]
}

# The id of a site's rule is SITE/TOPIC.RULE, of our own TOPIC.RULE.
_path(name) := concat("", ["rules.", name]) if not contains(name, "/")

_path(name) := concat("", ["site.", replace(name, "/", ".rules.")]) if contains(name, "/")

_package(name) := concat("", ["weighbridge.", _path(name)]) if not contains(name, "/")

_package(name) := _path(name) if contains(name, "/")

_rules[name] := files if {
	some namespace, files in input.namespaces
	not endswith(namespace, "_test")
	name := _name(split(namespace, "."))
}

_name(steps) := concat(".", [steps[3], steps[4]]) if {
	count(steps) == 5
	array.slice(steps, 0, 3) == ["data", "weighbridge", "rules"]
}

_name(steps) := concat("", [steps[2], "/", steps[4], ".", steps[5]]) if {
	count(steps) == 6
	steps[1] == "site"
	steps[3] == "rules"
}

_annotations[name] := one.annotations if {
	some one in input.annotations
	one.annotations.scope == "package"
	name := _name([step.value | some step in one.path])
	_rules[name]
}
