# METADATA
# title: Lineage
# description: Questions about where a model comes from; the graph itself is walked before policies are asked.
package weighbridge.lib.lineage

# METADATA
# description: The parents that any machine-readable statement names for the model.
parents(lineage) := {edge.parent | some edge in lineage.edges; edge.child == lineage.name}

# METADATA
# description: Whether everything the model itself says about its parents could be read.
own_statements_known(lineage) if {
	every gap in lineage.unknown { gap.node != lineage.name }
}

# METADATA
# description: Whether all ancestors of a parent are known.
settled(lineage, parent) if {
	open := _open(lineage)
	not parent in open
	count(ancestors(lineage, parent) & open) == 0
}

_open(lineage) := {gap.node | some gap in lineage.unknown} | {node.name |
	some node in lineage.nodes
	node.state in {"unknown", "not_walked"}
}

# METADATA
# description: All known ancestors of a node.
ancestors(lineage, name) := {ancestor |
	some node in lineage.nodes
	node.name == name
	some ancestor in node.ancestors
} | {edge.parent | some edge in lineage.edges; edge.child == name}

# METADATA
# description: Pointers to the statements that name a parent.
pointers(lineage, parent) := {concat("", ["lineage.edge:", edge.source, ":", parent]) |
	some edge in lineage.edges
	edge.parent == parent
}
