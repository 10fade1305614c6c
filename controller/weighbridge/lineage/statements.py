"""What one repository says about its parents, by every kind of statement. No input or output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.lineage.names import AliasTable, hub_id
from weighbridge.lineage.prose import Prose
from weighbridge.model.evidence import Adapter, Confidence, Config, Learning, Place, Relation, Shape, Source
from weighbridge.model.text import printable

MOST_LEARNT = 64
"""Datasets and teachers of one model that are kept."""
MOST_PARENTS = 32
"""Parents of one model; the largest merges name a dozen."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_LOCAL_PATH = re.compile(r"[/\\]")
_RELATIONS: Mapping[str, Relation] = {
    "finetune": "finetune", "adapter": "adapter", "quantized": "quantized", "merge": "merge", "distill": "distill",
}  # fmt: skip
_BASE_TAG = re.compile(r"base_model:(?:(?P<relation>\w{1,20}):)?(?P<name>[^:]{1,200})")
_CONFIDENCES: Mapping[Source, Confidence] = {
    "adapter_config": "functional", "mergekit": "recorded", "quantize_config": "recorded", "gguf": "recorded",
    "config": "recorded", "front_matter": "declared", "hub_tags": "declared",
}  # fmt: skip
"""Strongest first (reference: order of evidence; a signed statement would stand above them all)."""
_MERGE_TAGS = ("merge", "mergekit")
_CARD, _ADAPTER, _CONFIG = "README.md", "adapter_config.json", "config.json"


@dataclass(frozen=True, slots=True)
class ParentStatement:
    """One statement that names a parent."""

    parent: str
    """Normalized."""
    written: str
    """The repository as the statement writes it."""
    relation: Relation
    source: Source
    revision: str | None

    @property
    def pinned(self) -> bool:
        """Whether the revision is a commit."""
        return self.revision is not None and _COMMIT.fullmatch(self.revision) is not None

    @property
    def confidence(self) -> Confidence:
        """How much a statement of this kind weighs."""
        return _CONFIDENCES[self.source]


