"""
Feeds `find_models` with stories that somebody broke: `make fuzz`, or `python tests/fuzz/workloads.py --seconds 60 --seed 7`.

Objects that crash it, or that say something which is not so, are written to tests/fuzz/saved, where a test reads them
again. Ends with 1 when there is one. Prints the object that cost most.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "controller")]

from weighbridge.model.refs import ModelRef  # noqa: E402
from weighbridge.workloads import find_models, pods_run_it  # noqa: E402
from weighbridge.workloads.locating import place_of  # noqa: E402

CASES = ROOT / "tests" / "cases" / "workloads"
SAVED = ROOT / "tests" / "fuzz" / "saved"
WORDS = (
    "", " ", "$(M)", "${M:-a}", "$$", "`x`", "'", '"', "\\", "\n", "--", "--model", "-m", "=", "{", "}", "[", "]", "a/b", "hf://a/b@c",
    "s3://b/c", "oci://r/i:t", "<<EOF", "&&", ";", "|", "(", ")", "vllm serve", "\x00", "\u2028", "\ud800", "é" * 9, "x" * 70_000,
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, 0, -1, 1e400, 10**400, "", [], {}, [None], [[]], [{}], {"name": None}, {"": ""})
CHANGES = 4
"""Changes of one object at most."""


def stories() -> Sequence[tuple[Any, list[Any]]]:
    """Return the objects of all stories, with their companions."""
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            companions = story.get("companions", [])
            if "object" in story:
                found.append((story["object"], companions))
            elif "isvc" in story or "llm" in story:
                kind = "InferenceService" if "isvc" in story else "LLMInferenceService"
                spec = story.get("isvc", story.get("llm"))
                found.append(({"apiVersion": "serving.kserve.io/v1", "kind": kind, "spec": spec}, companions))
            else:
                pod = story.get("pod", {})
                containers = [{"name": "c", **story["container"]}]
                spec = {"volumes": story.get("volumes"), **pod.get("spec", {}), "containers": containers}
                found.append(({"apiVersion": "v1", "kind": "Pod", **pod, "spec": spec}, companions))
    return found


def broken(chance: random.Random, known: Sequence[tuple[Any, list[Any]]]) -> tuple[Any, list[Any]]:
    """Return a story with a few changes."""
    together = json.loads(json.dumps(chance.choice(known), default=str))
    for _ in range(chance.randint(1, CHANGES)):
        places = list(_places(together))
        holder, key = chance.choice(places)
        holder[key] = _other(chance, holder[key], known)
    obj, companions = together[0], together[1]
    return obj, [one for one in companions if isinstance(one, dict)] if isinstance(companions, list) else []


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    stack = [value]
    while stack:
        here = stack.pop()
        for key, inner in list(here.items() if isinstance(here, dict) else enumerate(here)):
            yield here, key
            if isinstance(inner, dict | list):
                stack.append(inner)


def _other(chance: random.Random, value: Any, known: Sequence[tuple[Any, list[Any]]]) -> Any:
    match chance.randrange(6):
        case 0:
            return copy.deepcopy(chance.choice(VALUES))
        case 1 if isinstance(value, str):
            at = chance.randint(0, len(value))
            return value[:at] + chance.choice(WORDS) + value[at + chance.randint(0, 3) :]
        case 2:
            return [value] * chance.choice((1, 2, 3 if isinstance(value, dict | list) else 300))
        case 3:
            return {chance.choice(WORDS[:20]): value, "name": chance.choice(WORDS[:20])}
        case 4:
            holder, key = chance.choice(list(_places(list(chance.choice(known)))))
            return json.loads(json.dumps(holder[key], default=str))
        case _:
            for _ in range(chance.choice((1, 70))):
                value = {"spec": value} if chance.random() < 0.5 else [value]
            return value


def check(obj: Any, companions: list[Any]) -> None:
    """Hold what is found to what is always so. Raises `AssertionError`, and whatever the finder raises."""
    if not isinstance(obj, Mapping):
        return
    found = find_models(obj, companions)
    for ref in found.references:
        assert ModelRef.parse(str(ref), ref.role, ref.found_at, ref.unresolved_because) == ref
        assert place_of(obj, ref.found_at) is not None
    assert found.of_interest or not found.references
    assert pods_run_it(obj) in (True, False)
    assert find_models(obj, companions) == found


def main(arguments: Sequence[str]) -> int:
    """Break stories until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args(arguments)
    known, chance, until, count = stories(), random.Random(asked.seed), time.monotonic() + asked.seconds, 0
    slowest, dearest = 0.0, ""
    while time.monotonic() < until:
        obj, companions = broken(chance, known)
        count += 1
        begun = time.process_time()
        try:
            check(obj, companions)
        except Exception:  # noqa: BLE001  # a crash is what is looked for
            SAVED.mkdir(exist_ok=True)
            place = SAVED / f"{asked.seed}-{count}.json"
            place.write_text(json.dumps({"object": obj, "companions": companions}))
            traceback.print_exc()
            print(f"{place}: saved; a test reads it again")
            return 1
        if (cost := time.process_time() - begun) > slowest:
            slowest, dearest = cost, json.dumps(obj)[:300]
    print(f"{count} broken objects survived, seed {asked.seed}; the dearest took {slowest * 1e3:.0f} ms: {dearest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
