from __future__ import annotations

import json

from weighbridge.model.demands import Demand, Demands, SetBy
from weighbridge.reports.demands import FORMATS

HOUSE = SetBy("ModelPolicy house", "rules", floor=True)
TEAM = SetBy("ModelPolicy team", "profile restricted", floor=False)
DEMANDS = Demands(
    "warn",
    (
        Demand("card.present", "deny", "warn", "warn", "warn", "2026-12-02", (HOUSE, TEAM)),
        Demand("license.allowed", "off", "warn", "off", "off", "", (TEAM,)),
    ),
    ("policy.input",),
)


def test_everybody_who_set_a_demand_is_named_with_the_day_it_refuses():
    lines = FORMATS["terminal"]("shop", DEMANDS).split("\n")

    assert lines[0] == "namespace shop: 2 rules, strictest stage warn"
    assert "warn (refused from 2026-12-02)" in lines[3]
    assert lines[3].endswith("ModelPolicy house (floor, rules), ModelPolicy team (profile restricted)")
    assert lines[4].split()[:5] == ["license.allowed", "off", "warn", "off", "off"]
    assert "not composed: policy.input" in lines[6]


def test_json_holds_all_of_it():
    report = json.loads(FORMATS["json"]("shop", DEMANDS))

    assert (report["version"], report["namespace"], report["stage"], report["derived"]) == (
        1,
        "shop",
        "warn",
        ["policy.input"],
    )
    assert report["rules"][0]["set_by"][0] == {"object": "ModelPolicy house", "by": "rules", "floor": True}


def test_a_name_that_moves_the_cursor_is_written_out():
    hostile = Demands(
        "warn", (Demand("a.b", "warn", "warn", "warn", "warn", "", (SetBy("\x1b[2J", "rules", floor=False),)),), ()
    )

    assert "\x1b" not in FORMATS["terminal"]("shop", hostile)
