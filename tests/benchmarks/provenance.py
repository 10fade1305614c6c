"""
How long signatures take: `python tests/benchmarks/provenance.py [TIMES]`.

One verification of each kind, and a signed list of 129 files beside a listing, in processor time: nothing in here waits. Then TIMES verifications (1,000; the bar is for 10,000)
in one process, to see that memory stays where it is. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller"), str(ROOT)]

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from tests.simulators.sigstore.encoding import pem  # noqa: E402
from tests.simulators.sigstore.instance import Sigstore  # noqa: E402
from tests.simulators.sigstore.models import (  # noqa: E402
    certificate,
    model_statement,
    public_pem,
    signed_by_certificate,
    signed_by_key,
)

from weighbridge.model.provenance import Compared, Manifest, Present, Verified  # noqa: E402
from weighbridge.provenance import (  # noqa: E402
    Trust,
    certificate_trust,
    compare,
    key_trust,
    keyless_trust,
    read_manifest,
    verify,
)

KEYLESS_SECONDS, OTHER_SECONDS, BINDING_SECONDS = 0.006, 0.001, 0.002
MOST_GROWTH = 4 * 1024 * 1024
"""Bytes of memory that may be added after the first tenth of the verifications."""
FILES = 129
SMALL = 9
"""Files of a model that are fetched and hashed; the others are weights that the listing knows."""
ROUNDS = 60
NOW = datetime.now(UTC).replace(microsecond=0)

FOUND: dict[str, bytes | str] = {
    **{f"model-{number:05}-of-00120.safetensors": f"{number:064x}" for number in range(FILES - SMALL)},
    **{f"config-{number}.json": b"{}" * 400 for number in range(SMALL)},
}


def material() -> dict[str, tuple[bytes, Trust, float]]:
    """Return a bundle of each kind with what it is verified against, and the limit."""
    here = Sigstore(now=NOW)
    statement = model_statement(FOUND)
    root = keyless_trust(json.dumps(here.trusted_root()).encode(), NOW)
    span = (NOW - timedelta(days=9), NOW + timedelta(days=9))
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate("root", root_key, None, *span, authority=True)
    chain = (certificate("signing", key, (authority, root_key), *span),)
    bundles = {
        "keyless, Rekor 1": (here.sign(statement, rekor=1), root, KEYLESS_SECONDS),
        "keyless, Rekor 2": (here.sign(statement, rekor=2), root, KEYLESS_SECONDS),
        "keyless, Rekor 1 and a timestamp": (here.sign(statement, stamped=True), root, KEYLESS_SECONDS),
        "key": (signed_by_key(statement, key), key_trust(public_pem(key), NOW), OTHER_SECONDS),
        "certificate": (
            signed_by_certificate(statement, key, chain),
            certificate_trust(pem(authority), NOW),
            OTHER_SECONDS,
        ),
    }
    return {name: (json.dumps(bundle).encode(), trust, limit) for name, (bundle, trust, limit) in bundles.items()}


def seconds(work: Callable[[], object]) -> list[float]:
    work()
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return found


def shown(what: str, found: list[float], limit: float) -> bool:
    """Print a line, and tell whether the limit is missed."""
    middle = statistics.median(found)
    print(
        f"{what}: {middle * 1000:.2f} ms ({min(found) * 1000:.2f} to {max(found) * 1000:.2f}), limit {limit * 1000:g} ms"
    )
    return middle > limit


def memory() -> int:
    """Return the bytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def leaked(kinds: dict[str, tuple[bytes, Trust, float]], times: int) -> bool:
    every = list(kinds.values())
    first = times // 10
    for number in range(first):
        verify(every[number % len(every)][0], every[number % len(every)][1], NOW)
    before = memory()
    for number in range(first, times):
        verify(every[number % len(every)][0], every[number % len(every)][1], NOW)
    after = memory()
    print(
        f"memory after {first} verifications {before / 2**20:.1f} MiB, after {times} {after / 2**20:.1f} MiB, "
        f"grown {max(0, after - before) / 2**20:.1f} MiB, limit {MOST_GROWTH / 2**20:g} MiB"
    )
    return after - before > MOST_GROWTH


def main(arguments: list[str]) -> int:
    """Print the figures."""
    kinds = material()
    missed = 0
    for name, (raw, trust, limit) in kinds.items():
        verdict = verify(raw, trust, NOW)
        assert isinstance(verdict, Verified), verdict
        missed += shown(name, seconds(lambda raw=raw, trust=trust: verify(raw, trust, NOW)), limit)
    there = {
        path: Present("weights", 5_000_000_000, {"sha256": one}) if isinstance(one, str) else Present(content=one)
        for path, one in FOUND.items()
    }

    def bound() -> Compared:
        manifest = read_manifest(verdict.statement)
        assert isinstance(manifest, Manifest)
        return compare(manifest, there)

    assert bound().matches
    missed += shown(f"a signed list of {FILES} files beside a listing", seconds(bound), BINDING_SECONDS)
    missed += leaked(kinds, int(arguments[0]) if arguments else 1_000)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
