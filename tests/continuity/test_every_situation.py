"""All situations of the delivered region: three states of two sites, nine buildings open or closed."""

from __future__ import annotations

from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.proof import all_calamities, prove
from uitwijk.continuity.region import Region


def test_every_invariant_holds_in_nine_times_five_hundred_and_twelve_situations(region: Region) -> None:
    calamities = all_calamities(region)
    proof = prove(region, calamities, [len(region.sites) + len(region.buildings)])
    assert proof.violations == ()
    assert proof.situations == len(calamities) == 9 * 512
    assert calamities.all_of_them


def test_every_site_carries_everything_with_a_host_to_spare_whatever_happens(region: Region) -> None:
    for declared in all_calamities(region):
        placement = place(region, declared)
        assert all(capacity.spare_host for capacity in placement.capacity.values())
        assert not placement.shed


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
