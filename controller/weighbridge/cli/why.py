"""`weighbridge why`: the findings of one workload in full."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from weighbridge.cli.audience import columns
from weighbridge.cli.reviewing import add_reviewing, color, reviewed
from weighbridge.cli.saved_reports import read_report
from weighbridge.cli.showing import show
from weighbridge.errors import OperatorError, UserError
from weighbridge.model.requests import Request
from weighbridge.reports import Run, why
from weighbridge.review import Review


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "why",
        help="say in full why one workload is refused or warned about",
        description=(
            "Shows every finding of one workload under who can act on it, with what it rests on, how to mend it, and how long exceptions"
            " and grace last. Looks at manifests, or at a report saved with --output json."
        ),
        epilog="exit codes: 0, 2 usage or no such workload, 3 the policies could not be asked",
    )
    parser.add_argument("workload", nargs="?", metavar="[NAMESPACE/]KIND/NAME", help="which workload")
    add_reviewing(parser, "*")
    parser.add_argument("--decision", metavar="ID", help="which decision, in place of a workload; needs --from")
    parser.add_argument("--from", dest="saved", metavar="REPORT", help="saved report to look in, in place of manifests")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find, print, and return 0."""
    if (arguments.workload is None) == (arguments.decision is None):
        raise UserError(
            "why: got no workload or two. Fix: name KIND/NAME with its manifests, or --decision ID --from REPORT"
        )
    if bool(arguments.paths) == bool(arguments.saved):
        raise UserError("why: names nowhere to look, or two places. Fix: name manifests, or --from REPORT")
    if arguments.decision is not None and not arguments.saved:
        raise UserError("--decision: looks in a saved report. Fix: add --from REPORT")
    wanted = Wanted.parse(arguments.workload) if arguments.workload else None
    if arguments.saved:
        show(_from_saved(arguments, wanted))
    elif wanted:
        show(_from_manifests(arguments, wanted))
    return 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A workload as a person writes it: the kind in any case, the namespace or none."""

    namespace: str | None
    kind: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """Read `KIND/NAME` or `NAMESPACE/KIND/NAME`. Raises `UserError`."""
        parts = text.split("/")
        if len(parts) not in (2, 3) or not all(parts):
            raise UserError(f"why: got {text!r}, expected KIND/NAME or NAMESPACE/KIND/NAME")
        return cls(parts[0] if len(parts) == 3 else None, parts[-2].lower(), parts[-1])

    def means(self, namespace: str, kind: str, name: str) -> bool:
        """Whether it is this one."""
        return (self.namespace in (None, namespace), kind.lower(), name) == (True, self.kind, self.name)

    def asked(self, request: Request) -> bool:
        """Whether a request is about it."""
        metadata = request.object.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        name = metadata.get("name") or metadata.get("generateName") or ""
        return self.means(request.namespace.name, str(request.object.get("kind")), str(name))


def _from_manifests(arguments: argparse.Namespace, wanted: Wanted) -> str:
    done = reviewed(arguments, wanted.asked)
    if not done.run.reviews and any(": not decided: " in problem for problem in done.run.problems):
        raise OperatorError(done.run.problems[-1])
    if not done.run.reviews:
        raise UserError(
            f"why: no {arguments.workload!a} in {', '.join(map(ascii, arguments.paths))}. Fix: weighbridge models lists what is there"
        )
    if not done.run.decisions:
        raise UserError(f"why: {arguments.workload!a} names no model, so nothing was decided about it")
    return why.render(done.run, lambda review: done.ask_url(review.request.namespace), columns())


def _from_saved(arguments: argparse.Namespace, wanted: Wanted | None) -> str:
    saved = read_report(arguments.saved, {})

    def matches(review: Review) -> bool:
        decision = review.decision
        if decision is None:
            return False
        if wanted is None:
            return decision.id == str(arguments.decision)
        return wanted.means(decision.namespace, decision.kind, decision.name)

    return _rendered(saved, matches, arguments)


def _rendered(saved: Run, matches: Callable[[Review], bool], arguments: argparse.Namespace) -> str:
    kept = tuple(review for review in saved.reviews if matches(review))
    if not kept:
        sought = arguments.workload or f"decision {arguments.decision}"
        raise UserError(f"why: no {sought!a} in {arguments.saved!a}")
    return why.render(color(replace(saved, reviews=kept, problems=())), width=columns())
