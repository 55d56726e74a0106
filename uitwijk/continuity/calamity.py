"""A calamity, as it would be declared when all else is normal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import ClosedBuilding, SiteState, Situation


@dataclass(frozen=True)
class Calamity:
    """A calamity that hits one site, one building, or one building with the site that it houses."""

    sites: tuple[str, ...]
    buildings: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Names the calamity: `lost-north-closed-north-office`."""
        return "-".join(word for change in self.changes for word in change)

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """As it is declared: a verb and its object each."""
        return (
            *(("lost", site) for site in self.sites),
            *(("closed", building) for building in self.buildings),
        )

    def declared(self, region: Region) -> Situation:
        """What the duty officer declares when all else is normal."""
        return Situation(
            epoch=2,
            sites={site: SiteState.LOST if site in self.sites else SiteState.NORMAL for site in region.sites},
            data={site: site for site in region.sites},
            closed_buildings={building: ClosedBuilding() for building in self.buildings},
        )

    def situation(self, region: Region) -> Situation:
        """The same, once the data of a lost site is promoted at the first other one."""
        survivor = next((site for site in region.sites if site not in self.sites), None)
        data = {site: survivor or site if site in self.sites else site for site in region.sites}
        return self.declared(region).model_copy(update={"data": data})


NOTHING = Calamity((), ())
"""A normal day."""


def single_calamities(region: Region) -> Iterator[Calamity]:
    """Every single calamity: sites, then buildings, then buildings with the site that they house."""
    for site in region.sites:
        yield Calamity((site,), ())
    for building in region.buildings:
        yield Calamity((), (building,))
    for building, what in region.buildings.items():
        if what.houses:
            yield Calamity((what.houses,), (building,))
