# METADATA
# title: Who serves a model
# description: Which containers load a model, and which may.
package weighbridge.lib.serving

# METADATA
# description: Containers that name the model, or of which nobody can tell what they load.
possible(model) := [container | some container in input.serving; _may_load(container, model.ref)]

# METADATA
# description: Containers that load the model; those that name it, if any does.
loaders(model) := named if {
	named := _named(model)
	count(named) > 0
}

loaders(model) := possible(model) if count(_named(model)) == 0

_named(model) := [container | some container in input.serving; model.ref in container.models]

_may_load(container, ref) if ref in container.models

_may_load(container, _) if count(container.models) == 0
