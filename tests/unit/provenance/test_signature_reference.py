from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from weighbridge.model.provenance import Compared, RefusalCode

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]


def test_every_refusal_is_explained_in_the_order_of_the_steps() -> None:
    assert re.findall(r"`(\w+)`", "".join(rows("Refusals"))) == list(get_args(RefusalCode))


def test_every_fact_of_a_comparison_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", "".join(rows("Signed lists of files"))))

    assert told == {one.name for one in fields(Compared)} - {"comparable", "why_not"}
