"""`make score`: how well models are found in real manifests, real cards are read, and what the policies say of real repositories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

if __name__ == "__main__":
    codes = [
        subprocess.run([sys.executable, HERE / name, *sys.argv[1:]], check=False).returncode
        for name in ("manifests.py", "hub.py", "cards.py", "signatures.py")
    ]
    sys.exit(max(codes))
