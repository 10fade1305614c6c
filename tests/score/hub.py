"""
What profile standard says of real repositories: `python tests/score/hub.py [CORPUS]`.

The bar (a hand-picked set of public repositories): at most three warnings each, and no denial that a reviewer would
call false. Every repository is served as it is, run by a pinned Pod, and judged by the real corridor.
Before that, every repository is served by the simulator over HTTP and its evidence gathered: all of it must be there, no
question may be asked twice, and the known contradiction, merges and sizes must come out.
Ancestors are not in the corpus, so what only they could tell is missing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller"), str(ROOT)]

from tests.simulators.hub import Hub  # noqa: E402
from tests.simulators.tables import shipped  # noqa: E402

from weighbridge.gathering import Gatherer  # noqa: E402
from weighbridge.model.evidence import Evidence, Lineage  # noqa: E402
from weighbridge.model.outcomes import Found  # noqa: E402
from weighbridge.model.refs import ModelRef  # noqa: E402
from weighbridge.model.requests import KubeObject, Namespace, Request  # noqa: E402
from weighbridge.model.weights import Weights  # noqa: E402
from weighbridge.reports.evidence import not_known  # noqa: E402
from weighbridge.settings import Settings  # noqa: E402
from weighbridge.sources.hub import HubSource  # noqa: E402
from weighbridge.wiring import assembled  # noqa: E402

MOST_WARNINGS = 3


def main(arguments: list[str]) -> int:
    """Print what is said of each repository; the corpus lies beside the project unless named."""
    corpus = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "corpus"
    repositories = sorted(path for path in (corpus / "hub").glob("*+*") if (path / "_repo_files.json").is_file())
    if not repositories:
        print(f"hub: no repositories in {corpus}, nothing to score")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for path in repositories:
            owner, _, name = path.name.partition("+")
            shutil.copytree(path, Path(folder) / owner / name)
        commits = {
            path.name.replace("+", "/", 1): json.loads((path / "_repo_files.json").read_text(encoding="utf-8"))[
                "commit"
            ]
            for path in repositories
        }
        missed = asyncio.run(_gather(Path(folder), sorted(commits)))
        asyncio.run(_score(folder, commits))
    return 1 if missed else 0


async def _gather(folder: Path, names: Sequence[str]) -> int:
    """Print what the evidence lacks, and return how much that is."""
    found: dict[str, Evidence] = {}
    async with Hub(token="t") as hub:
        hub.publish_directory(folder)
        token = folder / "token"
        token.write_text("t")
        async with HubSource(hub.endpoint, token_file=token) as source:
            gatherer = Gatherer({"hf": source}, shipped())
            for name in names:
                (found[name],) = await gatherer.gather([ModelRef("hf", name)], 60)
    missed = [f"{name}: {fact}: {why}" for name, one in found.items() for fact, why in not_known(one)]
    missed += [f"{path}: asked {times} times" for path, times in Counter(hub.requests).items() if times > 1]
    missed += [
        f"{name}: {what} did not come out" for name, what, holds in EXPECTED if name in found and not holds(found[name])
    ]
    print("\n".join(missed or ["evidence: all there, nothing asked twice, known cases came out"]))
    print(f"evidence: {len(found)} repositories, {len(hub.requests)} requests, {len(missed)} shortcomings (bar: 0)")
    return len(missed)


def _parents(evidence: Evidence, *sources: str) -> set[str]:
    match evidence.lineage:
        case Found(value=Lineage(edges=edges, name=name)):
            return {edge.parent for edge in edges if edge.child == name and edge.source in sources}
        case _:
            return set()


def _ratio(evidence: Evidence) -> float:
    match evidence.weights:
        case Found(value=Weights(ratio=float() as ratio)):
            return ratio
        case _:
            return 0.0


EXPECTED: tuple[tuple[str, str, Callable[[Evidence], bool]], ...] = (
    (
        "MiMiGame-1/Reflection-Llama-3.1-70B",
        "a card and a configuration that name different parents",
        lambda one: (
            _parents(one, "front_matter").isdisjoint(_parents(one, "config")) and _parents(one, "config") != set()
        ),
    ),
    (
        "YouriLalain/1PARAMMYL-8B-ModelStock",
        "three merged models, one of them declared",
        lambda one: (len(_parents(one, "front_matter")), len(_parents(one, "mergekit"))) == (1, 3),
    ),
    (
        "YouriLalain/2PRYMMAL-Yi1.5-6B-SLERP",
        "two merged models",
        lambda one: len(_parents(one, "mergekit")) == 2,
    ),
    (
        "MiMiGame-1/Reflection-Llama-3.1-70B",
        "weights of the size that the configuration promises",
        lambda one: 0.98 < _ratio(one) < 1.02,
    ),
)
"""Repository, what is known about it, and whether its evidence says so."""


async def _score(hub: str, commits: Mapping[str, str]) -> None:
    effects: Counter[str] = Counter()
    loud = 0
    async with assembled(Settings(hub=hub, profile="standard")) as corridor:
        for name, commit in sorted(commits.items()):
            review = await corridor.reviewer.review(Request(_pod(name, commit), Namespace("score")), 20)
            findings = review.decision.verdict.findings if review.decision is not None else ()
            shown = [one for one in findings if one.effect in ("deny", "warn")]
            effects.update(one.effect for one in shown)
            loud += sum(one.effect == "warn" for one in shown) > MOST_WARNINGS
            print(f"{name}: {', '.join(f'{one.effect} {one.rule}' for one in shown) or 'nothing'}")
            for one in shown:
                print(f"    {one.rule}: {one.message}")
    print(
        f"hub: {effects['deny']} denials, {effects['warn']} warnings, "
        f"{loud} repositories above {MOST_WARNINGS} warnings (bar: 0)"
    )


def _pod(name: str, commit: str) -> KubeObject:
    container = {
        "name": "server",
        "image": "vllm/vllm-openai:v0.10.2",
        "args": [f"--model={name}", f"--revision={commit}"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "score"}, "spec": {"containers": [container]}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
