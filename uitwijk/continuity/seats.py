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


def seats_ordered(region: Region, situation: Situation) -> Mapping[tuple[str, str], tuple[int, int]]:
    """By closed building and the one where its staff are sent: the seats that are ordered there, and those they get."""
    closed = situation.closed_buildings.items()
    room = _Room(region, {building: each.staff_to for building, each in closed})
    return {
        (building, target): (ordered, room.given.get((building, target), 0))
        for building, each in closed
        for target, ordered in each.staff_to.items()
    }


class _Room:
    """Seats once those stayed whose building is open, and those went whom the duty officer sent."""

    def __init__(self, region: Region, orders: Mapping[str, Mapping[str, int]]) -> None:
        self.free = {slug: building.seats for slug, building in region.buildings.items() if slug not in orders}
        self.at: dict[str, dict[str, int]] = {organisation: {} for organisation in region.organisations}
        self.displaced: list[str] = []
        self.given: dict[tuple[str, str], int] = {}
        """By closed building, and the one where its staff were sent."""
        for organisation, who in region.organisations.items():
            building = region.building_of(organisation)
            if building in self.free:
                self.take(organisation, building, who.seats)
            else:
                self.displaced.append(organisation)
        self.missing = {organisation: region.organisations[organisation].seats for organisation in self.displaced}
        for building, target in product(region.buildings, region.buildings):
            ordered = orders.get(building, {}).get(target, 0)
            for organisation in self.displaced:
                if ordered and region.building_of(organisation) == building:
                    given = self.take(organisation, target, min(ordered, self.missing[organisation]))
                    self.missing[organisation] -= given
                    self.given[building, target] = self.given.get((building, target), 0) + given
                    ordered -= given

    def take(self, organisation: str, building: str, wanted: int) -> int:
        """Gives the organisation up to `wanted` seats in a building, and says how many."""
        given = min(wanted, self.free.get(building, 0))
        if given > 0:
            self.free[building] -= given
            self.at[organisation][building] = self.at[organisation].get(building, 0) + given
        return max(given, 0)


def _seat(region: Region, closed: _Closed) -> Mapping[str, Seating]:
    room = _Room(region, {building: dict(seats) for building, seats in closed})
    displaced, missing = room.displaced, room.missing
    for organisation, wanted in _rounds(region, displaced):
        to_seat = min(missing[organisation], wanted - sum(room.at[organisation].values()))
        for building in region.relocation[organisation]:
            if to_seat > 0:
                given = room.take(organisation, building, to_seat)
                to_seat -= given
                missing[organisation] -= given
    return {
        organisation: Seating(who.seats, room.at[organisation]) for organisation, who in region.organisations.items()
    }


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
