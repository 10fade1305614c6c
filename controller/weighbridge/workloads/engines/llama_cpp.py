"""llama.cpp."""

from __future__ import annotations

from weighbridge.workloads.engines.engine import engine

ENGINE = engine("llama_cpp")
