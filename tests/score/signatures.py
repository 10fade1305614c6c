"""
How real signatures come out: `python tests/score/signatures.py [CORPUS] [-v] [--flip]`.

Expected is what the README beside the signatures says: bundles in valid or named folders verify, and the files beside them are the signed ones;
invalid ones are refused with a reason. With `--flip` every byte of evidence in every bundle is changed once, and none may verify.
Ends with 1 when anything comes out otherwise.
"""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller"), str(ROOT)]

from tests.bundle_places import places  # noqa: E402

from weighbridge.model.provenance import Compared, Manifest, Present, Refused, Verified  # noqa: E402
from weighbridge.provenance import (  # noqa: E402
    Trust,
    certificate_trust,
    compare,
    key_trust,
    keyless_trust,
    method_of,
    read_manifest,
    verify,
)

WHEN = datetime(2026, 9, 1, tzinfo=UTC)
SIGNER = ("stefanb@us.ibm.com",)
BROKEN = ("invalid", "invalid-payload")
MODELS = "sigstore+model-transparency"


@dataclass(frozen=True)
class Outcome:
    """What became of one bundle, and of the files beside it where there are any."""

    path: Path
    valid: bool
    verdict: Verified | Refused
    compared: Compared | None

    @property
    def as_told(self) -> bool:
        """Whether it is what the README says."""
        if not self.valid:
            return isinstance(self.verdict, Refused) and bool(self.verdict.detail)
        if not isinstance(self.verdict, Verified):
            return False
        mine = self.verdict.signer.method != "sigstore" or "cli+cli" in str(self.path)
        return (mine or self.verdict.signer.subjects == SIGNER) and (self.compared is None or self.compared.matches)


def corpus(arguments: list[str]) -> Path:
    """Return the folder of signatures beside the project, or the one that is named."""
    paths = [Path(one) for one in arguments if not one.startswith("-")]
    return (paths[0] if paths else ROOT.parent / "shared" / "corpus") / "signatures"


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Verify every bundle below `folder`."""
    trust = trusted(folder)
    for path in sorted({*folder.rglob("*.sig"), *folder.rglob("*.json")}):
        raw = path.read_bytes()
        method = method_of(raw)
        verdict = method if isinstance(method, Refused) else verify(raw, trust[method], WHEN)
        valid = path.parent.name not in BROKEN and "invalid" not in path.name
        yield Outcome(path, valid, verdict, beside(path, verdict))


def trusted(folder: Path) -> dict[str, Trust]:
    """Return the material that the README names, by method."""
    keys = folder / MODELS / "scripts" / "tests" / "keys" / "certificate"
    store = files("sigstore") / "_store" / quote("https://tuf-repo-cdn.sigstore.dev", safe="") / "trusted_root.json"
    # the signing certificate there says that it is an authority itself
    authorities = (keys / "ca-cert.pem").read_bytes()
    return {
        "sigstore": keyless_trust(store.read_bytes(), WHEN),
        "key": key_trust((keys / "signing-key-pub.pem").read_bytes(), WHEN),
        "certificate": certificate_trust(authorities, WHEN, tolerate_authority_leaf=True),
    }


def beside(path: Path, verdict: Verified | Refused) -> Compared | None:
    """Compare what is signed with the files that lie beside the signature."""
    if not isinstance(verdict, Verified) or MODELS not in str(path):
        return None
    manifest = read_manifest(verdict.statement)
    assert isinstance(manifest, Manifest)
    there = {one.name: Present(content=one.read_bytes()) for one in path.parent.iterdir()}
    return compare(manifest, there, (path.name,))


def flips(folder: Path) -> Counter[str]:
    """Change every byte of evidence once, and count how the bundles come out."""
    trust, found = trusted(folder), Counter[str]()
    for outcome in outcomes(folder):
        if not isinstance(outcome.verdict, Verified):
            continue
        bundle: dict[str, Any] = json.loads(outcome.path.read_text(encoding="utf-8"))
        for holder, key, encoded in list(places(bundle)):
            whole = holder[key]
            raw = base64.b64decode(whole) if encoded else whole.encode()
            for place in range(len(raw)):
                changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
                holder[key] = base64.b64encode(changed).decode() if encoded else changed.decode("utf-8", "replace")
                verdict = verify(json.dumps(bundle).encode(), trust[outcome.verdict.signer.method], WHEN)
                found[
                    verdict.code
                    if isinstance(verdict, Refused)
                    else f"VERIFIED {outcome.path.parent.name} {key} {place}"
                ] += 1
            holder[key] = whole
    return found


def main(arguments: list[str]) -> int:
    """Print the score."""
    folder = corpus(arguments)
    if not folder.is_dir():
        print(f"no signatures at {folder}: nothing to score")
        return 0
    found = list(outcomes(folder))
    wrong = [one for one in found if not one.as_told]
    for one in found if "-v" in arguments else wrong:
        print(one.path.relative_to(folder), one.verdict, one.compared, sep="\n    ")
    valid = sum(one.valid for one in found)
    print(
        f"signatures: {len(found)} real bundles, {valid} valid, {len(found) - valid} invalid; not as told {len(wrong)}, limit 0"
    )
    if "--flip" in arguments:
        counts = flips(folder)
        accepted = sum(count for code, count in counts.items() if code.startswith("VERIFIED"))
        print(f"signatures: {counts.total()} bundles with one changed byte of evidence, {accepted} verified, limit 0")
        print("   ", *(f"{code} {count}" for code, count in counts.most_common()), sep="\n    ")
        return 1 if wrong or accepted else 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
