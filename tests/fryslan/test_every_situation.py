"""All situations of Fryslân: three states of two sites, nine buildings open or closed."""

from __future__ import annotations

from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.proof import all_calamities, prove
from uitwijk.continuity.region import Region


def test_every_invariant_holds_in_nine_times_five_hundred_and_twelve_situations(fryslan: Region) -> None:
    calamities = all_calamities(fryslan)
    proof = prove(fryslan, calamities, [len(fryslan.sites) + len(fryslan.buildings)])
    assert proof.violations == ()
    assert proof.situations == len(calamities) == 9 * 512
    assert calamities.all_of_them


def test_every_site_carries_everything_with_a_host_to_spare_whatever_happens(fryslan: Region) -> None:
    for declared in all_calamities(fryslan):
        placement = place(fryslan, declared)
        assert all(capacity.spare_host for capacity in placement.capacity.values())
        assert not placement.shed


def test_no_building_that_closes_alone_leaves_more_people_without_a_seat_than_was_accepted(fryslan: Region) -> None:
    accepted = {shortfall.building: shortfall.seats for shortfall in fryslan.settings.accepted_shortfalls}
    short = {
        building: sum(seating.short for seating in place(fryslan, situation(fryslan, closed=[building])).seats.values())
        for building in fryslan.buildings
    }
    assert {building: seats for building, seats in short.items() if seats} == accepted


def test_the_majority_of_the_work_goes_on_in_every_single_calamity(fryslan: Region) -> None:
    single = [situation(fryslan, closed=[building]) for building in fryslan.buildings]
    single += [
        situation(fryslan, lost=["bolsward"], closed=["iszf-office"]),
        situation(fryslan, lost=["leeuwarden"], closed=["leeuwarden-town-hall"]),
    ]
    for declared in single:
        processes = place(fryslan, declared).processes
        assert all(municipality.majority for municipality in processes.values())
