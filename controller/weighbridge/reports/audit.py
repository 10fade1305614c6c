"""Text for people who decide whether to enforce: what would be blocked, where, why, and what to mend first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from weighbridge.model.text import plural, short_ref
from weighbridge.model.verdicts import Decision, ExceptionUsed, Finding
from weighbridge.reports.changes import Change, Changes
from weighbridge.reports.columns import WIDTH, clipped, padded, wrapped
from weighbridge.reports.owners import owner
from weighbridge.reports.phrases import day, would_block
from weighbridge.reports.run import Run
from weighbridge.reports.top_fixes import top_fixes

MOST_ROWS = 10
"""Rows of a table; the JSON report has all."""
MOST_FIXES = 5
_BOLD, _RED, _YELLOW, _GREEN = "1", "31;1", "33", "32"


def render(run: Run, width: int = WIDTH) -> str:
    """Return the whole report in lines of at most `width` columns, with a final newline."""
    sections = (
        _headline(run, width),
        _tables(run, width),
        _fixes(run, width),
        _exceptions(run, width),
        _not_decided(run, width),
        _changes(run, run.changes, width) if run.changes else (),
        wrapped(_made(run), width, ""),
    )
    blocks = ["\n".join(lines) for lines in map(list, sections) if lines]
    return "\n\n".join(blocks) + "\n"


def blocked(decision: Decision) -> bool:
    """Whether something that can be mended stands in the way of a workload under stage enforce."""
    return any(would_block(one) and one.because_unknown is None for one in decision.verdict.findings)


def _headline(run: Run, width: int) -> Iterator[str]:
    decisions = [decision for _, decision in run.decisions]
    total, refused = len(decisions), sum(map(blocked, decisions))
    undecided = sum(not blocked(one) and one.verdict.undecided for one in decisions)
    excepted = sum(one.verdict.would_allow and any(_excepted(one)) for one in decisions)
    yield _title(run, "If enforced today", width)
    if not total:
        yield from wrapped(f"No workload names a model, among {plural(run.summary.objects, 'object')}.", width, "  ")
        return
    percent = f" ({_percent(refused, total)} %)" if refused else ""
    yield _paint(
        run, _RED if refused else _GREEN, f"  {refused} of {plural(total, 'workload')} would be blocked{percent}"
    )
    if undecided:
        yield _paint(run, _YELLOW, f"  {undecided} could not be decided in full")
    yield f"  {total - refused - undecided} would be admitted" + (
        f", {excepted} of them by an exception" if excepted else ""
    )
    if run.summary.denied:
        yield f"  {run.summary.denied} refused in the stage of today already"


def _tables(run: Run, width: int) -> Iterator[str]:
    everywhere, refused = _by_place(run)
    names = ["namespace", "owner (as labels and annotations say)"]
    names[:0] = ["cluster"] if len(run.clusters) > 1 else []
    by: dict[str, Counter[str]] = {"rule": Counter(), "model": Counter()}
    for _, decision in run.decisions:
        standing = [one for one in decision.verdict.findings if would_block(one) and one.because_unknown is None]
        by["rule"].update({one.rule for one in standing})
        by["model"].update({short_ref(one.model) for one in standing if one.model})
    tables = [_table(run, f"Blocked by {name}", refused[name], everywhere[name], width) for name in names]
    tables += [_table(run, f"Workloads blocked by {name}", counts, None, width) for name, counts in by.items()]
    blocks = ["\n".join(lines) for lines in map(list, tables) if lines]
    if blocks:
        yield "\n\n".join(blocks)


def _by_place(run: Run) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """Count all workloads, and those that would be blocked, by each table's name."""
    keys = ("cluster", "namespace", "owner (as labels and annotations say)")
    everywhere: dict[str, Counter[str]] = {key: Counter() for key in keys}
    refused: dict[str, Counter[str]] = {key: Counter() for key in keys}
    several = len(run.clusters) > 1
    for review, decision in run.decisions:
        cluster, namespace = review.request.cluster, decision.namespace or "(cluster-scoped)"
        place = f"{cluster}/{namespace}" if several else namespace
        for key, value in zip(keys, (cluster, place, owner(review.request.object) or "(nobody named)"), strict=True):
            everywhere[key][value] += 1
            refused[key][value] += blocked(decision)
    return everywhere, refused


def _table(run: Run, title: str, counts: Counter[str], totals: Counter[str] | None, width: int) -> Iterator[str]:
    rows = sorted(((count, name) for name, count in counts.items() if count), key=lambda row: (-row[0], row[1]))
    if not rows:
        return
    yield _title(run, title, width)
    for count, name in rows[:MOST_ROWS]:
        number = f"{count} of {totals[name]}" if totals is not None else str(count)
        yield f"  {padded(name, width - 18)}  {number:>14}"
    yield from _more(len(rows) - MOST_ROWS)


