"""
How long evidence takes: `python tests/benchmarks/evidence.py`.

Cold: a model with two levels of ancestors from a hub that needs 20 ms for every answer; no request may be made twice.
Warm: the same models again, out of memory, by the processor's clock. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller"), str(ROOT)]

from tests.simulators.hub import Hub  # noqa: E402
from tests.simulators.tables import shipped  # noqa: E402
from tests.weight_files import safetensors  # noqa: E402

from weighbridge.gathering import Gatherer  # noqa: E402
from weighbridge.model.evidence import Lineage  # noqa: E402
from weighbridge.model.outcomes import Found  # noqa: E402
from weighbridge.model.refs import ModelRef  # noqa: E402
from weighbridge.sources.hub import HubSource  # noqa: E402

ANSWER_SECONDS = 0.020
COLD_SECONDS = 0.400
WARM_SECONDS = 0.000_05
MODELS = 200
ROUNDS = 5

CARD = ROOT / "demo" / "hub" / "tidemark" / "tariff-8b" / "README.md"
CONFIG = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, "num_attention_heads": 4}


def publish(hub: Hub, name: str, parent: str | None) -> None:
    body = CARD.read_text(encoding="utf-8").split("---\n", 2)[2]
    base = f"base_model: {parent}\n" if parent is not None else ""
    head, size = safetensors({f"layers.{number}.weight": ("BF16", [4096, 4096]) for number in range(200)})
    files = {
        "README.md": f"---\nlicense: apache-2.0\n{base}---\n{body}".encode(),
        "config.json": json.dumps(CONFIG).encode(),
        "tokenizer_config.json": b"{}",
        "generation_config.json": b"{}",
        "LICENSE": b"Apache License\nVersion 2.0, January 2004\n",
    }
    hub.publish(name, files, {"model.safetensors": size}, heads={"model.safetensors": head})


async def cold(hub: Hub) -> list[float]:
    found = []
    for number in range(ROUNDS):
        publish(hub, f"acme/root-{number}", None)
        publish(hub, f"acme/base-{number}", f"acme/root-{number}")
        publish(hub, f"acme/model-{number}", f"acme/base-{number}")
    hub.stall(ANSWER_SECONDS)
    async with HubSource(hub.endpoint) as source:
        gatherer = Gatherer({"hf": source}, shipped())
        for number in range(ROUNDS):
            begun = time.perf_counter()
            (evidence,) = await gatherer.gather([ModelRef("hf", f"acme/model-{number}")], 10)
            found.append(time.perf_counter() - begun)
            assert isinstance(evidence.lineage, Found)
            assert isinstance(evidence.lineage.value, Lineage)
            assert [node.state for node in evidence.lineage.value.nodes] == ["found", "found"]
    hub.behave()
    return found


async def warm(hub: Hub) -> list[float]:
    refs = []
    for number in range(MODELS):
        publish(hub, f"acme/many-{number}", f"acme/root-{number % ROUNDS}")
        refs.append(ModelRef("hf", f"acme/many-{number}"))
    async with HubSource(hub.endpoint) as source:
        gatherer = Gatherer({"hf": source}, shipped())
        await gatherer.gather(refs, 60)
        found = []
        for _ in range(ROUNDS):
            # By the processor's clock: nothing is waited for, and what else the machine does is not ours.
            begun = time.process_time()
            await gatherer.gather(refs, 60)
            found.append((time.process_time() - begun) / MODELS)
    return found


async def main() -> int:
    async with Hub() as hub:
        cold_seconds = await cold(hub)
        made, twice = len(hub.requests), len(hub.requests) - len(set(hub.requests))
        warm_seconds = await warm(hub)
    missed = 0
    for what, seconds, limit in (("cold, 3 levels", cold_seconds, COLD_SECONDS), ("warm", warm_seconds, WARM_SECONDS)):
        middle = statistics.median(seconds)
        missed += middle > limit
        spread = f"{min(seconds) * 1000:.3f} to {max(seconds) * 1000:.3f}"
        print(f"evidence {what}: {middle * 1000:.3f} ms a model ({spread}), limit {limit * 1000:g} ms")
    print(f"evidence requests: {made} for {ROUNDS} cold models, {twice} made twice, limit 0")
    return 1 if missed or twice else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
