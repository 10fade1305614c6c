from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.workloads.engines import ENGINES, GENERIC, engine_named
from weighbridge.workloads.engines.engine import Engine
from weighbridge.workloads.flags import ARGUMENTS, Syntax, read_line

SYNTAX = Syntax(
    takes={"model": 1, "modes": 1, "eager": 0, "names": 2, "json": 1},
    short={"m": "model", "j": "json"},
    aliases={"modelle": "model", "mod": "modes"},
    ordered=("eager", "json", "mod", "model", "modelle", "modes", "names"),
)


def told(*tokens: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(flag.name, flag.values) for flag in read_line(tokens, SYNTAX).flags]


def test_values_are_taken_as_argparse_takes_them() -> None:
    assert told("--model", "x", "--eager", "-m", "y", "--names", "a", "b", "-j=1", "--model") == [
        ("model", ("x",)),
        ("eager", ()),
        ("model", ("y",)),
        ("names", ("a", "b")),
        ("json", ("1",)),
        ("model", ()),
    ]


def test_a_negative_number_is_a_value() -> None:
    assert told("--model", "-1", "--modes", "-.5", "--json", "-") == [
        ("model", ("-1",)),
        ("modes", ("-.5",)),
        ("json", ("-",)),
    ]


def test_lists_go_on_behind_an_equals_sign_and_stop_at_two_dashes() -> None:
    line = read_line(("--names=a", "b", "--", "c", "--model"), SYNTAX)

    assert line.flags[0].values == ("a", "b")
    assert line.positionals == ("c", "--model")


def test_a_beginning_names_a_flag_and_its_alias_as_one() -> None:
    assert told("--modell", "x") == [("model", ("x",))]
    assert told("--ea") == [("eager", ())]
    assert told("--mod", "x") == [("modes", ("x",))]


def test_a_beginning_of_several_flags_is_ambiguous() -> None:
    line = read_line(("--mo", "x", "--e"), SYNTAX)

    assert line.ambiguous == (("--mo", ("modes", "model")),)
    assert [flag.name for flag in line.flags] == ["mo", "e"]


def test_dotted_flags_keep_their_key() -> None:
    assert told("--json.a.b", "1", "-j.c=2", "--js.d+", "3") == [
        ("json.a.b", ("1",)),
        ("json.c", ("2",)),
        ("json.d", ("3",)),
    ]


def test_more_arguments_than_the_limit_are_not_read() -> None:
    assert len(read_line(("x",) * (ARGUMENTS + 9), SYNTAX).positionals) == ARGUMENTS


@given(st.lists(st.text(alphabet="-=.m odel\n\"'_x", max_size=12), max_size=30))
def test_no_command_line_crashes_the_reader(tokens: list[str]) -> None:
    line = read_line(tokens, SYNTAX)

    assert len(line.flags) + len(line.positionals) <= len(tokens) + 1


@pytest.mark.parametrize("engine", [*ENGINES, GENERIC], ids=lambda engine: engine.id)
def test_every_flag_a_table_gives_a_meaning_is_one_the_engine_knows(engine: Engine) -> None:
    named = {
        *engine.references,
        *engine.settings,
        *engine.environment.values(),
        *engine.json,
        *engine.runtime_flags,
        *engine.config_files,
        *engine.syntax.short.values(),
        *engine.syntax.aliases.values(),
    }
    named |= {name for one in engine.references.values() for name in (one.revision, one.file, one.unless) if name}

    assert {name.partition(".")[0] for name in named} <= engine.syntax.takes.keys()


def test_engines_are_found_by_their_id() -> None:
    assert engine_named("vllm") is ENGINES[0]
    assert engine_named("nothing") is None
    assert engine_named(None) is None
