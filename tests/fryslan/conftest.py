"""The region of this repository's own project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Desk, open_desk
from tests.fryslan.delivered import catalogue, recorded, region  # noqa: F401
from tests.fryslan.project import FRYSLAN
from uitwijk.continuity.region import Region


@pytest.fixture(scope="session")
def fryslan() -> Region:
    """The delivered region."""
    return FRYSLAN.region


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Where the duty officer of Fryslân works."""
    return open_desk(FRYSLAN, tmp_path, monkeypatch, capsys)
