"""`weighbridge attest`: unsigned statements about a model, ready to be signed with cosign or sigstore."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from weighbridge import __version__
from weighbridge.building import sources_of
from weighbridge.cards import CARD, read_card
from weighbridge.cards.measurements import measurements
from weighbridge.cli.options import add_judging, add_profile, labels_of, settings_of
from weighbridge.engine import bundles
from weighbridge.errors import OperatorError, UserError
from weighbridge.facts import WorkloadFacts, facts
from weighbridge.model.evidence import Evidence
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import NOBODY, Namespace
from weighbridge.model.verdicts import Verdict
from weighbridge.provenance.writing import facts_statement, summary_statement
from weighbridge.reports.json import encoded
from weighbridge.settings import Settings
from weighbridge.sources.interface import source_of
from weighbridge.wiring import assembled, gathering

CARD_BYTES = 1024 * 1024
UNDECIDED = "evidence.available"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "attest",
        help="write an unsigned statement about a model",
        description="Writes an in-toto statement about a model, to be signed by whoever stands for it: what card, license, lineage "
        "and evaluation are, or with --stamp which rules it passed.",
        epilog="exit codes: 0 written, 1 --stamp and the model does not pass, 2 usage, 3 something could not be learnt",
    )
    parser.add_argument("model", metavar="MODEL", help="org/name@COMMIT, or a reference such as hf://org/name")
    parser.add_argument(
        "--stamp", metavar="VERIFIER", help="write a verification summary by this verifier (a URI) instead of the facts"
    )
    parser.add_argument(
        "--namespace", default="default", metavar="NS", help="judge as in this namespace (default: default)"
    )
    parser.add_argument("--namespace-labels", default="", metavar="K=V,…", help="with these labels")
    add_judging(parser)
    add_profile(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Gather, write, and return the exit code."""
    text = arguments.model if "://" in arguments.model else f"hf://{arguments.model}"
    ref, settings = ModelRef.parse(text), settings_of(arguments)
    namespace = Namespace(arguments.namespace, labels_of(arguments.namespace_labels))
    if arguments.stamp is None:
        statement, code = asyncio.run(_facts(ref, settings)), 0
    else:
        statement, code = asyncio.run(_stamp(ref, settings, namespace, arguments.stamp))
    sys.stdout.write(encoded(statement))
    return code


async def _facts(ref: ModelRef, settings: Settings) -> Mapping[str, object]:
    async with gathering(settings) as gatherer:
        (evidence,) = await gatherer.gather([ref], settings.gather_seconds)
    _known(evidence)
    return facts_statement(evidence, await _evaluations(evidence, settings))


def _known(evidence: Evidence) -> None:
    """Raise where what a statement is made of could not be learnt: half a statement would be signed as a whole one."""
    for outcome in (evidence.resolved, evidence.card, evidence.license, evidence.lineage, evidence.files):
        match outcome:
            case Unknown(detail=detail, because=because):
                raise OperatorError(f"{evidence.ref}: {detail or because}")
            case _:
                pass
    match evidence.resolved:
        case Missing(looked_at=looked_at):
            raise UserError(f"{evidence.ref}: no {looked_at}")
        case _:
            pass


async def _evaluations(evidence: Evidence, settings: Settings) -> Sequence[Mapping[str, object]]:
    """Return the measurements in the metadata of the card."""
    match evidence.resolved:
        case Found(value=now):
            at = now.commit or now.digest or ""
        case _:
            return ()
    async with sources_of(settings) as sources:
        source = source_of(sources, evidence.ref.scheme, evidence.ref.repository)
        if isinstance(source, Unknown):
            return ()
        content = await source.read(evidence.ref.repository, at, CARD, CARD_BYTES)
    match content:
        case Found(value=bytes() as text):
            read = read_card(text)
        case _:
            return ()
    found = () if isinstance(read, Unreadable) else measurements(read.front_matter)
    return [
        {"metric": one.metric, "value": one.value, **({"dataset": one.dataset} if one.dataset else {})} for one in found
    ]


async def _stamp(
    ref: ModelRef, settings: Settings, namespace: Namespace, verifier: str
) -> tuple[Mapping[str, object], int]:
    """Judge the model alone, and write down which rules it passed."""
    now = datetime.now(UTC)
    never = _never(settings)
    async with assembled(settings) as assembly:
        await assembly.ready()
        reviewer = assembly.reviewer
        evidence = await reviewer.gatherer.gather((ref,), settings.gather_seconds, NOBODY)
        site = reviewer.site.facts_for(namespace, evidence)
        document = facts(namespace.name, WorkloadFacts("v1", "Pod", None), (), evidence, (), site, now)
        verdict = await reviewer.judge.judge(document, {})
        rules = sorted(one for one in assembly.rules if not any(fnmatchcase(one, pattern) for pattern in never))
    _known(evidence[0])
    passed, levels = _passed(verdict, rules)
    if not levels:
        raise OperatorError(f"{ref}: no rule could be decided that a stamp may answer")
    statement = summary_statement(
        evidence[0],
        passed=passed,
        levels=levels,
        verifier={"id": verifier, "version": {"weighbridge": __version__}},
        policy={
            "uri": "https://weighbridge.dev/policies",
            "digest": {"sha256": verdict.revision.removeprefix("sha256:")},
        },
        at=now,
    )
    return statement, 0 if passed else 1


def _never(settings: Settings) -> Sequence[str]:
    """Return the rules that no stamp answers."""
    table = bundles.load(settings.policies or bundles.default_folder()).documents.get("stamps")
    never = table.get("never") if isinstance(table, Mapping) else None
    if not isinstance(never, list):
        raise UserError("data/stamps.yaml: has no list `never`. Fix: copy it from the shipped policies")
    return [str(one) for one in never]


def _passed(verdict: Verdict, rules: Sequence[str]) -> tuple[bool, Sequence[str]]:
    """Return whether nothing that a stamp may answer is refused, and the rules that hold."""
    complained = {one.rule for one in verdict.findings}
    undecided = {rule for one in verdict.findings if one.because_unknown for rule in one.because_unknown.rules}
    refused = {one.rule for one in verdict.findings if one.action == "deny" and one.effect != "excepted"}
    return not refused & {*rules, UNDECIDED, "lineage.no_advisory"}, [
        one for one in rules if one not in complained and one not in undecided
    ]
