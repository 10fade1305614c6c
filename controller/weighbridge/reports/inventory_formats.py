"""Forms of an inventory, by the name that `--output` takes."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

from weighbridge.model.text import plural, short_ref
from weighbridge.reports.columns import WIDTH, wrapped
from weighbridge.reports.csv import Lines, cell
from weighbridge.reports.cyclonedx import bill
from weighbridge.reports.inventory import Item, Use, inventory
from weighbridge.reports.json import VERSION, encoded
from weighbridge.reports.run import Run

COLUMNS = (
    *("model", "commit", "digest", "content", "license_state", "license", "license_declared", "roots", "lineage_known"),
    *("cluster", "namespace", "kind", "name", "role", "owner", "file", "line"),
)


def render_terminal(run: Run) -> str:
    """Return a block for each model, with a final newline."""
    items = inventory(run)
    blocks = ["\n".join(_block(one)) for one in items]
    unread = [line for problem in run.problems for line in wrapped(f"not read: {problem}", WIDTH, "")]
    used = sum(len(one.uses) for one in items)
    closing = [*unread, f"{plural(len(items), 'model')} named {plural(used, 'time')}"]
    return "\n\n".join([*blocks, "\n".join(closing)]) + "\n"


def render_json(run: Run) -> str:
    """Return one JSON document, `"version": 1`."""
    models = [dataclasses.asdict(one) for one in inventory(run)]
    return encoded({"version": VERSION, "models": models, "problems": list(run.problems)})


def render_csv(run: Run) -> str:
    """Return a row for each use of each model, and one for each thing that could not be read."""
    lines = Lines()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([cell(value) for value in _row(item, use)] for item in inventory(run) for use in item.uses)
    blank = ("",) * (len(COLUMNS) - 2)
    table.writerows([cell(f"not read: {problem}"), "", *blank] for problem in run.problems)
    return "".join(lines)


def render_cyclonedx(run: Run) -> str:
    """Return a CycloneDX 1.6 bill of materials in JSON."""
    return encoded(bill(inventory(run), run))


FORMATS: Mapping[str, Callable[[Run], str]] = {
    "terminal": render_terminal,
    "json": render_json,
    "csv": render_csv,
    "cyclonedx": render_cyclonedx,
}


def _row(item: Item, use: Use) -> Sequence[object]:
    roots = ", ".join(one.name for one in item.roots)
    about = (item.ref, item.commit, item.digest, item.content, item.license.state, item.license.id)
    place = (use.cluster, use.namespace, use.kind, use.name, use.role, use.owner, use.file, use.line)
    return (*about, item.license.declared, roots, item.lineage_known, *place)


def _block(item: Item) -> Iterator[str]:
    yield from wrapped(short_ref(item.ref), WIDTH, "")
    identity = item.content or item.digest or item.commit
    yield from wrapped(f"is       {identity or 'not known'}", WIDTH, "  ")
    stated = item.license.id or item.license.declared or item.license.state
    yield from wrapped(f"license  {stated}", WIDTH, "  ")
    roots = ", ".join(f"{one.name} ({one.license or 'license not known'})" for one in item.roots)
    left = "" if item.lineage_known else ", not all ancestors are known"
    yield from wrapped(f"roots    {roots or 'none known'}{left}", WIDTH, "  ")
    for use in item.uses:
        parts = (use.cluster, use.namespace, use.kind.lower(), use.name)
        whose = f", owner {use.owner}" if use.owner else ""
        yield from wrapped(f"used by  {'/'.join(part for part in parts if part)} ({use.role}){whose}", WIDTH, "  ")
