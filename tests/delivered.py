"""The delivered region under the names of the small one, for tests that were written for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, Catalogue
from uitwijk.continuity import load_region
from uitwijk.continuity.region import Region


@pytest.fixture(scope="session")
def region() -> Region:
    """The region of the delivered catalogue."""
    return load_region(ROOT / "catalogue")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """A copy of the delivered catalogue that a test may spoil."""
    return Catalogue(shutil.copytree(ROOT / "catalogue", tmp_path / "catalogue"))
