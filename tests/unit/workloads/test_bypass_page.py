from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def test_the_page_has_one_row_for_each_way_around_that_is_told() -> None:
    stories = yaml.safe_load((ROOT / "tests/cases/workloads/bypasses.yaml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/reference/bypasses.md").read_text(encoding="utf-8")
    table = page.partition("## What no object says")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")]

    assert rows[1:] == [story["note"] for story in stories]
