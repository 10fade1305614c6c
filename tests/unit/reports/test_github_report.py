from __future__ import annotations

import re

import pytest
from tests.report_values import EXCEPTION, HOSTILE, finding, hostile, review, run

from weighbridge.model.evidence import Place
from weighbridge.model.text import printable
from weighbridge.model.verdicts import Quote
from weighbridge.reports import FORMATS

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*,?)+)::(.*)")


def commands(one):
    """Read lines as the runner does: a line that begins with :: is a command, properties end at the next ::."""
    found = []
    for line in FORMATS["github"](one).splitlines():
        if line.lstrip().startswith("::"):
            name, properties, message = COMMAND.fullmatch(line).groups()
            pairs = dict(pair.split("=", 1) for pair in properties.split(","))
            found.append((name, {key: unescaped(value) for key, value in pairs.items()}, unescaped(message)))
    return found


def unescaped(text):
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def test_an_annotation_stands_at_the_line_of_the_manifest():
    quoted = finding("deny", evidence=(Quote("license.declared", Place("README.md", 3)),))
    (command,) = commands(run(review(quoted, file="a,b:c.yaml")))

    assert command == (
        "error",
        {"file": "a,b:c.yaml", "line": "3", "title": "license.allowed"},
        "pricing/deployment/tariff hf://acme-ml/tariff-8b@3f9c2e1: says x\nREADME.md:3\nyou: ask; owner: declare it",
    )


def test_errors_come_first_and_notes_only_when_asked_for():
    first = review(finding("audit"), finding("warn"), finding("excepted", exception=EXCEPTION))
    second = review(finding("deny", model=None), finding("grace", action="deny"))
    quiet, loud = run(first, second), run(first, second, verbose=True)

    assert [name for name, _, _ in commands(quiet)] == ["error", "warning", "warning", "notice"]
    assert [name for name, _, _ in commands(loud)] == ["error", "warning", "warning", "notice", "notice"]
    assert "exception until-relicensed of team-pricing" in commands(quiet)[3][2]
    assert FORMATS["github"](quiet).splitlines()[-1] == (
        "2 objects of interest among 2: 1 denied, 1 admitted, 1 audit note (--verbose)"
    )


def test_what_comes_from_standard_input_has_no_file():
    (command,) = commands(run(review(finding("deny"), file="-")))

    assert command[1] == {"title": "license.allowed"}


def test_what_could_not_be_read_is_an_error():
    assert commands(run(problems=("b.yaml:1: 50% YAML",))) == [("error", {"title": "not read"}, "b.yaml:1: 50% YAML")]


def test_an_empty_run_has_no_commands():
    assert FORMATS["github"](run()) == "0 objects of interest among 0: 0 denied, 0 admitted\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_forges_no_command(text):
    found = commands(hostile(text))
    lines = FORMATS["github"](hostile(text)).splitlines()

    assert [name for name, _, _ in found] == ["error", "error", "error", "warning", "notice", "notice"]
    assert len(lines) == 7
    assert not lines[-1].startswith(("::", "##["))
    assert found[0][1]["title"] == "license.allowed"
    assert found[0][1]["file"] == printable(text, 4000)
    assert found[2][2] == printable(text, 4000)


def test_only_who_can_act_is_told_what_to_do():
    (command,) = commands(run(review(finding("deny", who_can_act="you"))))

    assert command[2].endswith("says x\nyou: ask")
