"""Model cards: bytes → what they say, with line numbers. No input or output."""

from weighbridge.cards.completeness import Completeness, Share, Weights, completeness
from weighbridge.cards.front_matter import FrontMatter, read_front_matter
from weighbridge.cards.reading import CARD, Line, ReadCard, read_card
from weighbridge.cards.sections import REQUIRED, SECTIONS, Mark

__all__ = [
    "CARD",
    "REQUIRED",
    "SECTIONS",
    "Completeness",
    "FrontMatter",
    "Line",
    "Mark",
    "ReadCard",
    "Share",
    "Weights",
    "completeness",
    "read_card",
    "read_front_matter",
]