def _fixes(run: Run, width: int) -> Iterator[str]:
    top = top_fixes(run)
    if not top.fixes:
        return
    first = top.fixes[:MOST_FIXES]
    freed = _percent(top.unblocked(len(first)), top.blocked)
    these = "this fix unblocks" if len(first) == 1 else f"these {len(first)} fixes unblock"
    yield _title(run, f"What to mend first: {these} {freed} % of what would be blocked", width)
    for number, fix in enumerate(first, 1):
        about = f" on {short_ref(fix.model)}" if fix.model else ""
        count = f"stands in the way of {fix.workloads}"
        yield f"{number:>3}  {padded(f'{fix.rule}{about}', width - 7 - len(count))}  {count}"
        yield from wrapped(fix.fix, width, "       ")
    yield from _more(len(top.fixes) - len(first))


def _excepted(decision: Decision) -> Iterator[Finding]:
    return (one for one in decision.verdict.findings if one.effect == "excepted")


def _exceptions(run: Run, width: int) -> Iterator[str]:
    used: Counter[tuple[str, ExceptionUsed]] = Counter()
    for review, decision in run.decisions:
        used.update({(review.request.cluster, one.exception) for one in _excepted(decision) if one.exception})
    if not used:
        return
    yield _title(run, "Exceptions in use, the first to expire first", width)
    ordered = sorted(used.items(), key=lambda pair: (pair[0][1].expires, pair[0][1].name, pair[0][0]))
    for (cluster, one), count in ordered[:MOST_ROWS]:
        name = "/".join(part for part in (cluster, one.namespace, one.name) if part)
        lasts = f"expires {day(one.expires)}  {plural(count, 'workload')}"
        room = width - 6 - len(lasts)
        yield f"  {padded(name, room - room // 3)}  {padded(f'of {one.owner}', room // 3)}  {lasts}"
    yield from _more(len(ordered) - MOST_ROWS)


def _not_decided(run: Run, width: int) -> Iterator[str]:
    sources: Counter[str] = Counter()
    for _, decision in run.decisions:
        unknown = [one.because_unknown for one in decision.verdict.findings if one.because_unknown]
        sources.update({f"{one.host or 'nobody to ask'}: {one.because.replace('_', ' ')}" for one in unknown})
    if not sources and not run.problems:
        return
    yield _title(run, "Could not be decided; neither good nor bad", width)
    for name, count in sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ROWS]:
        yield f"  {padded(name, width - 18)}  {plural(count, 'workload'):>14}"
    yield from _more(len(sources) - MOST_ROWS)
    for problem in run.problems[:MOST_ROWS]:
        yield from wrapped(f"not read: {problem}", width, "  ")
    yield from _more(len(run.problems) - MOST_ROWS)


def _changes(run: Run, changed: Changes, width: int) -> Iterator[str]:
    counts = f"{len(changed.new)} new, {len(changed.fixed)} fixed or gone, {changed.unchanged} unchanged"
    left = f", {len(changed.not_decided)} not decided now" if changed.not_decided else ""
    yield _title(run, f"Findings since the baseline: {counts}{left}", width)
    yield from _listed(run, _RED, "new", changed.new, width)
    yield from _listed(run, _GREEN, "fixed", changed.fixed, width)
    yield from _listed(run, _YELLOW, "open", changed.not_decided, width)


def _listed(run: Run, code: str, word: str, ones: Iterable[Change], width: int) -> Iterator[str]:
    ordered = sorted(ones, key=lambda one: (one.rule, one.workload, one.model or ""))
    for one in ordered[:MOST_ROWS]:
        subject = "/".join(part for part in (one.cluster, one.namespace, one.kind.lower(), one.name) if part)
        yield f"  {_paint(run, code, f'{word:<5}')}  {padded(one.rule, 28)}  {clipped(subject, width - 39)}"
    yield from _more(len(ordered) - MOST_ROWS)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"  and {count} more: --output json has all"


def _made(run: Run) -> str:
    revision = ", ".join(one.removeprefix("sha256:")[:12] for one in run.revision.split(", "))
    objects = f"{plural(run.summary.of_interest, 'workload')} of interest among {plural(run.summary.objects, 'object')}"
    return f"{objects} · bundle {revision} · {run.engine} · {run.seconds:.1f} s"


def _percent(part: int, whole: int) -> int:
    """Round down, so that 100 % is all."""
    return 100 * part // whole


def _title(run: Run, text: str, width: int) -> str:
    return "\n".join(_paint(run, _BOLD, line) for line in wrapped(text, width, ""))


def _paint(run: Run, code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if run.color else text
