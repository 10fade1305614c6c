"""A small policy folder for tests of the engines; the library itself has its own tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from weighbridge.engine.bundles import Bundle, bundle_of

MAIN = """package weighbridge.main

decision := {
	"stage": "enforce",
	"allowed": count(findings) == 0,
	"would_allow": count(findings) == 0,
	"undecided": false,
	"findings": [finding | some finding in findings],
	"greeting": data.weighbridge.words.greeting,
	"echo": object.get(input, "echo", null),
} if {
	not input.undefined
	not _failing
}

_failing if to_number(input.fail)

findings contains object.union(finding, {
	"rule": "format.safe",
	"action": "deny",
	"effect": "deny",
	"who_can_act": "model_owner",
	"exception": null,
	"since": null,
	"because_unknown": null,
}) if {
	some finding in data.weighbridge.rules.format.safe.deny
}
"""
RULE = """# METADATA
# title: Safe weights
# description: Weights are read without running code.
# custom:
#   severity: critical
#   evidence: [files]
#   since: "0.1"
#   remedy: {deployer: serve another model, publisher: publish safetensors}
#   parameters: [formats]
package weighbridge.rules.format.safe

import data.weighbridge.lib.shape

deny contains finding if {
	some model in input.models
	some file in model.files.found.files
	shape.risky(file)
	finding := {"model": model.ref, "message": sprintf("%s runs code", [file.path]), "evidence": []}
}
"""
LIB = """package weighbridge.lib.shape

risky(file) if file.format in {"pickle", "keras"}
"""
WORDS = "greeting: hello\n"
FILES = {
    "main/main.rego": MAIN,
    "rules/format/safe/safe.rego": RULE,
    "lib/shape.rego": LIB,
    "data/words.yaml": WORDS,
}


def policy_folder(at: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write the folder with `changes`: a path and its text, `None` to leave it out."""
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            (at / name).parent.mkdir(parents=True, exist_ok=True)
            (at / name).write_text(text, encoding="utf-8")
    return at


ABOUT_ALL = frozenset({"evidence.available", "exception.valid", "policy.input", "policy.configured"})
"""Rules that speak about all others: without the whole library they would say something else."""


def around(bundle: Bundle, rule: str) -> Bundle:
    """Return the library with one rule, beside those that every library has."""
    kept = ABOUT_ALL | {rule}
    folders = tuple(f"rules/{name.replace('.', '/')}/" for name in kept)
    modules = {
        path: text for path, text in bundle.modules.items() if not path.startswith("rules/") or path.startswith(folders)
    }
    table, profiles = bundle.documents["rule_table"], bundle.documents["profiles"]
    assert isinstance(table, dict)
    assert isinstance(profiles, dict)
    documents = {
        **bundle.documents,
        "rule_table": {name: table[name] for name in kept},
        "profiles": {name: profiles[name] for name in kept},
    }
    return bundle_of(modules, documents, {name: bundle.rules[name] for name in kept})
