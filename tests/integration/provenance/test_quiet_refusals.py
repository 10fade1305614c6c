from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.simulators.sigstore.encoding import b64
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import model_statement

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, sys
from datetime import UTC, datetime
from weighbridge.provenance import keyless_trust, verify
root, bundle = json.load(sys.stdin)
now = datetime.now(UTC)
print(verify(json.dumps(bundle).encode(), keyless_trust(json.dumps(root).encode(), now), now).code)
"""


def test_a_certificate_that_the_library_would_warn_of_is_refused_in_silence() -> None:
    here = Sigstore(now=datetime.now(UTC))
    bundle = here.sign(model_statement({"README.md": b"# card"}))
    certificate = bundle["verificationMaterial"]["certificate"]
    leaf = bytearray(base64.b64decode(certificate["rawBytes"]))
    # SEQUENCE, SEQUENCE, [0] version, INTEGER: the sign of the serial number
    leaf[15] |= 0x80
    certificate["rawBytes"] = b64(bytes(leaf))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([here.trusted_root(), bundle]),
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "controller")},
    )

    assert (run.stdout, run.stderr) == ("invalid_certificate\n", "")
