"""Making room: what a site has to remove before it can start what a situation gives it."""

from __future__ import annotations

from collections.abc import Collection

from uitwijk.continuity.capacity import fit
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region


def wait_for_room(region: Region, placement: Placement, site: str, running: Collection[str]) -> frozenset[str]:
    """Names of the machines that must not be started at `site` yet: what has to go there still takes their room.

    The engine creates before it deletes. Where both do not fit on the hosts together, a first `up` only removes; then
    nothing is in the way any more, and the next one creates.

    Args:
        running: names of the machines that the site's stack holds now. Those that the catalogue does not know are not
            counted, for nobody knows their size.
    """
    wanted = placement.runs_at(site)
    names = {machine.name for key in wanted for machine in region.workloads[key].machines}
    leaving = {region.machines[name].workload for name in running if name in region.machines} - wanted
    waiting = names.difference(running)
    if not leaving or not waiting or not fit(region, site, wanted | leaving).shed:
        return frozenset()
    return frozenset(waiting)
