"""The situations in which the small region's stacks are recorded."""

from __future__ import annotations

from collections.abc import Callable

from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.resources.testing.recording import Recording

HOME_DATA = {"veldoord": "veldoord", "zandermeer": "zandermeer"}
ALL_NORMAL = {"veldoord": SiteState.NORMAL, "zandermeer": SiteState.NORMAL}

SITUATIONS = {
    "normal": Situation(epoch=1, sites=ALL_NORMAL, data=HOME_DATA),
    "S1": Situation(epoch=2, sites=ALL_NORMAL, data=HOME_DATA, closed_buildings={"kolkwijde-town-hall": {}}),
    "S2": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "veldoord": SiteState.LOST},
        data={**HOME_DATA, "veldoord": "zandermeer"},
        closed_buildings={"kust-office": {}},
    ),
    "S3": Situation(
        epoch=2,
        sites={**ALL_NORMAL, "zandermeer": SiteState.LOST},
        data={**HOME_DATA, "zandermeer": "veldoord"},
        closed_buildings={"zandermeer-town-hall": {}},
    ),
    "veldoord drained": Situation(
        epoch=3,
        sites={**ALL_NORMAL, "veldoord": SiteState.DRAINED},
        data={**HOME_DATA, "veldoord": "zandermeer"},
    ),
}

Recorded = Callable[[str, str], Recording]
"""What a site's stack registers in a situation, by site and by the situation's name above."""
