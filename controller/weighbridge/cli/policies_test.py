"""`weighbridge policies test`: the Rego tests and the YAML cases of a policy folder."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from weighbridge.cli.options import add_engine
from weighbridge.cli.showing import show
from weighbridge.engine import authoring, bundles
from weighbridge.engine.bundles import Bundle
from weighbridge.engine.cases import Case, cases_of, defaults_of, differences
from weighbridge.engine.folder import text_of
from weighbridge.engine.process import find_opa
from weighbridge.errors import EngineError, UserError
from weighbridge.model.text import plural, printable
from weighbridge.settings import Settings
from weighbridge.wiring import answers

DEFAULTS = "_defaults.yaml"
FILES = 2_000


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "test",
        help="run the tests and cases of a policy folder",
        description="Runs the Rego tests of a policy folder and its YAML cases (cases/**/*.yaml), and shows what differs.",
        epilog="exit codes: 0 all as told, 1 something differs, 2 the folder or a case cannot be read, 3 no engine could be asked",
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="policy folder (default: the shipped one)")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of the cases (default: DIR/cases)")
    parser.add_argument("--rule", metavar="RULE", help="run the tests and cases of this rule alone")
    add_engine(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run everything, print, and return the exit code."""
    folder = arguments.folder or bundles.default_folder()
    bundle = bundles.load(folder)
    if arguments.rule and arguments.rule not in bundle.rules:
        raise UserError(
            f"--rule {printable(arguments.rule, 80)}: no such rule. Fix: `weighbridge policies list` shows all"
        )
    cases = [
        case for case in _cases(arguments.cases or folder / "cases", folder) if arguments.rule in (None, case.rule)
    ]
    passed, lines = _rego(folder, bundle, arguments.rule, arguments.engine)
    answered = asyncio.run(answers(Settings(policies=folder, engine=arguments.engine), [one.document for one in cases]))
    failed = 0
    for case, answer in zip(cases, answered, strict=True):
        differing = differences(case, answer)
        failed += bool(differing)
        lines += [case.name, *(f"  {one}" for one in differing)] if differing else []
    lines.append(f"{plural(len(cases), 'case')}, {failed} not as told")
    show("".join(f"{printable(line, 1_000)}\n" for line in lines))
    return 0 if passed and not failed else 1


def _rego(folder: Path, bundle: Bundle, rule: str | None, engine: str) -> tuple[bool, list[str]]:
    """Run the Rego tests; return whether all passed, and what to say. Only a real opa runs them."""
    opa = None if engine == "embedded" else find_opa()
    if opa is None:
        if engine == "embedded":
            return True, ["Rego tests: not run, the embedded engine has no tests"]
        raise EngineError("no opa found, which Rego tests need. Fix: install OPA, or --engine embedded for cases alone")
    with tempfile.TemporaryDirectory(prefix="weighbridge-") as laid:
        authoring.laid_out(folder, bundle, Path(laid))
        only = f"^{_package(rule).replace('.', '[.]')}_test[.]" if rule else None
        said = authoring.tests(opa, Path(laid), only)
    return said.code == 0, [*(f"Rego tests: {line}" if line.startswith("PASS:") else line for line in said.lines)]


def _package(rule: str) -> str:
    """Return the package of a rule, as names of tests begin."""
    site, slash, name = rule.rpartition("/")
    return f"data.site.{site}.rules.{name}" if slash else f"data.weighbridge.rules.{name}"


def _cases(at: Path, folder: Path) -> list[Case]:
    """Read the cases below `at`, in order; what they leave out stands in the policy folder, else in the shipped one."""
    paths = sorted(path for path in at.rglob("*.yaml") if not path.name.startswith("_"))
    if len(paths) > FILES:
        raise UserError(f"{at}: more than {FILES} files of cases. Fix: name a smaller folder")
    own = folder / "cases" / DEFAULTS
    base = own if own.is_file() else bundles.default_folder() / "cases" / DEFAULTS
    defaults = defaults_of(text_of(base, str(base)), str(base))
    return [case for path in paths for case in cases_of(text_of(path, str(path)), str(path), defaults)]
