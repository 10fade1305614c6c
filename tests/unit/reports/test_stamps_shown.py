from __future__ import annotations

import dataclasses
import json

from tests.report_values import REF, finding, review, run

from weighbridge.model.verdicts import StampUsed
from weighbridge.reports import json as json_report
from weighbridge.reports import terminal

STAMP = StampUsed(
    REF, "release\x1b", "prod", "sha256:" + "ab" * 32, 1_796_083_200 * 10**9, 0, ("card.present", "license.allowed")
)


def stamped():
    judged = review(finding("warn"))
    decision = judged.decision
    changed = dataclasses.replace(decision, verdict=dataclasses.replace(decision.verdict, stamps=(STAMP,)))
    return run(dataclasses.replace(judged, decision=changed))


def test_people_are_told_who_has_looked_before_when_and_where_it_is_signed():
    text = terminal.render(stamped())

    assert "stamp 2 rules answered by release" in text
    assert "on 2026-12-01 00:00 UTC, bundle abababababab (policy prod)" in text
    assert "\x1b" not in text


def test_programs_are_told_the_same():
    (stamp,) = json.loads(json_report.render(stamped()))["decisions"][0]["stamps"]

    assert (stamp["signer"], stamp["rules"]) == ("release\x1b", ["card.present", "license.allowed"])
