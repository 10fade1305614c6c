"""Weighs models at the gate: admission control for inference workloads on Kubernetes."""

__version__ = "0.1.0"
