"""Model cards: bytes → what they say, with line numbers. No input or output."""

from weighbridge.cards.front_matter import FrontMatter, read_front_matter
from weighbridge.cards.reading import Line, ReadCard, read_card
from weighbridge.cards.sections import REQUIRED, SECTIONS

__all__ = ["REQUIRED", "SECTIONS", "FrontMatter", "Line", "ReadCard", "read_card", "read_front_matter"]
