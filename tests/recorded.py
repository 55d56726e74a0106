"""What the program registers for the small region."""

from __future__ import annotations

from functools import cache, partial

import pytest

from tests.conftest import ROOT
from tests.regions import SMALL
from tests.situations import SITUATIONS, Recorded
from uitwijk.resources.testing import record_site
from uitwijk.resources.testing.recording import Recording

record_small = partial(record_site, project=ROOT, catalogue=SMALL.catalogue, situation=SMALL.situation)
"""`record_site` for the small region with the program of this repository; all normal, unless told otherwise."""


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """What the stack of a site registers in a situation of `tests.situations`, recorded once."""

    @cache
    def recording(site: str, situation: str) -> Recording:
        return record_small(site, situation=SITUATIONS[situation])

    return recording
