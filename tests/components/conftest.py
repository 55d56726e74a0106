"""What the program registers at a site in a situation, recorded once a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from components.recording import Recording
from components.testing import record_site
from continuity.situation import SiteState, Situation

HOME_DATA = {"bolsward": "bolsward", "leeuwarden": "leeuwarden"}
ALL_NORMAL = {"bolsward": SiteState.NORMAL, "leeuwarden": SiteState.NORMAL}

SITUATIONS = {
    "normal": Situation(epoch=1, sites=ALL_NORMAL, data=HOME_DATA),
    "S1": Situation(epoch=2, sites=ALL_NORMAL, data=HOME_DATA, closed_buildings={"harlingen-town-hall": {}}),
    "S2": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "bolsward": SiteState.LOST},
        data={**HOME_DATA, "bolsward": "leeuwarden"},
        closed_buildings={"iszf-office": {}},
    ),
    "S3": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "leeuwarden": SiteState.LOST},
        data={**HOME_DATA, "leeuwarden": "bolsward"},
        closed_buildings={"leeuwarden-town-hall": {}},
    ),
    "bolsward drained": Situation(
        epoch=3,
        sites={**ALL_NORMAL, "bolsward": SiteState.DRAINED},
        data={**HOME_DATA, "bolsward": "leeuwarden"},
    ),
}

Recorded = Callable[[str, str], Recording]


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """What stack `site` registers in a situation, by its name above."""

    @cache
    def recording(site: str, situation: str) -> Recording:
        return record_site(site, situation=SITUATIONS[situation])

    return recording
