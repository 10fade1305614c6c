from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import msgspec
import pytest
from tests.policies.cases import Case, all_cases

from weighbridge.engine.bundles import Bundle, bundle_of, default_folder, load
from weighbridge.engine.embedded import EmbeddedEngine
from weighbridge.engine.process import OpaProcess, find_opa
from weighbridge.facts import MODEL_FACTS

Ask = Callable[[Any], Awaitable[dict[str, Any]]]
UNKNOWN = {"unknown": {"because": "timeout", "host": "hub.example", "since": 1796078520}}
AT_ONCE = 8
TABLES = ("rules", "parameters", "exception_classes", "sections")
"""Mappings whose keys are an author's: without an entry the author has said something else, and nothing is missing."""


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load(default_folder())


def with_opa(bundle: Bundle, questions: Callable[[Ask], Awaitable[list[str]]]) -> list[str]:
    opa = find_opa()
    assert opa is not None, "opa is missing. Fix: make tools"

    async def asking() -> list[str]:
        async with OpaProcess(opa, bundle, seconds=60) as engine:
            turns = asyncio.Semaphore(AT_ONCE)

            async def ask(document: Any) -> dict[str, Any]:
                async with turns:
                    answer = (await engine.decide(msgspec.json.encode(document))).answer
                assert isinstance(answer, dict)
                return answer

            return await questions(ask)

    return asyncio.run(asking())


async def admitted(ask: Ask, changed: Iterator[tuple[str, Any]]) -> list[str]:
    named = list(changed)
    answers = await asyncio.gather(*(ask(document) for _, document in named))
    return [name for (name, _), answer in zip(named, answers, strict=True) if answer["allowed"]]


async def denied_cases(ask: Ask) -> list[Case]:
    cases = [case for case in all_cases() if case.rule != "policy.input"]
    answers = await asyncio.gather(*(ask(case.document) for case in cases))
    return [case for case, answer in zip(cases, answers, strict=True) if not answer["allowed"]]


def without_each_key(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the value once for each key anywhere in it, with that key away."""
    if isinstance(value, Mapping):
        for key in value:
            if at.rpartition(".")[2] not in TABLES:
                yield f"{at}.{key}", {name: item for name, item in value.items() if name != key}
            for where, changed in without_each_key(value[key], f"{at}.{key}"):
                yield where, {**value, key: changed}
    if isinstance(value, list):
        for index, item in enumerate(value):
            for where, changed in without_each_key(item, f"{at}[{index}]"):
                yield where, [*value[:index], changed, *value[index + 1 :]]


def tolerates_ignorance(case: Case) -> bool:
    """Tell whether a policy of the case says `on_unknown: warn` for anything."""
    return any((policy.get("on_unknown") or {}) for policy in case.document["site"]["policies"])


def with_each_fact_unknown(case: Case) -> Iterator[tuple[str, Any]]:
    for index, _ in enumerate(case.document["models"]):
        for fact in MODEL_FACTS:
            document = copy.deepcopy(case.document)
            document["models"][index][fact] = UNKNOWN
            yield f"{case.name}: models[{index}].{fact}", document


def test_ignorance_never_turns_a_denial_into_an_admission(bundle: Bundle) -> None:
    async def questions(ask: Ask) -> list[str]:
        cases = [case for case in await denied_cases(ask) if not tolerates_ignorance(case)]
        assert len(cases) > 20
        return [name for case in cases for name in await admitted(ask, with_each_fact_unknown(case))]

    assert with_opa(bundle, questions) == []


def test_nothing_left_out_turns_a_denial_into_an_admission(bundle: Bundle) -> None:
    async def questions(ask: Ask) -> list[str]:
        one_of_each = {case.rule: case for case in reversed(await denied_cases(ask))}
        assert len(one_of_each) > 8
        return [
            f"{case.name}: {name}"
            for case in one_of_each.values()
            for name in await admitted(ask, without_each_key(case.document))
        ]

    assert with_opa(bundle, questions) == []


@pytest.mark.parametrize("document", ["profiles", "parameters", "protected", "licenses", "rule_table"])
def test_a_library_without_one_of_its_documents_admits_nothing(bundle: Bundle, document: str) -> None:
    kept = {name: value for name, value in bundle.documents.items() if name != document}
    poorer = bundle_of(bundle.modules, kept, bundle.rules)

    async def questions(ask: Ask) -> list[str]:
        plain = next(case for case in all_cases() if not case.findings)
        answer = await ask(plain.document)
        return sorted({finding["rule"] for finding in answer["findings"] if finding["effect"] == "deny"})

    assert with_opa(poorer, questions) == ["policy.configured"]


def test_a_rule_without_an_action_is_a_denial_on_both_engines(bundle: Bundle) -> None:
    profiles = bundle.documents["profiles"]
    assert isinstance(profiles, dict)
    fewer = {name: actions for name, actions in profiles.items() if name != "card.present"}
    poorer = bundle_of(bundle.modules, {**bundle.documents, "profiles": fewer}, bundle.rules)
    plain = next(case for case in all_cases() if not case.findings).document

    async def by_regopy() -> dict[str, Any]:
        async with EmbeddedEngine(poorer) as engine:
            answer = (await engine.decide(msgspec.json.encode(plain))).answer
        assert isinstance(answer, dict)
        return answer

    async def questions(ask: Ask) -> list[str]:
        answer = await ask(plain)
        assert answer["allowed"] is False
        return [finding["message"] for finding in answer["findings"] if finding["rule"] == "policy.configured"]

    said = with_opa(poorer, questions)
    assert said
    assert [
        one["message"] for one in asyncio.run(by_regopy())["findings"] if one["rule"] == "policy.configured"
    ] == said
