"""Relocation: who sits where when buildings are closed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from continuity.catalogue import MinimumSeats, Partnership, RecoveryClass
from continuity.region import Region
from continuity.situation import Situation


@dataclass(frozen=True)
class Seating:
    """Seats of one organisation."""

    needed: int
    at: Mapping[str, int]
    """Seats by building, in the order in which they were given; no zeros."""

    @property
    def seated(self) -> int:
        """Staff who have a seat."""
        return sum(self.at.values())

    @property
    def short(self) -> int:
        """Staff without a seat."""
        return self.needed - self.seated


def minimum_seats(region: Region, municipality: str, rule: MinimumSeats) -> int:
    """The seats without which a process of the municipality stops."""
    return max(rule.at_least, math.ceil(rule.share * region.organisations[municipality].seats))


def relocation_targets(region: Region, organisation: str) -> tuple[str, ...]:
    """The buildings that take the organisation's staff, first choice first."""
    who = region.organisations[organisation]
    if who.relocation is not None:
        return who.relocation
    slug = organisation if isinstance(who, Partnership) else region.partnership_of[organisation]
    partnership = region.partnerships[slug]
    halls = (region.municipalities[member].town_hall for member in partnership.members)
    return tuple(building for building in (partnership.office, *halls) if building != region.building_of(organisation))


def seat(region: Region, situation: Situation) -> dict[str, Seating]:
    """Every organisation's seats, in the catalogue's order.

    Staff whose building is open stay. Displaced staff go, first, where the declaration sends them; then class by class
    (every municipality's most urgent processes before anybody's less urgent ones) to the buildings that take them.
    """
    free = {b: building.seats for b, building in region.buildings.items() if b not in situation.closed_buildings}
    at: dict[str, dict[str, int]] = {organisation: {} for organisation in region.organisations}

    def take(organisation: str, building: str, wanted: int) -> int:
        given = min(wanted, free.get(building, 0))
        if given > 0:
            free[building] -= given
            at[organisation][building] = at[organisation].get(building, 0) + given
        return max(given, 0)

    displaced: list[str] = []
    for organisation, who in region.organisations.items():
        building = region.building_of(organisation)
        if building in free:
            take(organisation, building, who.seats)
        else:
            displaced.append(organisation)

    missing = {organisation: region.organisations[organisation].seats for organisation in displaced}
    for organisation in displaced:
        for building, ordered in situation.closed_buildings[region.building_of(organisation)].staff_to.items():
            missing[organisation] -= take(organisation, building, min(ordered, missing[organisation]))
    for organisation, wanted in _rounds(region, displaced):
        to_seat = min(missing[organisation], wanted - sum(at[organisation].values()))
        for building in relocation_targets(region, organisation):
            if to_seat > 0:
                given = take(organisation, building, to_seat)
                to_seat -= given
                missing[organisation] -= given
    return {organisation: Seating(who.seats, at[organisation]) for organisation, who in region.organisations.items()}


def _rounds(region: Region, displaced: list[str]) -> Iterator[tuple[str, int]]:
    """Organisations with the seats that each should have in all by then: those of its R0 processes, then R1 …, then all."""
    total = dict.fromkeys(displaced, 0)
    for recovery_class in RecoveryClass:
        for organisation in displaced:
            if organisation in region.municipalities:
                total[organisation] += sum(
                    minimum_seats(region, organisation, process.seats)
                    for process in region.processes.values()
                    if process.recovery_class is recovery_class
                )
                yield organisation, total[organisation]
    for organisation in displaced:
        yield organisation, region.organisations[organisation].seats
