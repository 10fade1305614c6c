"""Everything that is known about one model, and what is not: text for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from weighbridge.facts import MODEL_FACTS, to_json
from weighbridge.model.configurations import Adapter, Config, GenerationConfig, Tokenizer
from weighbridge.model.evidence import Card, Edge, Evidence, Files, License, Lineage, Node, Resolved
from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.model.scans import Scan
from weighbridge.model.terms import Terms
from weighbridge.model.text import plural, printable
from weighbridge.model.weights import Weights

Configuration: TypeAlias = Config | Tokenizer | GenerationConfig | Adapter
Fact: TypeAlias = Resolved | Card | License | Lineage | Files | Weights | Terms | Configuration | Scan | str

VERSION = 1
_WIDTH = 18
"""Columns of a fact's name."""


def render_json(evidence: Evidence) -> str:
    """Return one JSON document: each fact as policies see it, and where it stands."""
    document = {
        "version": VERSION,
        "model": str(evidence.ref),
        "facts": {name: to_json(getattr(evidence, name)) for name in MODEL_FACTS},
        "observed_at": evidence.observed_at,
        "places": to_json(evidence.places),
        "unknown": [{"fact": fact, "because": why} for fact, why in not_known(evidence)],
    }
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=1).decode() + "\n"


def render_terminal(evidence: Evidence) -> str:
    """Return one line for each fact, the lineage as a tree, and what could not be learnt."""
    lines = [printable(str(evidence.ref), 300)]
    for name in MODEL_FACTS:
        text = printable(_line(getattr(evidence, name)), 300)
        lines.append(f"  {name:<{_WIDTH}}{text}")
        if name == "lineage":
            lines += [f"    {line}" for line in _tree(evidence.lineage)]
    if evidence.observed_at is not None:
        lines.append(f"  {'observed':<{_WIDTH}}{datetime.fromtimestamp(evidence.observed_at, UTC):%Y-%m-%dT%H:%M:%SZ}")
    lines += [f"  not known         {part}: {printable(why, 300)}" for part, why in _gaps(evidence)]
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[Evidence], str]] = {"terminal": render_terminal, "json": render_json}
"""By the name that `--output` takes."""


