"""Relocation: who sits where when buildings are closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from uitwijk.continuity.catalogue import RecoveryClass
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

_Closed = frozenset[tuple[str, frozenset[tuple[str, int]]]]
"""The closed buildings, each with the seats by building that its staff are sent to."""


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


def seat(region: Region, situation: Situation) -> Mapping[str, Seating]:
    """Every organisation's seats, in the catalogue's order; remembered, for the state of the sites means nothing here.

    Staff whose building is open stay. Displaced staff go, first, where the declaration sends them; then class by class
    (every municipality's most urgent processes before anybody's less urgent ones) to the buildings that take them.
    """
    closed = situation.closed_buildings.items()
    return _remembered(region, frozenset((building, frozenset(each.staff_to.items())) for building, each in closed))


@lru_cache(maxsize=1024)
def _remembered(region: Region, closed: _Closed) -> Mapping[str, Seating]:
    return _seat(region, closed)


def _seat(region: Region, closed: _Closed) -> Mapping[str, Seating]:
    orders = {building: dict(seats) for building, seats in closed}
    free = {slug: building.seats for slug, building in region.buildings.items() if slug not in orders}
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
    for building, target in product(region.buildings, region.buildings):
        ordered = orders.get(building, {}).get(target, 0)
        for organisation in displaced:
            if ordered and region.building_of(organisation) == building:
                given = take(organisation, target, min(ordered, missing[organisation]))
                missing[organisation] -= given
                ordered -= given
    for organisation, wanted in _rounds(region, displaced):
        to_seat = min(missing[organisation], wanted - sum(at[organisation].values()))
        for building in region.relocation[organisation]:
            if to_seat > 0:
                given = take(organisation, building, to_seat)
                to_seat -= given
                missing[organisation] -= given
    return {organisation: Seating(who.seats, at[organisation]) for organisation, who in region.organisations.items()}


def _rounds(region: Region, displaced: list[str]) -> Iterator[tuple[str, int]]:
    """Organisations with the seats that each should have in all by then: of its R0 processes, then R1 …, then all."""
    total = dict.fromkeys(displaced, 0)
    for recovery_class in RecoveryClass:
        for organisation in displaced:
            if organisation in region.municipalities:
                total[organisation] += sum(
                    region.minimum_seats(organisation, name)
                    for name, process in region.processes.items()
                    if process.recovery_class is recovery_class
                )
                yield organisation, total[organisation]
    for organisation in displaced:
        yield organisation, region.organisations[organisation].seats
