"""
The reference page of workloads, made from the tables: `python -m weighbridge.workloads.page > docs/reference/workloads.md`.

No input or output but for printing it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.workloads.engines import ENGINES
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.kinds import KINDS
from weighbridge.workloads.tables import table

_INTRODUCTION = """# Workloads: what is read, and what the webhook asks for

This page is made from the tables in `controller/weighbridge/workloads/tables`; a test holds it to them.
A Pod's containers are read wherever they stand, in any kind. The rows below say more.
What people try to get around this is in [bypasses.md](bypasses.md).
"""
_KINDS = """
## Kinds

*Fields* are those that name models outside of containers. *Webhook* says whether the admission webhook asks to see the
kind, and `cluster` that it stands in no namespace ([Interception](interception.md)); *in Pods* whether what an object
loads is seen again at Pods it makes. Kinds that load without Pods are judged wherever they stand, also under an owner.

| group | kind | webhook | in Pods | fields |
|---|---|---|---|---|
"""
_ENGINES = """
## Engines

The command line decides; the image only where the command line leaves it to the image. Flags may be written with
underscores, and abbreviated where the engine takes that.

| engine | starts with | flags that name models | variables | files |
|---|---|---|---|---|
"""
_DOWNLOADERS = """
## Downloaders

What they fetch is a model, and where they put it is joined with what a server reads from the same empty volume.

"""


def page() -> str:
    """Return the page."""
    downloaders = sorted({" ".join(_words(row)) for row in table("downloaders")["downloader"]})
    return "".join(
        (
            _INTRODUCTION,
            _KINDS,
            *_kinds(),
            _ENGINES,
            *_engines(),
            _DOWNLOADERS,
            ", ".join(f"`{one}`" for one in downloaders) + ".\n",
        )
    )


def _words(row: Mapping[str, Any]) -> Iterator[str]:
    if "module" in row:
        yield f"python -m {row['module']}"
    yield from row.get("argv", ())


def _kinds() -> Iterator[str]:
    for row in table("kinds")["kind"]:
        if "kind" not in row:
            continue
        if not row.get("asked", True):
            continue
        asked = "no" if "resource" not in row else "cluster" if row.get("scope") == "Cluster" else "yes"
        known = KINDS.get((row["group"], row["kind"]))
        in_pods = "yes" if known is None or known.pods_run_it({}) else "no"
        fields = ", ".join(f"`{one['path']}`" for one in row.get("fields", ()))
        yield f"| {row['group'] or 'core'} | {row['kind']} | {asked} | {in_pods} | {fields or 'containers'} |\n"


def _engines() -> Iterator[str]:
    for engine in ENGINES:
        starts = ", ".join(f"`{' '.join((('-m',) if one.module else ()) + one.words)}`" for one in engine.entries)
        flags = ", ".join(f"`--{name}` {one.role}" for name, one in engine.references.items())
        variables = ", ".join(f"`{name}`" for name in engine.environment)
        every = ", ".join(f"every flag as `{prefix}NAME`" for prefix in engine.environment_prefixes)
        said = ", ".join(filter(None, (variables, every)))
        files = ", ".join(_files(engine))
        yield f"| {engine.id} | {starts} | {flags or 'none'} | {said or 'none'} | {files or 'none'} |\n"


def _files(engine: Engine) -> Iterator[str]:
    """Yield the files of a ConfigMap or of the script itself that are read."""
    yield from (f"`--{flag}`" for flag in (*engine.config_files, *sorted(engine.sections)))
    for pattern, _, _ in engine.folder.files if engine.folder is not None else ():
        yield f"`{pattern.pattern}` below `--{engine.folder.flags[0] if engine.folder is not None else ''}`"
    if engine.launches is not None:
        yield f"command lines in `--{engine.launches.flags[0]}`"


if __name__ == "__main__":
    sys.stdout.write(page())
