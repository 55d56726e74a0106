"""The delivered region under the names of the small one, for tests that were written for it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT, Catalogue
from tests.fryslan.situations import SITUATIONS, Recorded
from uitwijk.continuity import load_region
from uitwijk.continuity.region import Region
from uitwijk.resources.testing import record_site
from uitwijk.resources.testing.recording import Recording


@pytest.fixture(scope="session")
def region() -> Region:
    """The region of the delivered catalogue."""
    return load_region(ROOT / "catalogue")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """A copy of the delivered catalogue that a test may spoil."""
    return Catalogue(shutil.copytree(ROOT / "catalogue", tmp_path / "catalogue"))


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """What the delivered region's stack of a site registers in a situation of `tests.situations`, recorded once."""

    @cache
    def recording(site: str, situation: str) -> Recording:
        return record_site(site, situation=SITUATIONS[situation])

    return recording
