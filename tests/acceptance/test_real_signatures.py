"""Real signatures, where they lie beside the project: each comes out as the README beside them says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.score.signatures import Outcome, outcomes

from weighbridge.model.provenance import Refused, Verified

FOLDER = Path(__file__).parents[3] / "shared" / "corpus" / "signatures"
FOUND = tuple(outcomes(FOLDER)) if FOLDER.is_dir() else ()

pytestmark = pytest.mark.skipif(not FOUND, reason=f"no signatures at {FOLDER}")


@pytest.mark.parametrize("found", FOUND, ids=lambda one: f"{one.path.parent.name}/{one.path.name}")
def test_a_real_signature_comes_out_as_told(found: Outcome) -> None:
    assert isinstance(found.verdict, Verified if found.valid else Refused)
    assert found.as_told, (found.verdict, found.compared)


def test_the_files_that_were_ignored_when_signing_are_named() -> None:
    ignored = {one.compared.ignored for one in FOUND if one.compared is not None and "v1.1.0" in str(one.path)}

    assert ignored == {("ignore-me",)}
