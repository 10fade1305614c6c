# METADATA
# title: Lineage statements do not contradict
# description: All that a model says about its parents can be true at once.
# custom:
#   severity: high
#   evidence: [lineage]
#   since: "0.1"
#   who_can_act: model_owner
#   parameters: [vocabulary_tolerance]
#   frameworks: {owasp_llm_2025: [LLM03], atlas: [AML.T0010.003], aisvs_1_0: [6.1.3]}
#   remedy:
#     deployer: serve a model whose lineage is clear, or ask its owner which statement is true
#     publisher: correct the statement that is wrong, or document the change that explains it
#   why: Statements that contradict each other mean that at least one is wrong, and nobody can tell which weights
#     are served.
#   denies:
#   - two kinds of statements name different parents, and neither descends from the other
#   - an ancestor names the model, or itself, as its ancestor
#   - hidden size or number of layers differ from a declared parent's although the relation keeps them, and no change
#     is documented
#   - 'the vocabulary is smaller than the parent''s by more than `vocabulary_tolerance` (a weaker finding: at most
#     a warning)'
#   - the lineage was delivered and cannot be read
#   admits:
#   - a statement that names the grandparent
#   - 'the parents of a merge, and several parents in one statement (the front matter, the tags of the hub): they
#     are a set'
#   - parents that are not fully known, which may still descend from each other
#   - a vocabulary that grew
package weighbridge.rules.lineage.consistent

import data.weighbridge.lib.finding
import data.weighbridge.lib.lineage
import data.weighbridge.lib.models
import data.weighbridge.lib.parameters

deny contains finding.full(model, message, ["card"]) if {
	some model in models.described
	message := concat("", ["its lineage cannot be read: ", model.lineage.found.unreadable])
}

deny contains finding.full(model, message, [_pointer(one), _pointer(other)]) if {
	some model in models.described
	tree := model.lineage.found
	some one in tree.edges
	some other in tree.edges
	one.source < other.source
	one.parent != other.parent
	_compared(tree, one)
	_compared(tree, other)
	lineage.settled(tree, one.parent)
	lineage.settled(tree, other.parent)
	not _related(tree, one.parent, other.parent)
	message := concat("", [
		_called(one.source), " says it was made from ", one.parent, ", ", _called(other.source),
		" says ", other.parent, ", and neither descends from the other",
	])
}

deny contains finding.full(model, message, [_pointer(edge)]) if {
	some model in models.described
	tree := model.lineage.found
	some edge in tree.edges
	edge.parent == tree.name
	message := concat("", ["says it was made from ", edge.child, ", which says it was made from this model"])
}

deny contains finding.full(model, message, finding.first(lineage.pointers(tree, node.name))) if {
	some model in models.described
	tree := model.lineage.found
	some node in tree.nodes
	node.name in node.ancestors
	message := concat("", ["derives from ", node.name, ", which is said to descend from itself"])
}

deny contains finding.full(model, message, [_pointer(edge)]) if {
	some model in models.described
	tree := model.lineage.found
	some edge in tree.edges
	_keeps_shape(tree, edge)
	some parent in tree.nodes
	parent.name == edge.parent
	some key in ["hidden_size", "layers"]
	is_number(tree.shape[key])
	is_number(parent.shape[key])
	tree.shape[key] != parent.shape[key]
	message := concat("", [
		"has ", replace(key, "_", " "), " ", sprintf("%d", [tree.shape[key]]), ", its declared parent ",
		parent.name, " has ", sprintf("%d", [parent.shape[key]]), ", and no change is documented",
	])
}

deny contains finding.weak(model, message, [_pointer(edge)]) if {
	some model in models.described
	tree := model.lineage.found
	some edge in tree.edges
	_keeps_shape(tree, edge)
	some parent in tree.nodes
	parent.name == edge.parent
	is_number(tree.shape.vocab_size)
	is_number(parent.shape.vocab_size)
	kept := 1 - parameters.value("lineage.consistent", "vocabulary_tolerance")
	tree.shape.vocab_size < parent.shape.vocab_size * kept
	message := concat("", [
		"has a vocabulary of ", sprintf("%d", [tree.shape.vocab_size]), ", smaller than the ",
		sprintf("%d", [parent.shape.vocab_size]), " of its declared parent ", parent.name,
		", and no change is documented",
	])
}

# Parents of a merge, and several parents in one statement, are a set and no contradiction.
_compared(tree, edge) if {
	edge.child == tree.name
	edge.relation != "merge"
	not _one_of_several(tree, edge)
}

_one_of_several(tree, edge) if {
	count({other.parent |
		some other in tree.edges
		other.child == tree.name
		other.source == edge.source
	}) > 1
}

_related(tree, one, other) if one in lineage.ancestors(tree, other)

_related(tree, one, other) if other in lineage.ancestors(tree, one)

_keeps_shape(tree, edge) if {
	edge.child == tree.name
	edge.relation in {"finetune", "adapter", "quantized"}
	not tree.documented_change
}

_called(source) := object.get(data.weighbridge.statements, source, source)

_pointer(edge) := concat("", ["lineage.edge:", edge.source, ":", edge.parent])
