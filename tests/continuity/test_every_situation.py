"""All situations of the delivered region: three states of two sites, nine buildings open or closed."""

from __future__ import annotations

from itertools import product

import pytest

from continuity import place
from continuity.region import Region
from continuity.situation import SiteState
from tests.continuity import invariants
from tests.continuity.situations import every_closing, in_state, situation


@pytest.mark.parametrize(("bolsward", "leeuwarden"), list(product(SiteState, repeat=2)))
def test_every_invariant_holds_whatever_is_closed(region: Region, bolsward: SiteState, leeuwarden: SiteState) -> None:
    states = {"bolsward": bolsward, "leeuwarden": leeuwarden}
    for closed in every_closing(region):
        declared = in_state(region, states, closed)
        placement = place(region, declared)
        invariants.check(region, declared, placement)
        assert all(capacity.spare_host for capacity in placement.capacity.values())
        assert not placement.shed


def test_there_are_nine_times_five_hundred_and_twelve_situations(region: Region) -> None:
    assert 3 ** len(region.sites) * len(list(every_closing(region))) == 9 * 512


def test_no_building_that_closes_alone_leaves_more_people_without_a_seat_than_was_accepted(region: Region) -> None:
    accepted = {shortfall.building: shortfall.seats for shortfall in region.settings.accepted_shortfalls}
    short = {
        building: sum(seating.short for seating in place(region, situation(region, closed=[building])).seats.values())
        for building in region.buildings
    }
    assert {building: seats for building, seats in short.items() if seats} == accepted


def test_the_majority_of_the_work_goes_on_in_every_single_calamity(region: Region) -> None:
    single = [situation(region, closed=[building]) for building in region.buildings]
    single += [
        situation(region, lost=["bolsward"], closed=["iszf-office"]),
        situation(region, lost=["leeuwarden"], closed=["leeuwarden-town-hall"]),
    ]
    for declared in single:
        processes = place(region, declared).processes
        assert all(municipality.majority for municipality in processes.values())
