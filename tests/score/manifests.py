"""
How much of what people labeled by hand `find_models` finds: `python tests/score/manifests.py [CORPUS] [-v]`.

Scored as the README of the corpus says: by uri, or by text where a reference cannot be read, then by role, then by
revision. Ends with 1 when an object crashes the finder.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.errors import UserError  # noqa: E402
from weighbridge.model.refs import ModelRef  # noqa: E402
from weighbridge.model.requests import KubeObject  # noqa: E402
from weighbridge.safe_yaml import load_all  # noqa: E402
from weighbridge.workloads import INTERCEPTED, find_models  # noqa: E402
from weighbridge.workloads.tables import table  # noqa: E402

_NOW = {(row["group"], row.get("kind")) for row in table("kinds")["kind"]}


@dataclass
class Score:
    """Counts of one scope."""

    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    spurious: Counter[str] = field(default_factory=Counter)
    roles: int = 0
    revisions: int = 0
    matched: int = 0
    objects: int = 0
    negative: int = 0
    negative_clean: int = 0
    settings: int = 0
    settings_right: int = 0

    def line(self, key: str) -> str:
        """Return one line of the table."""
        wanted, hit, extra = self.expected[key], self.found[key], self.spurious[key]
        recall = f"{hit}/{wanted} = {100 * hit // wanted} %" if wanted else "-"
        # what is found too much has a role, but nobody labeled its kind
        precision = f"{100 * hit // (hit + extra)} %" if hit + extra and not key.startswith("kind ") else "-"
        return f"  {key:<18} recall {recall:<18} precision {precision:<6} extra {extra}"


def main(arguments: list[str]) -> int:
    """Print the score."""
    paths = [one for one in arguments if not one.startswith("-")]
    corpus = Path(paths[0]) if paths else ROOT.parent / "shared" / "corpus"
    folder = corpus / "manifests" if (corpus / "manifests").is_dir() else corpus
    if not (folder / "expected.jsonl").is_file():
        print(f"no labeled manifests at {corpus}: nothing to score")
        return 0
    now, all_kinds = Score(), Score()
    for row, obj, others in _labeled(folder):
        scopes = [all_kinds] + ([now] if _is_now(row) else [])
        for scope in scopes:
            _score(
                row,
                obj,
                others,
                scope,
                verbose=scope is scopes[-1] and ("-vv" in arguments or ("-v" in arguments and scope is now)),
            )
    files, crashes = _walk(folder)
    print(f"{files} files read, {crashes} crashes, {len(INTERCEPTED)} webhook rules")
    for title, score in (("kinds of this release", now), ("all kinds", all_kinds)):
        _print(title, score)
    return 1 if crashes else 0


def _walk(folder: Path) -> tuple[int, int]:
    """Read every object of every file, labeled or not; return how many files and how many crashes there were."""
    files = crashes = 0
    for path, documents in _files(folder):
        files += 1
        for document in documents:
            try:
                find_models(document, documents)
            except Exception as error:  # noqa: BLE001  # any crash is what we look for
                crashes += 1
                print(f"{path}: {type(error).__name__}: {error}")
    return files, crashes


def _print(title: str, score: Score) -> None:
    print(f"{title}: {score.objects} objects")
    for key in ("all", *sorted((score.expected.keys() | score.spurious.keys()) - {"all"})):
        print(score.line(key))
    print(f"  role right {score.roles}/{score.matched}, revision right {score.revisions}/{score.matched}")
    print(f"  objects without a model left alone {score.negative_clean}/{score.negative}")
    print(f"  settings right {score.settings_right}/{score.settings}")


def _labeled(folder: Path) -> Iterator[tuple[Mapping[str, Any], KubeObject, list[KubeObject]]]:
    rows = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        documents = _documents(folder / row["file"])
        for one in documents:
            metadata = one.get("metadata")
            name = metadata.get("name") if isinstance(metadata, Mapping) else None
            if one.get("kind") == row["kind"] and name == row["name"]:
                yield row, one, documents
                break


def _files(folder: Path) -> Iterator[tuple[Path, list[KubeObject]]]:
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"), *folder.rglob("*.json"))):
        yield path, _documents(path)


def _documents(path: Path) -> list[KubeObject]:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        values: Iterable[Any] = [document.value for document in load_all(text)]
    except UserError:
        try:
            values = list(yaml.safe_load_all(text))  # some samples repeat keys
        except yaml.YAMLError:
            return []
    found: list[KubeObject] = []
    for value in values:
        if isinstance(value, Mapping):
            items = value.get("items") if value.get("kind") == "List" else None
            found.extend(one for one in items if isinstance(one, Mapping)) if isinstance(items, list) else found.append(
                value
            )
    return found


def _is_now(row: Mapping[str, Any]) -> bool:
    return (row["apiVersion"].rpartition("/")[0], row["kind"]) in _NOW


def _score(row: Mapping[str, Any], obj: KubeObject, others: list[KubeObject], score: Score, *, verbose: bool) -> None:
    found = find_models(obj, others)
    left = list(found.references)
    score.objects += 1
    problems: list[str] = []
    for wanted in row["refs"]:
        same = sorted((ref for ref in left if _same(wanted, ref)), key=lambda ref: ref.role != wanted["role"])
        hit = same[0] if same else None
        if hit is not None:
            left = [ref for ref in left if ref.role != hit.role or not _same(wanted, ref)]
        if wanted.get("optional"):
            continue
        for key in ("all", f"role {wanted['role']}", f"kind {wanted['kind']}"):
            score.expected[key] += 1
            score.found[key] += hit is not None
        if hit is None:
            problems.append(f"missed {wanted['raw']} {wanted['uri']} {wanted['role']}")
            continue
        score.matched += 1
        score.roles += hit.role == wanted["role"]
        revision = _revision(hit)
        score.revisions += revision == wanted["revision"]
        if hit.role != wanted["role"] or revision != wanted["revision"]:
            problems.append(
                f"differs {wanted['raw']}: {wanted['role']} {wanted['revision']}, got {hit.role} {revision}"
            )
    for ref in left:
        if not ref.uri.startswith("file:///mnt/models"):
            score.spurious["all"] += 1
            score.spurious[f"role {ref.role}"] += 1
            problems.append(f"extra {ref} {ref.role} {ref.unresolved_because}")
    if not row["refs"]:
        score.negative += 1
        score.negative_clean += not found.references
    problems.extend(_settings(row, found.serving, score))
    if verbose and problems:
        print(f"{row['file']} {row['kind']}/{row['name']}", *problems, sep="\n    ")


def _settings(row: Mapping[str, Any], serving: Iterable[Any], score: Score) -> Iterator[str]:
    names = {"runtime_lora": "runtime_loading", "override_generation_config": "generation_overrides"}
    for name, value in row.get("settings", {}).items():
        said = [getattr(one.settings, names.get(name, name)) for one in serving]
        right = any(said) if name == "runtime_lora" else value in said
        score.settings += 1
        score.settings_right += right
        if not right:
            yield f"setting {name}: {value}, got {said}"


def _revision(ref: ModelRef) -> str | None:
    """Return the revision as the corpus writes it: tags of ollama stay in the uri, and another object has its own."""
    return None if ref.scheme == "ollama" or (ref.found_at.claim or "").startswith("cr://") else ref.revision


def _same(wanted: Mapping[str, Any], ref: ModelRef) -> bool:
    """Compare by place; what was followed, or cannot be relied on, counts by what the text claims."""
    stated = ref.found_at.claim or ref.uri
    if wanted["uri"] is None or wanted.get("unresolved"):
        return ref.found_at.raw == wanted["raw"] or (
            wanted["uri"] is not None and _normal(wanted["uri"]) == _normal(stated)
        )
    return _normal(wanted["uri"]) == _normal(stated)


def _normal(uri: str) -> str:
    scheme, _, rest = uri.partition("://")
    return f"{scheme.lower()}://{rest.rstrip('/')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
