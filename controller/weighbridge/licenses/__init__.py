"""Licenses: which one a model states by whatever statement, what its text is, what binds along its lineage. No input or output."""

from weighbridge.licenses.chain import Shown, clause_places, terms
from weighbridge.licenses.identify import Identified, identify
from weighbridge.licenses.statements import CardStatement, FileStatement, card_statement, file_statement
from weighbridge.licenses.table import LicenseTable

__all__ = [
    "CardStatement",
    "FileStatement",
    "Identified",
    "LicenseTable",
    "Shown",
    "card_statement",
    "clause_places",
    "file_statement",
    "identify",
    "terms",
]
