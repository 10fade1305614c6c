"""
What was learnt about one model, and what was not.

The values in here are what policies see (facts.py wraps them), so they hold what was extracted and never the text itself:
card text is an attacker's and does not go through Rego.
Where a fact stands in its file is kept beside it, in `Evidence.places`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.model.claims import Claim
from weighbridge.model.configurations import Adapter, Config, GenerationConfig, Tokenizer
from weighbridge.model.datasets import Dataset
from weighbridge.model.outcomes import Because, Missing, Outcome, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.scans import Scan
from weighbridge.model.signatures import Signatures, Statements
from weighbridge.model.terms import LicenseStatement, Terms
from weighbridge.model.weights import Format, Weights

Relation: TypeAlias = Literal["finetune", "adapter", "quantized", "merge", "distill", "unstated"]
Confidence: TypeAlias = Literal["attested", "functional", "recorded", "declared", "inferred"]
"""
How much a statement about a parent weighs: signed by somebody, used by the loader, written by the tool that made the
files, stated by the author, or read out of running text.
"""
Source: TypeAlias = Literal[
    "front_matter", "adapter_config", "config", "mergekit", "hub_tags", "quantize_config", "gguf", "attestation"
]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference means now: the commit of a repository, or the digest of an artifact."""

    commit: str | None
    """40 hexadecimal digits."""
    digest: str | None
    """`sha256:…` of an artifact, `listing:…` of a prefix in an object store, `folder:…` of a folder without commits."""
    asked: str | None
    """The branch, tag or commit the workload names; `None` when it names none."""
    immutable: bool
    """Whether the workload itself names the commit or digest."""
    stale: bool = False
    """Whether this is the last known answer of a source that does not answer now."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the sections of a card (reference: Mitchell et al. 2019, Hugging Face template)."""

    present: bool
    """Whether the card answers it, under a label or in a sentence anywhere."""
    words: int
    """Words left when placeholders, badges, images, links and code are taken out."""
    placeholder: bool
    lines: tuple[int, ...] = ()
    vague: bool = False
    """Present, and says too little to hold anybody to it."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Template text that nobody replaced."""

    section: str | None
    """The section it stands in, `None` outside the known ones."""
    line: int
    empties_section: bool
    """Whether nothing else is left of the section."""


@dataclass(frozen=True, slots=True)
class Card:
    """A model card, as far as rules ask."""

    sha256: str
    letters: int
    """Letters left when front matter, HTML, code and images are taken out."""
    front_matter: Literal["ok", "none", "unreadable", "misplaced"]
    front_matter_problem: str | None
    """Why it is unreadable or misplaced."""
    code_readme: bool
    """The text is the README of a code repository."""
    sections: Mapping[str, Section]
    placeholders: tuple[Placeholder, ...]
    datasets: tuple[Dataset, ...] = ()
    data_pins: int = 0
    """Commits, digests and versioned DOIs in what the card says about training data."""
    language: str | None = None
    """Of the prose (ISO 639-1); `None` where there is too little text to tell."""
    skipped: str | None = None
    """The English name of a language that is not read: then what is not found is not missing."""
    claims: tuple[Claim, ...] = ()
    """Found in English text and in metadata only."""


