"""Machines with the records application, for tests of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.machines.records.machines import Region


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    """No machine yet; a test starts its own, and they end with it."""
    with ExitStack() as stack:
        yield Region(tmp_path, stack)