def not_known(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return what could not be learnt, each fact and part of the lineage with the reason."""
    facts = ((name, getattr(evidence, name)) for name in MODEL_FACTS)
    found = (
        (name, outcome.detail or outcome.because)
        for name, outcome in facts
        if isinstance(outcome, Unknown) and outcome.because != "weights_needed"  # by design: the commit stands in
    )
    return (*found, *_gaps(evidence))


def _gaps(evidence: Evidence) -> Iterator[tuple[str, str]]:
    match evidence.lineage:
        case Found(value=Lineage() as lineage):
            for gap in lineage.unknown:
                yield f"lineage of {printable(gap.node, 200)}", f"{gap.because} {gap.host}"
            for node in lineage.nodes:
                if node.state == "not_walked":
                    yield f"lineage of {printable(node.name, 200)}", "further up than lineage is walked"
        case _:
            return


def _line(outcome: Outcome[Fact | Unreadable]) -> str:
    match outcome:
        case Missing(looked_at=looked_at):
            return f"none: {looked_at}"
        case Unknown():
            return f"not known: {outcome.detail or outcome.because}"
        case Found(value=value):
            if isinstance(value, Unreadable):
                return f"unreadable: {value.unreadable}"
            return " · ".join(part for part in _parts(value) if part)


def _scan(value: Scan) -> Iterator[str]:
    yield "all files scanned" if value.done else "not all files are scanned"
    yield ", ".join(f"{one.path} {one.level}" for one in value.issues[:4]) or "no issues listed"
    yield f"{len(value.issues) - 4} more" if len(value.issues) > 4 else ""


def _parts(value: Fact) -> Iterator[str]:
    match value:
        case Resolved():
            yield f"commit {value.commit}" if value.commit is not None else f"digest {value.digest}"
            yield "last known, its source does not answer now" if value.stale else ""
            named = value.asked or ("the default branch" if value.digest is None else "nothing in particular")
            yield "" if value.immutable else f"named as {named}, which may move"
        case Card():
            yield f"{value.letters} letters, front matter {value.front_matter}"
            yield f"sections {', '.join(name for name, one in sorted(value.sections.items()) if one.present) or 'none'}"
            yield plural(len(value.placeholders), "placeholder") if value.placeholders else ""
        case License():
            yield f"{value.id or value.declared or 'not identified'} ({value.source or 'nowhere stated'})"
            yield f"also names {', '.join(value.also_named)}" if value.also_named else ""
        case Lineage():
            yield f"{plural(len(value.nodes), 'ancestor')}"
            yield f"made from another: {', '.join(value.derived_by)}" if value.derived_by else ""
            yield f"in running text: {', '.join(value.prose_parents)}" if value.prose_parents else ""
            for kind in ("dataset", "teacher"):
                names = [one.name for one in value.learnt_from if one.kind == kind]
                yield f"{plural(len(names), kind)}: {', '.join(names[:4])}" if names else ""
        case Files():
            formats = dict.fromkeys(file.format for file in value.files if file.loaded)
            yield f"{value.count} in all, {len(value.files)} of weights and code"
            yield f"loaded as {', '.join(formats) or 'nothing'}"
        case Weights():
            yield from _weights(value)
        case Terms():
            yield f"of {', '.join(dict.fromkeys(one.license for one in value.sources)) or 'no known license'}"
            yield from (f"{one.facet} {one.value}" for one in value.effective if one.facet == "commercial")
            yield (
                f"license files {', '.join(f'{one.path} ({one.state})' for one in value.texts)}" if value.texts else ""
            )
        case str():
            yield value
        case Scan():
            yield from _scan(value)
        case Config() | Tokenizer() | GenerationConfig() | Adapter():
            yield from _configuration(value)


def _weights(value: Weights) -> Iterator[str]:
    yield f"{value.format}, {plural(value.files, 'file')}, {value.size / 1e9:.2f} GB by {value.source}"
    yield f"1 of {value.variants} sets" if value.variants > 1 else ""
    kinds = ", ".join(one.name for one in value.dtypes[:4])
    yield f"{value.parameters / 1e9:.3f} B numbers in {kinds}" if value.parameters is not None else ""
    yield value.quantization or ""
    yield f"{value.bits:.1f} bits a parameter" if value.bits is not None else ""
    yield f"{value.ratio:.3f} of what its configuration promises" if value.ratio is not None else ""
    for one in value.ratios_to_parents:
        yield f"{one.ratio:.3f} of {one.parent}"


def _configuration(value: Configuration) -> Iterator[str]:
    match value:
        case Config():
            yield ", ".join(value.architectures) or value.model_type or "no architecture"
            yield value.torch_dtype or ""
            yield f"quantized by {value.quantization}" if value.quantization else ""
            yield f"code {', '.join(value.auto_map)}" if value.auto_map else ""
        case Tokenizer():
            yield value.tokenizer_class or "no class"
            yield f"code {', '.join(value.auto_map)}" if value.auto_map else ""
        case GenerationConfig():
            yield f"temperature {value.temperature}, top_p {value.top_p}"
            yield "enables code of the repository" if value.trust_remote_code or value.custom_generate else ""
        case Adapter():
            yield f"{value.peft_type or 'adapter'} of {value.base or 'an unnamed base'}"


def _tree(outcome: Outcome[Lineage | Unreadable]) -> Iterator[str]:
    match outcome:
        case Found(value=Lineage() as lineage):
            yield printable(lineage.name, 200)
            yield from _branches(lineage, lineage.name, "", {lineage.name})
        case _:
            return


def _branches(lineage: Lineage, child: str, indent: str, shown: set[str]) -> Iterator[str]:
    """Write the parents of a node; one that was written before is named and not followed, so that circles end."""
    edges: dict[str, list[Edge]] = {}
    for edge in lineage.edges:
        if edge.child == child:
            edges.setdefault(edge.parent, []).append(edge)
    for number, (parent, stated) in enumerate(edges.items(), 1):
        last = number == len(edges)
        again = parent in shown
        shown.add(parent)
        node = next((one for one in lineage.nodes if one.name == parent), None)
        seen = ", written above" if again else ""
        yield f"{indent}{'└─ ' if last else '├─ '}{printable(parent, 200)}  {_stated(stated)}{_state(node)}{seen}"
        if not again:
            yield from _branches(lineage, parent, indent + ("   " if last else "│  "), shown)


def _stated(edges: list[Edge]) -> str:
    relations = dict.fromkeys(edge.relation for edge in edges if edge.relation != "unstated")
    pinned = next((f" at {printable(edge.revision or '', 12)}" for edge in edges if edge.pinned), "")
    return f"{', '.join(relations) or 'parent'}{pinned}, says {', '.join(dict.fromkeys(edge.source for edge in edges))}"


def _state(node: Node | None) -> str:
    if node is None:
        return ""
    if node.state != "found":
        return f", {node.state.replace('_', ' ')}"
    return (
        f", license {printable(node.license.id or node.license.declared or 'not identified', 100)}"
        if node.license
        else ""
    )
