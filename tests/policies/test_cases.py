from __future__ import annotations

import asyncio
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.policies import embedded
from tests.policies.cases import Case, all_cases
from tests.policies.folders import ABOUT_ALL

from weighbridge import facts
from weighbridge.engine.bundles import Bundle, default_folder, load
from weighbridge.engine.cases import differences
from weighbridge.engine.embedded import EmbeddedEngine
from weighbridge.engine.interface import Engine
from weighbridge.engine.process import OpaProcess, find_opa
from weighbridge.engine.selftest import known_bad, known_good, self_test
from weighbridge.verdict import checked

CASES = all_cases()
BODIES = [msgspec.json.encode(case.document) for case in CASES]
ALL = pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
SCHEMA = jsonschema.Draft202012Validator(facts.schema())


async def asked(engine: Engine) -> list[object]:
    await engine.ready()
    await self_test(engine)
    return [(await engine.decide(body)).answer for body in [known_bad().body, known_good().body, *BODIES]][2:]


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load(default_folder())


@pytest.fixture(scope="session")
def by_opa(bundle: Bundle) -> list[Any]:
    opa = find_opa()
    assert opa is not None, "opa is missing. Fix: make tools"

    async def ask() -> list[object]:
        async with OpaProcess(opa, bundle) as engine:
            return await asked(engine)

    return asyncio.run(ask())


@pytest.fixture(scope="session")
def by_regopy() -> list[Any]:
    """
    Answer each case with as much of the library as its rule needs.

    The embedded engine takes half a second for all rules; what they say together is asked of it by the stories in tests/acceptance,
    and by the cases whose rule speaks about all others.
    """
    numbers: dict[str, list[int]] = {}
    for number, case in enumerate(CASES):
        numbers.setdefault(case.rule, []).append(number)
    said = embedded.answers({rule: [BODIES[number] for number in those] for rule, those in numbers.items()})
    answers: list[Any] = [None] * len(CASES)
    for rule, those in numbers.items():
        for number, answer in zip(those, said[rule], strict=True):
            answers[number] = answer
    return answers


def test_both_engines_deny_what_is_known_to_be_bad(bundle: Bundle) -> None:
    async def ask() -> None:
        async with EmbeddedEngine(bundle) as engine:
            await self_test(engine)

    asyncio.run(ask())


def found(case: Case, answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in answer["findings"] if finding["rule"] == case.rule]


def in_order(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "findings": sorted(answer["findings"], key=lambda one: msgspec.json.encode(one, order="sorted"))}


def test_there_are_cases_for_every_rule_both_ways(bundle: Bundle) -> None:
    reported = {finding["rule"] for case in CASES for finding in case.findings}
    silent = {case.rule for case in CASES if not case.findings}

    # What the library itself lacks no input can bring about: test_laws.py takes parts of it away.
    assert set(bundle.rules) - reported == {"policy.configured"}
    assert set(bundle.rules) - silent == set()


@ALL
def test_a_case_has_exactly_its_findings(number: int, by_opa: list[Any]) -> None:
    assert differences(CASES[number], by_opa[number]) == ()


@ALL
def test_both_engines_give_the_same_answer(number: int, by_opa: list[Any], by_regopy: list[Any]) -> None:
    case, preview, real = CASES[number], by_regopy[number], by_opa[number]

    if case.rule in ABOUT_ALL:
        assert in_order(preview) == in_order(real)
    assert sorted(map(repr, found(case, preview))) == sorted(map(repr, found(case, real)))


@ALL
def test_an_answer_of_the_library_can_be_trusted(number: int, by_opa: list[Any], bundle: Bundle) -> None:
    verdict = checked(by_opa[number], bundle.rules, bundle.revision)

    assert len(verdict.findings) == len(by_opa[number]["findings"])


@ALL
def test_a_case_is_a_document_that_weighbridge_could_send(number: int) -> None:
    case = CASES[number]
    problems = [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(case.document)]

    assert problems == [] or case.rule == "policy.input"
