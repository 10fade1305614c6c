"""
One HTML file for people who decide: what would be refused, what to mend first, and why, model by model.

The file needs nothing else: no network, no fonts, no libraries. Its policy allows one script and one style sheet by their digests and nothing
besides, and the script writes text as text only, because names, messages and quotes may be an attacker's.
No input or output but the page's own parts, which are read when the module is loaded.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from string import Template

import msgspec

from weighbridge.model.text import plural, printable, short_ref
from weighbridge.reports.outcomes import ORDER, TITLES, outcome
from weighbridge.reports.page_content import content
from weighbridge.reports.run import Run
from weighbridge.reports.top_fixes import top_fixes

MOST_FIXES = 10
_SEVERITIES = ("critical", "high", "medium", "low", "info")
_PARTS = files("weighbridge.reports") / "page"
_PAGE = Template((_PARTS / "page.html").read_text("utf-8"))
_STYLE = (_PARTS / "page.css").read_text("utf-8")
_SCRIPT = "".join((_PARTS / name).read_text("utf-8") for name in ("lineage.js", "views.js", "page.js"))


def render(run: Run) -> str:
    """Return one self-contained page; what it says at the top is there without scripts too."""
    summary = run.summary
    return _PAGE.substitute(
        policy=f"default-src 'none'; script-src {_digest(_SCRIPT)}; style-src {_digest(_STYLE)}; base-uri 'none'; form-action 'none'",
        style=_STYLE,
        script=_SCRIPT,
        title=escape(f"weighbridge: {summary.denied} of {plural(summary.of_interest, 'workload')} refused"),
        headline=escape(_headline(run)),
        tiles="".join(_tiles(run)),
        namespaces="".join(_namespaces(run)),
        fixes="".join(_fixes(run)),
        problems="".join(_problems(run)),
        made=escape(f"bundle {run.revision.removeprefix('sha256:')[:12]} · {run.engine} · {run.seconds:.1f} s"),
        content=_embedded(content(run)),
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(value: object) -> str:
    """Return JSON that no HTML parser sees an end or a comment in."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c").replace("&", "\\u0026")


def _headline(run: Run) -> str:
    summary = run.summary
    blocked = summary.denied + summary.would_deny
    if not summary.of_interest:
        return "No workload names a model or asks for an accelerator."
    return f"If all of it were enforced today, {blocked} of {plural(summary.of_interest, 'workload')} would be refused."


def _tiles(run: Run) -> Iterator[str]:
    counts = Counter(outcome(decision.verdict) for _, decision in run.decisions)
    for name in ORDER:
        yield (
            f'<li class="tile {name}"><a href="#/workloads?outcome={name}"><b>{counts[name]}</b>'
            f"<span>{escape(TITLES[name])}</span></a></li>"
        )


def _namespaces(run: Run) -> Iterator[str]:
    """Yield a row for each namespace, worst first: how many workloads have a finding that blocks, by severity."""
    rows: dict[str, Counter[str]] = {}
    for _, decision in run.decisions:
        row = rows.setdefault(decision.namespace, Counter())
        row["workloads"] += 1
        row[outcome(decision.verdict)] += 1
        row.update({one.severity for one in decision.verdict.findings if one.effect != "excepted"})
    for name, row in sorted(rows.items(), key=lambda item: (-item[1]["denied"], -item[1]["held"], item[0])):
        shown = escape(printable(name, 253)) or "cluster"
        cells = (row["workloads"], row["denied"], row["held"], row["undecided"], *(row[one] for one in _SEVERITIES))
        numbers = "".join(f'<td class="number{"" if one else " zero"}">{one}</td>' for one in cells)
        yield f'<tr data-namespace="{shown}"><th scope="row">{shown}</th>{numbers}</tr>'


def _fixes(run: Run) -> Iterator[str]:
    ranked = top_fixes(run)
    for one in ranked.fixes[:MOST_FIXES]:
        yield (
            f"<li><b>{plural(one.workloads, 'workload')}</b> <code>{escape(one.rule)}</code> "
            f"<span>{escape(printable(short_ref(one.model), 200))}</span><p>{escape(one.fix)}</p></li>"
        )
    if ranked.fixes:
        count = min(len(ranked.fixes), MOST_FIXES)
        yield f'<li class="sum">{_sum(count, ranked.unblocked(count), ranked.blocked)}</li>'


def _sum(fixes: int, unblocked: int, blocked: int) -> str:
    return f"{'This fix' if fixes == 1 else f'These {fixes} fixes'} would unblock {unblocked * 100 // blocked} % of {plural(blocked, 'workload')}."


def _problems(run: Run) -> Iterator[str]:
    unknown: Counter[str] = Counter(
        finding.message for _, _, finding in run.findings if finding.because_unknown is not None
    )
    for message, count in unknown.most_common(50):
        yield f"<li>{plural(count, 'workload')}: {escape(printable(message, 600))}</li>"
    yield from (f"<li>not read: {escape(printable(problem, 600))}</li>" for problem in run.problems[:200])
    if len(run.problems) > 200:
        yield f"<li>{len(run.problems) - 200} more that were not read</li>"
