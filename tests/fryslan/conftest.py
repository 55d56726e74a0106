"""The region of this repository's own project."""

from __future__ import annotations

import pytest

from tests.delivered import catalogue, recorded, region  # noqa: F401
from tests.fryslan.project import FRYSLAN
from uitwijk.continuity.region import Region


@pytest.fixture(scope="session")
def fryslan() -> Region:
    """The delivered region."""
    return FRYSLAN.region
