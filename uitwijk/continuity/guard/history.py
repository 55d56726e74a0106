"""What the situation's log tells of the past of a site, as far as it goes back."""

from __future__ import annotations

from collections.abc import Collection

from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation


def worked_in(region: Region, situation: Situation, site: str) -> int:
    """The newest epoch in which a declaration gave work of other sites to `site`; 0: none that is known of."""
    others = [other for other in region.sites if other != site]
    gives = {f"promoted {dataset} at {site}" for dataset in others}
    for other in others:
        # Whoever comes first in the catalogue takes over.
        if next(each for each in region.sites if each != other) == site:
            gives |= {f"lost {other}", f"drained {other}"}
    return _newest(situation, gives)


def moved_in(situation: Situation, home: str, holder: str) -> int:
    """The newest epoch since which `holder` must have been brought up to be known without the work of `home`; or 0.

    Work goes where its data is writable: nowhere else, as long as no promotion moved that.
    """
    promotions = {f"promoted {home} at {at}" for at in situation.sites}
    if home != holder != situation.data[home] and not _newest(situation, promotions):
        return 0
    changes = {f"{state} {home}" for state in SiteState} | {f"promoted {home} at {holder}"}
    return _newest(situation, changes)


def was_away(situation: Situation, home: str) -> bool:
    """Whether the data of `home` was ever writable elsewhere."""
    elsewhere = {f"promoted {home} at {at}" for at in situation.sites if at != home}
    return situation.data[home] != home or bool(_newest(situation, elsewhere))


def _newest(situation: Situation, changes: Collection[str]) -> int:
    return max((e.epoch for e in situation.log if set(changes).intersection(e.change.split(", "))), default=0)
