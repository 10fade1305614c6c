# METADATA
# title: Adapter's base equals the served base
# description: An adapter is loaded onto the model it was trained for.
# custom:
#   severity: high
#   evidence:
#   - adapter
#   - lineage
#   roles: [adapter]
#   since: '0.1'
#   who_can_act: you
#   frameworks:
#     owasp_llm_2025:
#     - LLM03
#     atlas:
#     - AML.T0010.003
#     aisvs_1_0:
#     - 3.1.2
#     - 6.1.2
#   remedy:
#     deployer: serve the base that adapter_config.json names, or an adapter that was trained for this base
#     publisher: name the base in adapter_config.json as a hub id
#   why: On another base an adapter computes something that nobody trained or tested.
#   denies:
#   - adapter_config.json names another base than the one that is served
#   - it names no base, is missing or cannot be read
#   - 'the served base is a quantized or renamed copy of the one it names (a weaker finding: at most a warning)'
#   admits:
#   - the same base under an alias of the table, in any writing
#   - a base that could not be resolved, which workload.resolved judges
#   false_positives:
#   - 're-sharded copies that the alias table does not know: add them to data/aliases.yaml'
package weighbridge.rules.adapter.base_matches

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage

deny contains finding.full(adapter, message, ["adapter.base"]) if {
	some adapter in _adapters
	some parent in _parents(adapter)
	some base in _bases(adapter)
	not _same(parent, base)
	not _copy(parent, base)
	message := concat("", ["was trained for ", parent, ", and is served on ", base.repository])
}

deny contains finding.weak(adapter, message, ["adapter.base"]) if {
	some adapter in _adapters
	some parent in _parents(adapter)
	some base in _bases(adapter)
	not _same(parent, base)
	_copy(parent, base)
	message := concat("", ["was trained for ", parent, ", and is served on a quantized copy of it, ", base.repository])
}

deny contains finding.full(adapter, message, ["adapter.base"]) if {
	some adapter in _adapters
	is_string(adapter.lineage.found.name)
	count(_parents(adapter)) == 0
	some _ in _bases(adapter)
	some why in _nameless(adapter)
	message := concat("", ["cannot be matched with the served base: ", why])
}

_adapters := [model | some model in input.models; model.role == "adapter"]

_parents(adapter) := {edge.parent |
	some edge in adapter.lineage.found.edges
	edge.child == adapter.lineage.found.name
	edge.source == "adapter_config"
}

# The bases it is loaded onto: those of its own container, else all there are.
_bases(adapter) := beside if {
	beside := _beside(adapter)
	count(beside) > 0
}

_bases(adapter) := [model | some model in input.models; _is_base(model)] if count(_beside(adapter)) == 0

_beside(adapter) := [model |
	some model in input.models
	_is_base(model)
	some container in input.serving
	adapter.ref in container.models
	model.ref in container.models
]

# What nobody could resolve is for workload.resolved to say.
_is_base(model) if {
	model.role == "base"
	is_boolean(model.resolved.found.immutable)
}

_same(parent, base) if lower(parent) == lower(base.lineage.found.name)

_same(parent, base) if lower(parent) == lower(base.repository)

_copy(parent, base) if {
	some edge in base.lineage.found.edges
	edge.child == base.lineage.found.name
	edge.relation == "quantized"
	lower(edge.parent) == lower(parent)
}

# Copies that the alias table knows are made from what they copy.
_copy(parent, base) if {
	some mark in base.lineage.found.derived_by
	startswith(mark, "quantization ")
	some ancestor in lineage.parents(base.lineage.found)
	lower(ancestor) == lower(parent)
}

_nameless(adapter) := {"it has no adapter_config.json"} if is_string(adapter.adapter.missing.looked_at)

_nameless(adapter) := {why} if why := adapter.adapter.found.unreadable

_nameless(adapter) := {"it names none"} if {
	object.get(adapter.adapter.found, "unreadable", "") == ""
	adapter.adapter.found.base == null
}

_nameless(adapter) := {concat("", ["it names ", base, ", which is no model of a hub"])} if {
	base := adapter.adapter.found.base
	is_string(base)
}
