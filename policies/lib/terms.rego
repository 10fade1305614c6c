# METADATA
# title: License terms
# description: What the license table says about a license; what it does not know is unknown, never allowed.
package weighbridge.lib.terms

# METADATA
# description: A facet of a license.
facet(key, name) := object.get(data.weighbridge.licenses.facets, [key, name], "unknown")

# METADATA
# description: The name people know a license by.
family(key) := object.get(data.weighbridge.licenses.facets, [key, "family"], key)

# METADATA
# description: Whether a license is named whose terms the table does not know; a family label alone names none.
unidentified(license) if {
	license.id == null
	license.custom
}

unidentified(license) if {
	license.id == null
	not license.label_only
	license.declared != null
}

# METADATA
# description: What an unidentified license calls itself.
default said(_) := "without a name"

said(license) := license.name if is_string(license.name)

said(license) := license.declared if {
	is_string(license.declared)
	license.name == null
}

# METADATA
# description: Models that a model was only trained on, by their outputs or their records, and was not made from.
trained_on(model) := {source.node |
	some source in model.terms.found.sources
	source.via in {"outputs", "data"}
	not _is_derivative(source)
}

_is_derivative(source) if {
	source.via == "outputs"
	facet(source.license, "outputs_train") == "derivative"
}

# METADATA
# description: The clause of a license that a facet stands in, as a pointer.
clause(key, name) := concat("", ["license.term:", key, ":", name])

# METADATA
# description: A clause in brackets, nothing where it is not known.
default bracketed(_) := ""

bracketed(term) := text if {
	clause_here := term.clause
	is_string(clause_here)
	text := concat("", [" (", clause_here, ")"])
}