@dataclass(frozen=True, slots=True)
class Statements:
    """All that one repository says about where it comes from."""

    parents: tuple[ParentStatement, ...] = ()
    named: int = 0
    """How many parents the metadata names; more than `MOST_PARENTS` are not walked."""
    derived_by: tuple[str, ...] = ()
    prose_parents: tuple[str, ...] = ()
    documented_change: bool = False
    shape: Shape | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    learnt_from: tuple[Learning, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """What was read of a repository; `None` where it has no such file or the file cannot be used."""

    name: str
    front_matter: Mapping[str, object]
    key_lines: Mapping[str, int]
    prose: Prose
    config: Config | None
    shape: Shape | None
    adapter: Adapter | None
    paths: Sequence[str]
    places: Mapping[str, Place]
    """`adapter.base` and `config.name_or_path`, where they stand."""
    merged: Sequence[str] = ()
    """Models that a merge configuration names, as written."""
    merged_in: str = "mergekit_config.yml"
    """The file it stands in."""
    quantized_from: str | None = None
    """The model that quantize_config.json names."""
    converted_from: Sequence[str] = ()
    """Repositories that the keys of a GGUF file name."""
    hub_tags: Sequence[str] = ()
    """Tags that the hub shows; it makes those of a base model out of the metadata."""


def read_statements(repository: Repository, aliases: AliasTable) -> Statements:
    """Collect the statements of one repository about its parents."""
    names = _base_models(repository.front_matter.get("base_model"))
    relation = _relation(repository, names)
    found = [
        *_declared(repository, names, relation, aliases),
        *_by_adapter(repository, aliases),
        *_by_config(repository, relation, aliases),
        *_by_merge(repository, aliases),
        *_by_quantizer(repository, aliases),
        *_by_converter(repository, aliases),
        *_by_tags(repository, aliases),
    ]
    own = {repository.name.lower(), aliases.own(repository.name).lower()}
    parents = tuple(one for one in found if one.parent.lower() not in own and one.written.lower() not in own)
    machine_readable = {one.parent.lower() for one in parents}
    # A card may call the same parent by its short name.
    known = own | machine_readable | {name.rpartition("/")[2] for name in machine_readable}
    prose = [aliases.parent(name) for name in repository.prose.parents]
    return Statements(
        parents=parents[: 4 * MOST_PARENTS],
        named=len(machine_readable),
        derived_by=tuple(dict.fromkeys(_markers(repository, names, aliases))),
        prose_parents=tuple(dict.fromkeys(printable(name, 200) for name in prose if name.lower() not in known)),
        documented_change=repository.prose.documented_change,
        shape=repository.shape,
        places={f"lineage.edge:{one.source}:{one.parent}": _place(one, repository) for one in parents},
        learnt_from=tuple(dict.fromkeys((*_datasets(repository), *_teachers(repository, aliases))))[:MOST_LEARNT],
    )


def _datasets(repository: Repository) -> Iterator[Learning]:
    """The hub's field has no place for a revision; `org/name@COMMIT` is read where somebody writes it."""
    for text in _texts(repository.front_matter.get("datasets")):
        written, _, revision = text.removeprefix("https://huggingface.co/datasets/").partition("@")
        name = hub_id(written, short=True)
        if name is not None:
            pinned = _COMMIT.fullmatch(revision) is not None
            yield Learning("dataset", name, "front_matter", "declared", printable(revision, 100) or None, pinned)


def _teachers(repository: Repository, aliases: AliasTable) -> Iterator[Learning]:
    for written in repository.prose.teachers:
        name = aliases.parent(written)
        if name.lower() != repository.name.lower():
            yield Learning("teacher", printable(name, 200), "card_text", "inferred", None, pinned=False)


def _declared(
    repository: Repository, names: Sequence[str], relation: Relation, aliases: AliasTable
) -> Iterator[ParentStatement]:
    revisions = _texts(repository.front_matter.get("base_model_revision"))
    for number, text in enumerate(names):
        written, at, revision = text.partition("@")
        name = hub_id(written, short=True)
        if name is None:
            continue
        stated = revision if at else next(iter(revisions[number : number + 1]), None)
        yield ParentStatement(aliases.parent(name), name, relation, "front_matter", stated or None)


def _by_adapter(repository: Repository, aliases: AliasTable) -> Iterator[ParentStatement]:
    adapter = repository.adapter
    name = hub_id(adapter.base, short=True) if adapter is not None and adapter.base is not None else None
    if adapter is not None and name is not None:
        yield ParentStatement(aliases.parent(name), name, "adapter", "adapter_config", adapter.revision or None)


def _by_config(repository: Repository, relation: Relation, aliases: AliasTable) -> Iterator[ParentStatement]:
    """A path on somebody's disk names no parent, nor does a bare word unless a table knows it as a model."""
    path = repository.config.name_or_path if repository.config is not None else None
    name = hub_id(path, short=False) if path is not None else None
    if path is not None and name is None and path.lower() in aliases.names:
        name = path
    if name is not None:
        yield ParentStatement(aliases.parent(name), name, relation, "config", None)


def _by_merge(repository: Repository, aliases: AliasTable) -> Iterator[ParentStatement]:
    for text in repository.merged:
        written, _, revision = text.partition("@")
        name = hub_id(written, short=False)
        if name is not None:
            yield ParentStatement(aliases.parent(name), name, "merge", "mergekit", revision or None)


def _by_quantizer(repository: Repository, aliases: AliasTable) -> Iterator[ParentStatement]:
    name = hub_id(repository.quantized_from, short=False) if repository.quantized_from is not None else None
    if name is not None:
        yield ParentStatement(aliases.parent(name), name, "quantized", "quantize_config", None)


def _by_converter(repository: Repository, aliases: AliasTable) -> Iterator[ParentStatement]:
    """A converter copies what the card of the model it converts says, so the name may be that of a grandparent."""
    for text in repository.converted_from:
        name = hub_id(text, short=False)
        if name is not None:
            yield ParentStatement(aliases.parent(name), name, "unstated", "gguf", None)


def _by_tags(repository: Repository, aliases: AliasTable) -> Iterator[ParentStatement]:
    """The hub shows each base model twice, with and without its relation."""
    found: dict[str, Relation] = {}
    for tag in repository.hub_tags:
        match = _BASE_TAG.fullmatch(tag)
        name = hub_id(match["name"], short=True) if match is not None else None
        if match is not None and name is not None:
            found[name] = _RELATIONS.get(match["relation"] or "", found.get(name, "unstated"))
    for name, relation in found.items():
        yield ParentStatement(aliases.parent(name), name, relation, "hub_tags", None)


def _relation(repository: Repository, names: Sequence[str]) -> Relation:
    stated = repository.front_matter.get("base_model_relation")
    if isinstance(stated, str) and stated in _RELATIONS:
        return _RELATIONS[stated]
    if repository.adapter is not None:
        return "adapter"
    if (
        repository.merged
        or len({name.lower() for name in names}) > 1
        or any(tag in _MERGE_TAGS for tag in _tags(repository))
    ):
        return "merge"
    if repository.config is not None and repository.config.quantization is not None:
        return "quantized"
    return "unstated"


def _markers(repository: Repository, names: Sequence[str], aliases: AliasTable) -> Iterator[str]:
    """Name what shows that a model was made from another."""
    if names:
        yield "base_model in front matter"
    if repository.adapter is not None:
        yield _ADAPTER
    for path in ("mergekit_config.yml", "quantize_config.json"):
        if path in repository.paths:
            yield path
    for tag in _tags(repository):
        if tag in _MERGE_TAGS or tag in aliases.methods:
            yield f"tag {tag}"
    folder = repository.config.name_or_path if repository.config is not None else None
    if folder is not None and hub_id(folder, short=True) is None and _LOCAL_PATH.search(folder):
        yield "_name_or_path"  # loaded from a folder, which held some model before
    method = repository.config.quantization if repository.config is not None else None
    if method is not None and method.lower() in aliases.methods:
        yield f"quantization {method.lower()}"
    quantized = aliases.method_in(repository.name)
    if quantized is not None:
        yield f"name {quantized}"
    family = aliases.family_of(repository.name)
    if family is not None:
        yield f"name {family}"
    for word in repository.prose.derived_by:
        yield f"text {word}"


def _base_models(value: object) -> tuple[str, ...]:
    texts = _texts(value)
    if isinstance(value, list) and not texts:
        texts = tuple(
            text for one in value if isinstance(one, Mapping) for text in _texts(one.get("name", one.get("id")))
        )
    return texts


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(one.strip() for one in values if isinstance(one, str) and one.strip())


def _tags(repository: Repository) -> tuple[str, ...]:
    return tuple(tag.lower() for tag in _texts(repository.front_matter.get("tags"))[:200])


def _place(statement: ParentStatement, repository: Repository) -> Place:
    match statement.source:
        case "adapter_config":
            return repository.places.get("adapter.base", Place(_ADAPTER))
        case "config":
            return repository.places.get("config.name_or_path", Place(_CONFIG))
        case "mergekit":
            return Place(repository.merged_in)
        case "quantize_config":
            return Place("quantize_config.json")
        case "gguf" | "hub_tags":
            return Place(f"{statement.source}: {statement.written}")
        case _:
            return Place(_CARD, repository.key_lines.get("base_model"), f"base_model: {statement.written}")
