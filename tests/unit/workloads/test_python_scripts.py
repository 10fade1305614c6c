from __future__ import annotations

import pytest

from weighbridge.workloads.environment import Environment
from weighbridge.workloads.python_scripts import CALLS, read_python
from weighbridge.workloads.python_words import ARGUMENTS, TOKENS, WINDOW, tokens_of

KNOWN = Environment(known={"M": "acme/env"}, unknown={"S": "Secret s"})


def named(source: str, environment: Environment = KNOWN) -> list[str]:
    return [
        f"{one.role} {one.text or 'computed'}" + (f"@{one.revision}" if one.revision else "")
        for one in read_python(source, environment, "script").mentions
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("LLM('acme/a')", ["base acme/a"]),
        ("LLM(model='acme/a', revision='r')", ["base acme/a@r"]),
        ("llm.LLM(speculative_model='acme/d', model='acme/a')", ["base acme/a", "draft acme/d"]),
        ("LoRARequest('n', 1, '/l')", ["adapter /l"]),
        ("# LLM('acme/comment')\nprint('LLM(1)')", []),
        ("'''doc LLM('x') '''\nLLM(\"acme\\/a\")", ["base acme/a"]),
        ("LLM(f'acme/{name}')", ["base computed"]),
        ("LLM(f'acme/a')", ["base acme/a"]),
        ("LLM('acme/' + name)", ["base computed"]),
        ("LLM('acme/%s' % name)", ["base computed"]),
        ("def load(model):\n    return LLM(model)", []),
        ("LLM(MODEL)", ["base computed"]),
        ("MODEL = 'a/b'\nMODEL = 'c/d'\nLLM(MODEL)", ["base a/b", "base c/d"]),
        ("if x == 'a/b': LLM(x)", []),
        ("NAMES = ['a/b', 'c/d', f()]\nfor n in NAMES:\n    LLM(n)", ["base a/b", "base c/d"]),
        ("for n in ('a/b', 'c/d'): LLM(n)", ["base a/b", "base c/d"]),
        ("for a, b in [('a/b', 1), x, ('c/d',)]: LLM(a)", ["base a/b", "base c/d"]),
        ("for n in range(3): LLM(n)", []),
        ("for n", []),
        ("LLM(os.environ['M'])", ["base acme/env"]),
        ("LLM(os.environ.get('M', 'x/y'))", ["base acme/env"]),
        ("LLM(os.getenv('N', 'x/y'))", ["base x/y"]),
        ("LLM(os.getenv('S'))", ["base $(S)"]),
        ("LLM(os.getenv('N'))", ["base computed"]),
        ("LLM(str('a/b'))", ["base a/b"]),
        ("kagglehub.model_download('a/b/c/d')", ["base kaggle://a/b/c/d"]),
        ("AutoProcessor.from_pretrained(pretrained_model_name_or_path='a/b')", ["base a/b"]),
        ("AutoTokenizer.from_pretrained('a/b')", ["tokenizer a/b"]),
        ("LLM()", []),
        ("LLM(enforce_eager=True)", []),
        ("LLM(*args)", ["base computed"]),
        ("LLM", []),
        ("LLM('a/b'", []),
        ("M2 = \n", []),
    ],
)
def test_a_call_names_what_it_is_given(source: str, expected: list[str]) -> None:
    assert named(source) == expected


def test_settings_stand_in_calls() -> None:
    flags = read_python("N = 5\nLLM('a/b', trust_remote_code=True, max_model_len=N, dtype=pick())", KNOWN, "s").flags

    assert [(one.name, one.values) for one in flags] == [("trust-remote-code", ("True",)), ("max-model-len", ("5",))]


def test_command_lines_are_handed_on() -> None:
    source = "subprocess.run(['hf', 'download', \"a'b\", f()])\nos.system('ls')\nos.system(f())\nsubprocess.run()\nos.popen(X)"

    assert read_python(source, KNOWN, "s").commands == ["'hf' 'download' 'a'\\''b' $COMPUTED", "ls"]


def test_a_text_is_read_to_its_limits() -> None:
    assert len(tokens_of("a " * (TOKENS + 5))) == TOKENS
    assert named("LLM('a/b')\n" * (CALLS + 1))[-1] == "base computed"
    assert named("LLM(" + "f(" * WINDOW + "'a/b')") == []
    assert len(named("for n in [" + "'a/b'," * (ARGUMENTS + 9) + "]: LLM(n)")) == ARGUMENTS
