"""Licenses: which one a model states, by whatever statement. No input or output."""

from weighbridge.licenses.identify import Identified, identify
from weighbridge.licenses.statements import CardStatement, FileStatement, card_statement, file_statement
from weighbridge.licenses.table import LicenseTable

__all__ = [
    "CardStatement",
    "FileStatement",
    "Identified",
    "LicenseTable",
    "card_statement",
    "file_statement",
    "identify",
]
