"""Asks the policies: real OPA, and an embedded preview for machines without it, behind one protocol."""
