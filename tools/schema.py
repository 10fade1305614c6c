"""Prints the JSON Schema of the policy input, as policies/schemas/input.json holds it: `make fix` writes it, a test compares."""

import json

from weighbridge.facts import schema

print(json.dumps(schema(), indent=1, sort_keys=True))  # noqa: T201  # this is what it is for
