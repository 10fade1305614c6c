"""`python -m weighbridge` is the command `weighbridge`."""

import sys

from weighbridge.cli import main

sys.exit(main())
