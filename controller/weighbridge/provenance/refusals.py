"""How a step of a verification says no: every step either returns what it proved or raises `Refusal`."""

from __future__ import annotations

from weighbridge.model.provenance import RefusalCode, Refused
from weighbridge.model.text import printable


class Refusal(Exception):
    """A step that failed; never leaves the package."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(detail)
        self.code: RefusalCode = code
        self.detail = detail

    def as_value(self) -> Refused:
        """Return it as what callers get; the sentence may quote the bundle, so it is made printable."""
        return Refused(self.code, printable(self.detail))
