from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cluster.control_plane import ControlPlane, control_plane
from tests.cluster.gate import Gate
from tests.cluster.gate import gate as running_gate
from tests.cluster.kubectl import Kubectl


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with control_plane(tmp_path_factory.mktemp("plane")) as started:
        yield started


@pytest.fixture(scope="session")
def gate(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with running_gate(plane, tmp_path_factory.mktemp("gate")) as started:
        yield started


@pytest.fixture
def admin(plane: ControlPlane) -> Kubectl:
    return plane.kubectl()
