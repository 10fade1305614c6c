#!/bin/sh
# Installs weighbridge with its locked dependencies below PREFIX; the image is built with it, and a test runs it.
#   tools/install.sh PREFIX [PYTHON]
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
prefix=$1 python=${2:-python3}
"$python" -m venv "$prefix"
"$prefix/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps --require-hashes -r "$here/requirements.lock"
packages=$("$prefix/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp -R "$here/controller/weighbridge" "$packages/weighbridge"
cp -R "$here/policies" "$packages/weighbridge/_policies"
cat > "$prefix/bin/weighbridge" <<EOF
#!$prefix/bin/python
import sys
from weighbridge.cli import main
sys.exit(main())
EOF
chmod +x "$prefix/bin/weighbridge"
"$prefix/bin/python" -m compileall -q "$packages/weighbridge"
