from __future__ import annotations

import dataclasses
import json

from tests.report_values import rule

from weighbridge.reports.rule_list import FORMATS, listed
from weighbridge.reports.rule_page import PROFILES

ROW = {"baseline": "audit", "standard": "warn", "restricted": "deny"}
WEAK = {**ROW, "weak": {"baseline": "warn", "standard": "warn", "restricted": "deny"}}
RULES = {"license.allowed": rule(), "acme/card.short": dataclasses.replace(rule(), id="acme/card.short", title="a | b")}


def test_a_weaker_sign_is_shown_for_each_profile_where_they_differ():
    (line, *_) = FORMATS["terminal"](listed(RULES, {"license.allowed": WEAK}), PROFILES).split("\n")[1:]

    assert line.split()[:10] == ["license.allowed", "high", "audit", "warn", "deny", "warn", "/", "warn", "/", "deny"]


def test_a_rule_of_a_site_rests_on_its_default_action():
    rules = {"acme/card.short": dataclasses.replace(RULES["acme/card.short"], default_action="warn")}
    report = json.loads(FORMATS["json"](listed(rules, {}), ("standard",)))

    assert report["rules"][0]["actions"] == {"standard": "warn"}
    assert report["rules"][0]["weak_at_most"] == {"standard": "warn"}


def test_a_bar_in_a_title_ends_no_cell_of_a_table():
    table = FORMATS["markdown"](listed(RULES, {"license.allowed": ROW}), PROFILES).split("\n")

    assert table[0] == "| rule | title | severity | baseline | standard | restricted | weak at most |"
    assert table[3] == "| acme/card.short | a \\| b | high | off | off | off | warn |"


def test_profiles_that_are_no_table_leave_the_default():
    report = json.loads(FORMATS["json"](listed(RULES, None), ("baseline",)))

    assert [one["actions"] for one in report["rules"]] == [{"baseline": "off"}] * 2
