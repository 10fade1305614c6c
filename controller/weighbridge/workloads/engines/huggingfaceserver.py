"""KServe's Hugging Face runtime."""

from __future__ import annotations

from weighbridge.workloads.engines.engine import engine

ENGINE = engine("huggingfaceserver")
