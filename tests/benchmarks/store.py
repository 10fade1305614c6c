"""
What remembering costs: `python tests/benchmarks/store.py`.

Round trips to a SQLite file and, where one is installed, to a Valkey or Redis server; bytes of memory for each cached model, and
the time to answer for ten thousand of them. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller"), str(ROOT)]

from tests.simulators.tables import shipped  # noqa: E402
from tests.simulators.valkey_server import PROGRAM, WHY_NOT, ValkeyServer  # noqa: E402
from tests.unit.store.stores import key, row  # noqa: E402
from tests.weight_files import safetensors  # noqa: E402

from weighbridge.gathering import Gatherer  # noqa: E402
from weighbridge.model.evidence import Resolved  # noqa: E402
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable  # noqa: E402
from weighbridge.model.refs import ModelRef  # noqa: E402
from weighbridge.sources.interface import Listing  # noqa: E402
from weighbridge.store.interface import Store  # noqa: E402
from weighbridge.store.sqlite import SqliteStore  # noqa: E402
from weighbridge.store.valkey import ValkeyStore  # noqa: E402
from weighbridge.weights import ListedFile  # noqa: E402

SQLITE_SECONDS, VALKEY_SECONDS, WARM_SECONDS = 0.000_3, 0.000_5, 0.000_05
MODEL_BYTES, ALL_BYTES = 8 * 1024, 100 * 1024 * 1024
MODELS = 10_000
ROUNDS = 2_000

CARD = (ROOT / "demo" / "hub" / "tidemark" / "tariff-8b" / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
HEAD, SIZE = safetensors({f"layers.{number}.weight": ("BF16", [4096, 4096]) for number in range(100)})
CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2}


class Shelf:
    """A hub without a network: every repository there is, each like the others."""

    host = "hub.example"

    async def resolve(self, repository: str, revision: str | None) -> Outcome[Resolved]:
        return Found(Resolved(repository.rpartition("-")[2].rjust(40, "0"), None, revision, immutable=False))

    async def listing(self, repository: str, commit: str) -> Outcome[Listing | Unreadable]:
        paths = {**dict.fromkeys(self.files(repository), 1000), "model.safetensors": SIZE}
        return Found(Listing(tuple(ListedFile(path, size, "ab" * 32) for path, size in paths.items())))

    async def read(self, repository: str, commit: str, path: str, limit: int) -> Outcome[bytes | Unreadable]:
        return Found(self.files(repository)[path])

    async def read_range(
        self, repository: str, commit: str, path: str, start: int, length: int
    ) -> Outcome[bytes | Unreadable]:
        return Found(HEAD[start : start + length]) if path == "model.safetensors" else Missing(path)

    def late(self, seconds: float) -> Unknown:
        return Unknown("timeout", self.host)

    def files(self, repository: str) -> dict[str, bytes]:
        base = "" if repository.startswith("acme/base") else "base_model: acme/base-1\n"
        return {
            "README.md": f"---\nlicense: apache-2.0\n{base}---\n# {repository}\n{CARD}".encode(),
            "config.json": json.dumps({**CONFIG, "_name_or_path": repository}).encode(),
            "tokenizer_config.json": b'{"tokenizer_class": "LlamaTokenizer"}',
            "generation_config.json": b'{"temperature": 0.6}',
            "LICENSE": b"Apache License\nVersion 2.0, January 2004\n",
        }


def resident() -> int:
    """Return the bytes of memory this process uses."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def round_trips(store: Store) -> list[float]:
    rows = [row(key(f"acme/m{number}"), os.urandom(1_500)) for number in range(200)]
    await store.put(rows)
    found = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        await store.get(rows[number % len(rows)].id)
        found.append(time.perf_counter() - begun)
    await store.close()
    return found


async def memory() -> tuple[int, list[float]]:
    """Return the bytes ten thousand models take, and the seconds for each of them when they are asked for again."""
    gatherer = Gatherer({"hf": Shelf()}, shipped())
    await gatherer.gather([ModelRef("hf", "acme/model-9999999")], 10)
    gc.collect()
    before = resident()
    refs = [ModelRef("hf", f"acme/model-{number}") for number in range(MODELS)]
    for first in range(0, MODELS, 100):
        await gatherer.gather(refs[first : first + 100], 60)
    gc.collect()
    used, found = resident() - before, []
    for block in range(0, MODELS, 1_000):
        # What a branch means is asked again every minute, and a slow machine takes longer than that to get here.
        # A block is more than is at hand, so that each model is unpacked.
        for first in range(block, block + 1_000, 100):
            await gatherer.gather(refs[first : first + 100], 60)
        for first in range(block, block + 1_000, 100):
            # By the processor's clock: nothing is waited for, and what else the machine does is not ours.
            begun = time.process_time()
            await gatherer.gather(refs[first : first + 100], 60)
            found.append((time.process_time() - begun) / 100)
    return used, found


def missed(what: str, seconds: Sequence[float], limit: float) -> bool:
    middle = statistics.median(seconds)
    ordered = sorted(seconds)
    slowest = ordered[int(len(ordered) * 0.99) - 1 if len(ordered) > 100 else -1]
    print(f"{what}: {middle * 1000:.3f} ms (p99 {slowest * 1000:.3f}), limit {limit * 1000:g} ms")
    return middle > limit


async def main() -> int:
    misses = 0
    with tempfile.TemporaryDirectory() as folder:
        file = SqliteStore(Path(folder) / "evidence.sqlite")
        misses += missed("store round trip, SQLite", await round_trips(file), SQLITE_SECONDS)
        if PROGRAM is None:
            print(f"store round trip, Valkey: not measured, {WHY_NOT}")
        else:
            with ValkeyServer(Path(folder) / "valkey") as server:
                misses += missed("store round trip, Valkey", await round_trips(ValkeyStore(server.url)), VALKEY_SECONDS)
    used, warm = await memory()
    misses += missed(f"warm, one of {MODELS} models", warm, WARM_SECONDS)
    print(
        f"memory: {used / MODELS / 1024:.1f} KiB a model, limit {MODEL_BYTES / 1024:g} KiB; "
        f"{MODELS} models {used / 2**20:.0f} MiB on top of the idle process, limit {ALL_BYTES / 2**20:g} MiB"
    )
    misses += used / MODELS > MODEL_BYTES or used > ALL_BYTES
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
