"""`weighbridge policies new`: the files of a new rule, which pass all checks before a line is changed."""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from string import Template

from weighbridge.cli.showing import show
from weighbridge.engine import bundles
from weighbridge.errors import UserError
from weighbridge.model.text import printable

_NAME = re.compile(r"(?P<site>[a-z][a-z0-9_]{0,39})/(?P<topic>[a-z][a-z0-9_]{0,39})\.(?P<rule>[a-z][a-z0-9_]{0,59})")
_TEMPLATES = Path(__file__).resolve().parent / "new_rule"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "new",
        help="begin a rule of your own",
        description=(
            "Makes the folder of a new rule with a first rule about the publisher of a model, its test and its cases. "
            "Where DIR is not there yet, it becomes a copy of the built-in policies."
        ),
        epilog="exit codes: 0, 2 usage, or the rule is there already",
    )
    parser.add_argument("rule", metavar="SITE/TOPIC.RULE", help="its id, such as acme/license.in_house")
    parser.add_argument(
        "--dir", type=Path, default=Path("policies"), metavar="DIR", help="policy folder (default: policies)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, print where they are, and return the exit code."""
    match = _NAME.fullmatch(arguments.rule)
    if match is None:
        raise UserError(
            f"{printable(arguments.rule, 80)}: no id for a rule of a site, expected SITE/TOPIC.RULE in lower case. "
            "Fix: choose one such as acme/license.in_house"
        )
    site, topic, rule = match["site"], match["topic"], match["rule"]
    place = f"site/{site}/rules/{topic}/{rule}"
    files = {
        f"{place}/{rule}.rego": "rule.rego.txt",
        f"{place}/{rule}_test.rego": "test.rego.txt",
        f"cases/{site}/{topic}.{rule}.yaml": "cases.yaml",
    }
    try:
        _make(arguments.dir, files, {"id": arguments.rule, "site": site, "topic": topic, "rule": rule})
    except OSError as error:
        raise UserError(f"{arguments.dir}: cannot be written, {(error.strerror or str(error)).lower()}") from None
    lines = [str(arguments.dir / path) for path in files]
    show("\n".join([*lines, f"next: weighbridge policies test {arguments.dir} --rule {arguments.rule}"]) + "\n")
    return 0


def _make(folder: Path, files: dict[str, str], words: dict[str, str]) -> None:
    if not folder.exists():
        shutil.copytree(bundles.default_folder(), folder)
    taken = [path for path in files if (folder / path).exists()]
    if taken:
        raise UserError(f"{folder / taken[0]}: is there already. Fix: choose another id, or remove it")
    for path, template in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        text = Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
        (folder / path).write_text(text, encoding="utf-8")
    bundles.load(folder)
