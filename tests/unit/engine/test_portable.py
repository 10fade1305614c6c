from __future__ import annotations

import pytest

from weighbridge.engine.folder import Module
from weighbridge.engine.portable import arities, code_only, complaints

LIB = Module("lib/a.rego", "package weighbridge.lib.a\n\ndefault f(_) := 1\n\ng(x) := x\n", "weighbridge.lib.a", 1)


def named(code: str, *more: Module) -> list[tuple[str, int, str]]:
    module = Module("m.rego", "package weighbridge.m\n" + code, "weighbridge.m", 1)
    return list(complaints([module, *more], frozenset({"count", "object.get", "regex.match"})))


@pytest.mark.parametrize(
    "code",
    [
        "x := count(input)",
        'x := object.get(input, "a", 1)',
        "x if not (input.a)",
        "f(y) := y\nx := f(1)",
        "default f(_) := 1\nx := f(1)",
        "import data.weighbridge.lib.a\nx := a.f(a.g(1))",
        "import data.weighbridge.lib.a as other\nx := other.f(1)",
        "import data.weighbridge.lib\nx := lib.a.f(1)",
        "import data.weighbridge.lib.a.f\nx := f(1)",
        "x := data.weighbridge.lib.a.f(1)",
        'x := "http.send(1)" # http.send(1)',
        "x := regex.match(`(a)http.send(\n)`, input.y)",
    ],
)
def test_what_is_defined_listed_or_only_text_is_no_complaint(code: str) -> None:
    assert named(code, LIB) == []


@pytest.mark.parametrize(
    ("code", "line", "name"),
    [
        ("x := http.send({})", 2, "http.send"),
        ("\n\nx := f(1)", 4, "f"),
        ("import data.weighbridge.lib.a\nx := a.nope(1)", 3, "a.nope"),
        ("import data.weighbridge.lib.b\nx := b.f(1)", 3, "b.f"),
        ("import data.weighbridge.lib\nx := lib.b.f(1)", 3, "lib.b.f"),
        ("x := data.weighbridge.lib.a.nope(1)", 2, "data.weighbridge.lib.a.nope"),
        ("x := a.f(1)", 2, "a.f"),
        ("y := `\n\n`\nx := walk(input)", 5, "walk"),
    ],
)
def test_a_call_nobody_answers_is_named_with_its_line(code: str, line: int, name: str) -> None:
    assert named(code, LIB) == [("m.rego", line, name)]


def test_blanking_text_keeps_lines_and_columns() -> None:
    assert code_only('a "b" `c\nd` # e\n"\\"f" g') == "a       \n      \n      g"


def test_functions_of_one_name_have_one_number_of_arguments() -> None:
    modules = {
        "a.rego": "f(x, y) := 1\n\ng({a, b}, [c, d]) := 1\n\nh(x) := 1\n",
        "b.rego": "default f(_, _) := 1\n\ng(x) := 1 # h(1, 2)\n\nh(",
        "c.rego": "h(x) := 1\n\nf(x,\n y, z) := 2\n",
    }

    assert list(arities(modules)) == [("b.rego", 3, "g", "a.rego"), ("c.rego", 3, "f", "a.rego")]
