"""
What profile standard says of real repositories: `python tests/score/hub.py [CORPUS]`.

The bar (a hand-picked set of public repositories): at most three warnings each, and no denial that a reviewer would
call false. Every repository is served as it is, run by a pinned Pod, and judged by the real corridor.
Ancestors are not in the corpus, so what only they could tell is missing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.model.requests import KubeObject, Namespace, Request  # noqa: E402
from weighbridge.settings import Settings  # noqa: E402
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
        asyncio.run(_score(folder, commits))
    return 0


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
