"""Evidence of a harmless model, to be varied by tests."""

from __future__ import annotations

import dataclasses
from typing import Any

from weighbridge.model.configurations import Config
from weighbridge.model.evidence import Card, Edge, Evidence, File, Files, License, Lineage, Node, Resolved
from weighbridge.model.outcomes import Found, Missing
from weighbridge.model.refs import ModelRef

COMMIT = "3f9c2e1a" * 5
PARENT_COMMIT = "0e9e39f2" * 5
NOWHERE = Missing("the repository")


def lineage(*parents: str, pinned: bool = False) -> Lineage:
    return Lineage(
        name="org/model",
        nodes=tuple(Node(one, 1, "found", PARENT_COMMIT, (), None, None) for one in parents),
        edges=tuple(
            Edge("org/model", one, "finetune", "front_matter", PARENT_COMMIT if pinned else None, pinned)
            for one in parents
        ),
        derived_by=(),
        prose_parents=(),
        documented_change=False,
        shape=None,
        unknown=(),
    )


def evidence(name: str = "hf://org/model", **changes: Any) -> Evidence:
    harmless = Evidence(
        ref=ModelRef.parse(name),
        resolved=Found(Resolved(COMMIT, None, None, immutable=False)),
        card=Found(Card("0" * 64, 2000, "ok", None, code_readme=False, sections={}, placeholders=())),
        license=Found(License("apache-2.0", "apache-2.0", "front_matter", False, False, None, ())),
        lineage=Found(lineage()),
        files=Found(Files((File("model.safetensors", 10, "0" * 64, "safetensors", loaded=True),), 3)),
        config=Found(Config(("X",), "x", (), None, "bfloat16", None, 4096)),
        tokenizer=NOWHERE,
        generation_config=NOWHERE,
        adapter=NOWHERE,
    )
    return dataclasses.replace(harmless, **changes)
