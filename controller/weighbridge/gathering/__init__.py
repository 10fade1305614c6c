"""Asks sources in parallel under a deadline and puts evidence together. Never raises for what a source does."""

from weighbridge.gathering.gatherer import Gatherer
from weighbridge.gathering.tables import Tables

__all__ = ["Gatherer", "Tables"]
