"""The situations in which Fryslân's stacks are recorded."""

from __future__ import annotations

from collections.abc import Callable

from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.resources.testing.recording import Recording

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
"""What a site's stack registers in a situation, by site and by the situation's name above."""