@dataclass(frozen=True, slots=True)
class License:
    """What a model says about its license, and what that means."""

    declared: str | None
    """As the strongest statement writes it."""
    id: str | None
    """Key of `data.weighbridge.licenses`; `None` when the license is not identified."""
    source: Literal["front_matter", "license_file", "card_text", "oci_annotation", "attestation"] | None
    label_only: bool
    """A family label (`openrail`, `cc`, `gpl`), `unknown`, or `other` without a name: not a license."""
    custom: bool
    """`other` with a name, or a text that says custom or proprietary: a license whose terms the table does not know."""
    name: str | None
    """`license_name` of the front matter."""
    also_named: tuple[str, ...]
    """Keys of further licenses that the card, a NOTICE or a second license file names."""
    link: str | None = None
    """`license_link` of the front matter."""
    link_leads: Literal["nowhere", "file", "url"] = "nowhere"
    """Whether that is an address, or one of the license files beside the card."""
    statements: tuple[LicenseStatement, ...] = ()
    """Every place that states one; of ancestors none is kept."""
    card_names: tuple[str, ...] = ()
    """Keys of the licenses that the card's running text names."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of config.json that tell one architecture from another."""

    hidden_size: int | None
    layers: int | None
    vocab_size: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One statement that `child` was made from `parent`."""

    child: str
    """Normalized repository name, `org/name`."""
    parent: str
    relation: Relation
    source: Source
    revision: str | None
    pinned: bool
    """Whether the revision is a commit or digest."""
    confidence: Confidence = "declared"


@dataclass(frozen=True, slots=True)
class Learning:
    """What a model learnt from without having its weights: a dataset, or a teacher whose answers it was trained on."""

    kind: Literal["dataset", "teacher"]
    name: str
    """`org/name` of the hub; of a teacher as the text writes it where it is no repository."""
    source: Literal["front_matter", "card_text"]
    confidence: Confidence
    revision: str | None
    pinned: bool
    """Whether the revision is a commit."""


@dataclass(frozen=True, slots=True)
class Node:
    """An ancestor."""

    name: str
    """Normalized repository name, `org/name`."""
    depth: int
    """1 for a parent."""
    state: Literal["found", "missing", "unknown", "not_walked"]
    commit: str | None
    ancestors: tuple[str, ...]
    """All known ancestors of this node, so that Rego need not walk."""
    license: License | None
    """`None` when it is not known (see `state` and `Lineage.unknown`) or the node states none."""
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the lineage that could not be learnt."""

    node: str
    because: Because
    host: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a model comes from, flat; a set of which the known members are judged first."""

    name: str
    """The model itself, normalized."""
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    derived_by: tuple[str, ...]
    """What shows that the model was made from another: `adapter_config.json`, `tag merge`, `name llama`, `text fine-tuned`."""
    prose_parents: tuple[str, ...]
    """Parents that only running text names."""
    documented_change: bool
    """The card speaks of pruning, distillation, depth up-scaling or added tokens."""
    shape: Shape | None
    unknown: tuple[Gap, ...]
    learnt_from: tuple[Learning, ...] = ()
    """Datasets and teachers that the model's own card names."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a repository that holds weights or code."""

    path: str
    size: int | None
    """Bytes; `None` when the listing does not say."""
    sha256: str | None
    format: Format
    loaded: bool
    """Whether an engine would load it as weights or code; false for training leftovers such as optimizer states."""


@dataclass(frozen=True, slots=True)
class Files:
    """The weights and code of a repository; other files are counted only."""

    files: tuple[File, ...]
    count: int
    """All files of the repository."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands, to be quoted in reports."""

    file: str
    line: int | None = None
    text: str | None = None
    """The quoted text, at most 200 characters; shown, never judged."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learnt about one model."""

    ref: ModelRef
    resolved: Outcome[Resolved]
    card: Outcome[Card | Unreadable]
    license: Outcome[License | Unreadable]
    lineage: Outcome[Lineage | Unreadable]
    files: Outcome[Files | Unreadable]
    config: Outcome[Config | Unreadable]
    tokenizer: Outcome[Tokenizer | Unreadable]
    generation_config: Outcome[GenerationConfig | Unreadable]
    adapter: Outcome[Adapter | Unreadable]
    places: Mapping[str, Place] = field(default_factory=dict)
    """
    Where each fact stands, by the pointer that findings use:
    `card`, `card.line:12`, `license.declared`, `license.file`, `license.difference:PATH:N`, `license.term:KEY:FACET`, `lineage.edge:SOURCE:PARENT`, `config.auto_map`, `tokenizer.auto_map`, `generation_config.trust_remote_code`, `generation_config.custom_generate`, `adapter.base`, `file:PATH`.
    """
    weights: Outcome[Weights | Unreadable] = field(default_factory=lambda: Missing("weights of the repository"))
    content_digest: Outcome[str | Unreadable] = field(default_factory=lambda: Missing("content of the repository"))
    """`wb1:…` (weights/content.py): equal for every copy of the same weights, code and configuration."""
    scan: Outcome[Scan | Unreadable] = field(default_factory=lambda: Missing("security scans of the source"))
    signatures: Outcome[Signatures | Unreadable] = field(default_factory=lambda: Missing("signatures of the model"))
    statements: Outcome[Statements | Unreadable] = field(default_factory=lambda: Missing("attestations of the model"))
    attested_licenses: Mapping[str, License] = field(default_factory=dict)
    """The license that each verified statement gives, by its bundle."""
    terms: Outcome[Terms | Unreadable] = field(default_factory=lambda: Missing("licenses of the lineage"))
    observed_at: int | None = None
    """Unix time of the oldest answer in here that may change; `None` where nothing was asked."""
