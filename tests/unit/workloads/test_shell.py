from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.workloads import shell as module
from weighbridge.workloads.environment import Environment
from weighbridge.workloads.shell import commands
from weighbridge.workloads.shell_calls import script_of
from weighbridge.workloads.shell_words import TOKENS


def argvs(script: str, **known: str) -> list[tuple[str, ...]]:
    return [one.argv for one in commands(("sh", "-c", script), Environment(known), None).commands]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b;c&&d||e|f&g\nh", [("a", "b"), ("c",), ("d",), ("e",), ("f",), ("g",), ("h",)]),
        ("a 'b c' \"d e\" f\\ g", [("a", "b c", "d e", "f g")]),
        ("a \"\" '' b", [("a", "", "", "b")]),
        ('a "x\\y\\"z\\\\" "1\\\n2"', [("a", 'x\\y"z\\', "12")]),
        ("a#b # c", [("a#b",)]),
        ("a $X$Y ${X}z", [("a", "12", "1z")]),
        ("a >x 2>&1 <y b >>z", [("a", "b")]),
        ("a 2", [("a", "2")]),
        ("a $", [("a", "$")]),
        ("a \"$\" '$X'", [("a", "$", "$X")]),
        ('a $? $$ $# "$!"', [("a", "$?", "$$", "$#", "$!")]),
        ('a ${X:-"b"} ${N:-"b$X"} ${N-} "${N:-}" ${N:-\'q\'}', [("a", "1", '"b1"', "", "'q'")]),
        ("a ${N:-${X}} ${N:-`b`}", [("a", "1", "`b`")]),
        ("{ a; } ; ( b ); ! c", [("a",), ("b",), ("c",)]),
        ("f() { a; }", [("f",), ("a",)]),
        ("if a; then b; elif c; then d; else e; fi", [("a",), ("b",), ("c",), ("d",), ("e",)]),
        ("case x in y) a;; esac", [("a",)]),
        ("a ${!X} ${#X} ${X:0:1} ${X[0]}", [("a", "${!X}", "${#X}", "${X:0:1}", "${X[0]}")]),
        ("a \\", [("a", "")]),
        ("a \\\n", [("a",)]),
        ("((1 + (2)))", [(":",)]),
        ("((a); b)", [("a",), ("b",)]),
        ("a\x0bb\xa0c", [("a\x0bb\xa0c",)]),
        ("\\\n  a", [("a",)]),
        ("a b\\\nc", [("a", "bc")]),
        ("cat <<A <<'B'\n1\nA\n2\nB\nb", [("cat",), ("b",)]),
        ("cat <<A\nnever ends", [("cat",)]),
        ("export N=3 M; a $N; readonly N=4; a $N", [("a", "3"), ("a", "4")]),
        ("a <(b c) >(d)", [("a", "<(b c)", ">(d)")]),
        ("a $(b \")\" ')' \\) $(c))d", [("a", "$(b \")\" ')' \\) $(c))d")]),
        ("a ${N:+x} ${X:+y} ${X+z}", [("a", "y", "z")]),
        ('a "${N:+x}"', [("a", "")]),
        ("a $12 ${123} $0", [("a", "$12", "${123}", "$0")]),
    ],
)
def test_a_script_starts_these_programs(script: str, expected: list[tuple[str, ...]]) -> None:
    assert argvs(script, X="1", Y="2") == expected


@pytest.mark.parametrize("script", ["a 'b", 'a "b', "a `b", "a $(b", "a ${b", 'a "$(b', "((", "a <(b"])
def test_a_script_that_does_not_parse_says_why(script: str) -> None:
    found = commands(("sh", "-c", script), Environment(), None)

    assert found.problem is not None
    assert "is not closed" in found.problem


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("a " * (TOKENS + 1), "it has more than"),
        ("a;" * (module.COMMANDS + 1), "it starts more than"),
        ("X=" + "x" * 60_000 + ";" + "a $X$X$X$X$X;" * 10, "its words have more than"),
        ("eval eval eval eval eval eval a", "scripts stand in scripts"),
    ],
)
def test_a_script_beyond_the_limits_says_so(script: str, why: str) -> None:
    found = commands(("sh", "-c", script), Environment(), None)

    assert found.problem is not None
    assert found.problem.startswith(why)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("sh", "-c", "x"), ("x", ())),
        (("bash", "-lc", "--", "x", "a", "b"), ("x", ("a", "b"))),
        (("bash", "--login", "-c", "x"), ("x", ())),
        (("bash", "-o", "errexit", "+e", "-c", "x"), ("x", ())),
        (("bash", "--", "x"), None),
        (("bash", "x.sh"), None),
        (("bash", "-c"), None),
        (("bash",), None),
    ],
)
def test_a_shell_runs_its_argument_only_with_c(
    argv: tuple[str, ...], expected: tuple[str, tuple[str, ...]] | None
) -> None:
    assert script_of(argv) == expected


@settings(max_examples=400)
@given(st.text(alphabet="ab $\\'\"`(){}<>;&|#\n=-:EOF!*@1"))
def test_no_script_crashes_the_reader(script: str) -> None:
    found = commands(("sh", "-c", script, "0", "p q"), Environment({"a": " x y "}), "/w")

    assert all(isinstance(part, str) for one in found.commands for part in one.argv)


def test_a_here_document_that_writes_out_too_much_is_unreadable() -> None:
    text = "A=" + "x" * 60_000 + "\ncat <<E\n" + "$A\n" * 10 + "E\n"

    assert "characters" in (commands(("sh", "-c", text), Environment(), "/").problem or "")
