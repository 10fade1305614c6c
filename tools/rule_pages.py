"""
Writes docs/reference/rules: a page for each rule, from its METADATA, and the table of all.

Run: `PYTHONPATH=controller python tools/rule_pages.py`; with `--check` it writes nothing and ends with 1 where a page differs.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from weighbridge.engine import bundles
from weighbridge.reports.rule_page import index_row, rule_page

PAGES = Path(__file__).resolve().parents[1] / "docs" / "reference" / "rules"
_TABLE = re.compile(r"(?<=^\|---\|---\|---\|---\|---\|---\|---\|\n)(?:\|.*\n)+", re.MULTILINE)


def pages() -> dict[Path, str]:
    """Return the text of every page, by file."""
    bundle = bundles.load(bundles.default_folder())
    profiles, parameters = bundle.documents["profiles"], bundle.documents["parameters"]
    texts = {
        PAGES / f"{name}.md": rule_page(rule, profiles[name], parameters.get(name, {}))
        for name, rule in bundle.rules.items()
    }
    rows = "".join(f"{index_row(rule, profiles[name])}\n" for name, rule in bundle.rules.items())
    index = PAGES / "index.md"
    texts[index] = _TABLE.sub(lambda _: rows, index.read_text("utf-8"), count=1)
    return texts


def main(arguments: list[str]) -> int:
    """Write or compare, and return the exit code."""
    texts = pages()
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
    strange = [path for path in PAGES.glob("*.md") if path not in texts]
    if "--check" in arguments:
        for path in (*stale, *strange):
            sys.stderr.write(f"{path.name}: is not what the METADATA says. Fix: make fix\n")
        return 1 if stale or strange else 0
    for path in stale:
        path.write_text(texts[path], "utf-8")
    for path in strange:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
