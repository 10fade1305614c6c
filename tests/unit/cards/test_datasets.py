from __future__ import annotations

import pytest

from weighbridge.cards import read_card
from weighbridge.cards.measurements import Measurement, measurements
from weighbridge.model.datasets import Dataset
from weighbridge.model.evidence import Card

COMMIT, SHA256 = "0123456789abcdef0123456789abcdef01234567", "ab" * 32


def card(metadata, text="") -> Card:
    read = read_card(
        f"---\n{metadata}\n---\n# Desk\n\n## Training data\n\n{text}\n\n## Limitations\n\n{SHA256[::-1]} x\n".encode()
    )
    return read.card


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("datasets: acme/mails", (Dataset("acme/mails", None),)),
        (f'datasets: ["acme/mails@{COMMIT}", b/c]', (Dataset("acme/mails", COMMIT), Dataset("b/c", None))),
        (f"datasets: [{{name: acme/mails, revision: {COMMIT}}}]", (Dataset("acme/mails", COMMIT),)),
        ("datasets: [{name: acme/mails, revision: main}]", (Dataset("acme/mails", None),)),
        (f"datasets: [{{path: x, sha256: {SHA256}}}]", (Dataset("x", SHA256),)),
        ("datasets: [{name: x, doi: 10.5281/zenodo.123456}]", (Dataset("x", "10.5281/zenodo.123456"),)),
        ("datasets: [{name: x, doi: 10.1000/xyz}]", (Dataset("x", None),)),
        ("datasets: [acme/mails, Acme/Mails, 7, {size: 3}, '@x', {name: ' '}]", (Dataset("acme/mails", None),)),
        ("license: mit", ()),
    ],
)
def test_data_sets_of_the_metadata_and_what_pins_them(metadata, expected):
    assert card(metadata).datasets == expected


def test_a_name_beside_a_commit_in_the_text_is_pinned():
    assert card("datasets: acme/mails", f"We used acme/mails at {COMMIT}.").datasets == (Dataset("acme/mails", COMMIT),)


def test_digests_of_private_data_are_counted_and_only_where_data_is_described():
    assert card("license: mit", f"Ours, sha256 {SHA256} and 10.5281/zenodo.42.\n\n- again {SHA256}").data_pins == 2
    assert card("license: mit", "Ours.").data_pins == 0


def test_what_lies_far_below_a_label_does_not_count():
    assert card("license: mit", "Data.\n" + "word\n" * 250 + SHA256).data_pins == 0


def test_measurements_are_numbers_bound_to_a_metric():
    index = [
        {
            "results": [
                {
                    "dataset": {"name": "desk"},
                    "metrics": [{"type": "accuracy", "value": 0.9}, {"type": "f1", "value": True}],
                },
                {"dataset": {"type": "mails"}, "metrics": [{"name": "loss", "value": 1}, {"value": 2}, "x"]},
                {"metrics": [{"type": "bleu", "value": 3}]},
            ]
        },
        "x",
    ]

    assert measurements({"model-index": index}) == (
        Measurement("accuracy", 0.9, "desk"),
        Measurement("loss", 1.0, "mails"),
        Measurement("bleu", 3.0, None),
    )
    assert measurements({"model-index": "none"}) == ()
