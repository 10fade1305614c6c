"""
What `find_models` costs: a typical Pod, and objects of a megabyte: `python tests/benchmarks/extraction.py`.

Bars of the issue: 0.15 ms for the Pod, 30 ms for the large ones, on one core. Ends with 1 above twice a bar.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.workloads import find_models  # noqa: E402

ROUNDS = 20
POD, LARGE = 0.15, 30.0
"""Milliseconds."""


def pod(**container: object) -> dict[str, Any]:
    """Return a Pod with one container."""
    spec = {"containers": [{"name": "server", "image": "vllm/vllm-openai:v0.10.2", **container}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "chat"}, "spec": spec}


TYPICAL = pod(
    args=["--model=acme/chat-7b", "--revision", "0f3c", "--max-model-len=8192", "--tensor-parallel-size", "4"],
    env=[{"name": "HF_HOME", "value": "/cache"}, {"name": "VLLM_LOGGING_LEVEL", "value": "INFO"}],
    resources={"limits": {"nvidia.com/gpu": 4}},
    volumeMounts=[{"name": "cache", "mountPath": "/cache"}],
)
OBJECTS = {
    "many containers": {
        **TYPICAL,
        "spec": {
            "containers": [
                {"name": f"c{n}", "image": "nginx:1", "env": [{"name": f"E{m}", "value": "v" * 20} for m in range(150)]}
                for n in range(140)
            ]
        },
    },
    "a long script": pod(command=["sh", "-c", *(["vllm serve acme/chat-7b --port 8000\n" * 1_700] * 16)]),
    "one long argument": pod(args=["--model=" + "x" * 1_000_000]),
    "unknown fields": {"apiVersion": "x.example/v1", "kind": "X", "spec": [{"a": {"b": ["c" * 20] * 20}}] * 2_000},
}


def milliseconds(obj: dict[str, Any], times: int, rounds_of: int = ROUNDS) -> float:
    """Return the fastest of many rounds: what else the machine does only adds to a round."""
    rounds = []
    for _ in range(rounds_of):
        begun = time.perf_counter()
        for _ in range(times):
            find_models(obj)
        rounds.append((time.perf_counter() - begun) / times * 1e3)
    return min(rounds)


def main() -> int:
    """Print the figures."""
    typical = milliseconds(TYPICAL, 5, 20 * ROUNDS)
    print(f"  a typical Pod       {typical:8.3f} ms (bar {POD})")
    slow = typical > 2 * POD
    for name, obj in OBJECTS.items():
        cost = milliseconds(obj, 1)
        print(f"  {name:<19} {cost:8.1f} ms (bar {LARGE:.0f}, {len(json.dumps(obj)) / 1e6:.1f} MB)")
        slow = slow or cost > 2 * LARGE
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
