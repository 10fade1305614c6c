"""A program nobody knows, read by the flags that most engines share."""

from __future__ import annotations

from weighbridge.workloads.engines.engine import engine

ENGINE = engine("generic")
