from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies.folders import MAIN, policy_folder

from weighbridge.engine.bundles import Bundle, load
from weighbridge.engine.embedded import EmbeddedEngine, load_regopy
from weighbridge.errors import BadPolicies, EngineError


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return load(policy_folder(tmp_path))


@pytest.fixture
async def engine(bundle: Bundle) -> AsyncIterator[EmbeddedEngine]:
    async with EmbeddedEngine(bundle) as engine:
        yield engine


async def test_the_preview_answers_with_the_revision_of_its_bundle(engine: EmbeddedEngine, bundle: Bundle) -> None:
    await engine.ready()
    answered = await engine.decide(b'{"models":[]}')

    assert answered.revision == bundle.revision
    assert answered.answer == {
        "stage": "enforce",
        "allowed": True,
        "would_allow": True,
        "undecided": False,
        "findings": [],
        "greeting": "hello",
        "echo": None,
    }


@pytest.mark.parametrize("text", ['x"y', "é日", "a\\b", "\\u0041", "\n\t", "`$", '{{"}', "\x01", "😀"])
async def test_text_comes_back_as_it_went_in(engine: EmbeddedEngine, text: str) -> None:
    answered = await engine.decide(msgspec.json.encode({"models": [], "echo": text}))

    assert answered.answer["echo"] == text  # type: ignore[index]


async def test_escaped_text_is_understood_although_regopy_reads_no_escapes(engine: EmbeddedEngine) -> None:
    answered = await engine.decide(b'{"models":[],"echo":"\\u00e9"}')

    assert answered.answer["echo"] == "é"  # type: ignore[index]


async def test_many_questions_at_once_are_each_answered(engine: EmbeddedEngine) -> None:
    answers = await asyncio.gather(*(engine.decide(b'{"models":[],"echo":%d}' % number) for number in range(30)))

    assert [one.answer["echo"] for one in answers] == list(range(30))  # type: ignore[index]


async def test_an_undefined_decision_is_an_error(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match=r"^regopy: data\.weighbridge\.main\.decision is undefined\. Fix:"):
        await engine.decide(b'{"undefined":true}')


async def test_a_failing_builtin_is_an_error_and_the_next_question_is_answered(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match=r"^regopy: a built-in function failed, .* Fix:"):
        await engine.decide(b'{"fail":"x"}')

    assert (await engine.decide(b'{"models":[]}')).answer["allowed"] is True  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[" * 65 + b"]" * 65, "input nested deeper than 64 levels"),
        (b'{"a":' * 64 + b"1" + b"}" * 64, "input nested deeper than 64 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "input nested deeper than 64 levels"),
        (b'{"a":9223372036854775808}', "input holds the integer 9223372036854775808"),
        (b'{"a":-9223372036854775808}', "input holds the integer -9223372036854775808"),
        (b"{", "input is no JSON"),
        (b"", "input is no JSON"),
    ],
)
async def test_input_that_would_harm_the_process_is_refused(engine: EmbeddedEngine, body: bytes, message: str) -> None:
    with pytest.raises(EngineError, match=f"^regopy: {message}.* Fix: "):
        await engine.decide(body)


async def test_input_at_the_limits_is_answered(engine: EmbeddedEngine) -> None:
    deep = b'{"models":[],"echo":' + b"[" * 62 + b"9223372036854775807" + b"]" * 62 + b"}"

    assert (await engine.decide(deep)).answer["allowed"] is True  # type: ignore[index]


async def test_a_question_that_takes_too_long_is_an_error(bundle: Bundle) -> None:
    async with EmbeddedEngine(bundle, seconds=0.0) as engine:
        with pytest.raises(EngineError, match=r"^regopy: no answer within 0 s\. Fix: use opa"):
            await engine.decide(b'{"models":[]}')


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("main/main.rego", MAIN + "\nx := {\n", r"^main/main\.rego:\d+: this is unclosed\. Fix: mend the policy"),
        ("main/main.rego", "package weighbridge.main\n\n# é\n\ny := )\n", r"^main/main\.rego:5: "),
        ("main/main.rego", MAIN + "\nrisky(a, b) if a == b\n", r"^main/main\.rego:30: risky has another number of arguments than in lib/shape\.rego"),
        ("main/main.rego", MAIN + "\ndefault decision := 1\n\ndefault decision := 2\n", r"^main/main\.rego:\d+: "),
        ("main/main.rego", MAIN.replace("if {\n\tsome finding", "if {\n\tsome k, v in [x | some k, v in y]\n\tsome finding"), r"^main/main\.rego:27: Invalid collection"),
    ],
)  # fmt: skip
async def test_rego_that_regopy_refuses_is_one_sentence(tmp_path: Path, path: str, text: str, message: str) -> None:
    with pytest.raises(BadPolicies, match=message):
        EmbeddedEngine(load(policy_folder(tmp_path, {path: text})))


async def test_rules_that_need_themselves_are_an_error(tmp_path: Path) -> None:
    endless = "package weighbridge.main\n\ndecision := a\n\na := b\n\nb := a\n"
    async with EmbeddedEngine(load(policy_folder(tmp_path, {"main/main.rego": endless}))) as engine:
        with pytest.raises(EngineError, match=r"^regopy: .* Fix: use opa"):
            await engine.decide(b"{}")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=json_values)
async def test_every_value_comes_back_as_it_went_in(engine: EmbeddedEngine, value: object) -> None:
    answered = await engine.decide(msgspec.json.encode({"models": [], "echo": value}))

    assert answered.answer["echo"] == value  # type: ignore[index]


def failing(error: Exception) -> Callable[[str], ModuleType]:
    def import_module(name: str) -> ModuleType:
        raise error

    return import_module


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError("libatomic.so.1: cannot open shared object file"), r"libatomic\.so\.1 is missing, .* Fix: apt-get install libatomic1"),
        (ImportError("No module named 'regopy'"), r"cannot be loaded, no module named 'regopy'\. Fix: put opa on PATH"),
    ],
)  # fmt: skip
def test_a_machine_that_cannot_load_regopy_is_told_what_to_install(
    bundle: Bundle, error: Exception, message: str
) -> None:
    with pytest.raises(EngineError, match=f"^regopy: {message}"):
        EmbeddedEngine(bundle, import_module=failing(error))


def test_regopy_loads_here() -> None:
    assert load_regopy() is importlib.import_module("regopy")
