from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence_values import evidence, lineage

from weighbridge.gathering.packing import pack, unpack
from weighbridge.model.evidence import Evidence, Gap, Place
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.weights import Dtype, ParentRatio, Weights

WEIGHTS = Weights(
    "safetensors", "headers", 2, 1, 10, 5, (Dtype("BF16", 5),), None, 5, True, 1.0, 16.0, (ParentRatio("a/b", 1.0),)
)
GAP = Gap("org/base", "timeout", "hub.example", 1_795_590_000)
NO_OUTCOMES = ("ref", "places", "attested_licenses", "observed_at")
OUTCOMES = [name.name for name in fields(Evidence) if name.name not in NO_OUTCOMES]


def round_trip(value: Evidence) -> Evidence:
    packed = pack(value)
    assert packed is not None
    return unpack(packed, value.ref)


def test_evidence_is_unpacked_as_it_was_packed() -> None:
    value = evidence(
        lineage=Found(replace(lineage("org/base", pinned=True), unknown=(GAP,))),
        weights=Found(WEIGHTS),
        places={"card": Place("README.md", 3, "text")},
        observed_at=1_795_590_000,
    )

    assert round_trip(value) == value


@given(
    st.dictionaries(
        st.sampled_from(OUTCOMES),
        st.sampled_from(
            [
                Missing("there"),
                Unknown("rate_limited", "hub.example", 60, "why", 3.0),
                Found(Unreadable("README.md is larger than 1 MiB")),
                Found(Unreadable("")),
            ]
        ),
    )
)
def test_every_outcome_of_every_fact_comes_back(changes: dict[str, object]) -> None:
    value = evidence(**{name: one for name, one in changes.items() if name != "resolved" or not isinstance(one, Found)})

    assert round_trip(value) == value


def test_it_belongs_to_whoever_asks() -> None:
    packed = pack(evidence())
    assert packed is not None
    draft = ModelRef("hf", "org/model", role="draft")

    assert unpack(packed, draft).ref == draft


@pytest.mark.parametrize("place", [Place("\ud800"), Place("README.md", 10**30)])
def test_what_cannot_be_written_is_not_packed(place: Place) -> None:
    assert pack(evidence(places={"card": place})) is None
