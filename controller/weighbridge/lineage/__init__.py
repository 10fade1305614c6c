"""Where a model comes from: statements → a graph of ancestors, in which cycles and gaps are values. No input or output."""

from weighbridge.lineage.graph import NodeFacts, lineage, parent_revision
from weighbridge.lineage.mergekit import merge_names, merge_names_in_card
from weighbridge.lineage.names import AliasTable
from weighbridge.lineage.prose import Prose, read_prose
from weighbridge.lineage.statements import ParentStatement, Repository, Statements, read_statements

__all__ = [
    "AliasTable",
    "NodeFacts",
    "ParentStatement",
    "Prose",
    "Repository",
    "Statements",
    "lineage",
    "merge_names",
    "merge_names_in_card",
    "parent_revision",
    "read_prose",
    "read_statements",
]
