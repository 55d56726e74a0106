"""Stages for tests of the real engine: one that tests share, and fresh ones for those that break something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stage import Stage
from tests.engine.storage import Storage
from uitwijk.running.toolchain import Toolchain


@pytest.fixture(scope="session")
def normal(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both stacks are up, and data is replicated. Tests leave machines, states and settings as they found them."""
    with Stage(tmp_path_factory.mktemp("normal"), toolchain).open() as stage:
        stage.up()
        Storage(stage).replicate()
        yield stage


@pytest.fixture
def shared(normal: Stage) -> Iterator[Stage]:
    """The shared stage, its situation put back afterwards."""
    yield normal
    normal.declare()


@pytest.fixture
def fresh(toolchain: Toolchain, tmp_path: Path) -> Iterator[Stage]:
    """Both sites stand, both stacks are initialised, nothing runs yet."""
    with Stage(tmp_path, toolchain).open() as stage:
        yield stage
