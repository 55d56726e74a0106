"""A loss: one calamity, as it would be declared when all else is normal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from continuity.region import Region
from continuity.situation import ClosedBuilding, SiteState, Situation


@dataclass(frozen=True)
class Loss:
    """A calamity that hits one site, one building, or one building with the site that it houses."""

    sites: tuple[str, ...]
    buildings: tuple[str, ...]

    def situation(self, region: Region) -> Situation:
        """What would be declared when all else is normal, the data of a lost site promoted at the first other one."""
        sites = {site: SiteState.LOST if site in self.sites else SiteState.NORMAL for site in region.sites}
        survivor = next((site for site in region.sites if site not in self.sites), None)
        data = {site: survivor or site if site in self.sites else site for site in region.sites}
        closed = {building: ClosedBuilding() for building in self.buildings}
        return Situation(epoch=1, sites=sites, data=data, closed_buildings=closed)


def single_losses(region: Region) -> Iterator[Loss]:
    """Every single calamity: sites, then buildings, then buildings with the site that they house."""
    for site in region.sites:
        yield Loss((site,), ())
    for building in region.buildings:
        yield Loss((), (building,))
    for building, what in region.buildings.items():
        if what.houses:
            yield Loss((what.houses,), (building,))
