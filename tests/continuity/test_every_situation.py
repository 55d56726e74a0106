"""All situations of the regions: three states of every site, every building open or closed."""

from __future__ import annotations

import pytest

from tests.continuity.situations import situation
from tests.regions import FOREIGN, SMALL
from uitwijk.continuity import place
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.proof import all_calamities, prove
from uitwijk.continuity.region import Region


@pytest.fixture(scope="module", params=[SMALL, FOREIGN], ids=["small", "foreign"])
def each(request: pytest.FixtureRequest) -> Region:
    """One region after the other."""
    return request.param.region


def test_every_invariant_holds_in_every_situation(each: Region) -> None:
    calamities = all_calamities(each)
    proof = prove(each, calamities, [len(each.sites) + len(each.buildings)])
    assert proof.violations == ()
    assert proof.situations == len(calamities) == 3 ** len(each.sites) * 2 ** len(each.buildings)
    assert calamities.all_of_them


def test_every_site_carries_everything_with_a_host_to_spare_whatever_happens(region: Region) -> None:
    for declared in all_calamities(region):
        placement = place(region, declared)
        assert all(capacity.spare_host for capacity in placement.capacity.values())
        assert not placement.shed


def test_no_building_that_closes_alone_leaves_more_people_without_a_seat_than_was_accepted(each: Region) -> None:
    accepted = {shortfall.building: shortfall.seats for shortfall in each.settings.accepted_shortfalls}
    short = {
        building: sum(seating.short for seating in place(each, situation(each, closed=[building])).seats.values())
        for building in each.buildings
    }
    assert {building: seats for building, seats in short.items() if seats} == accepted


def test_the_majority_of_the_work_goes_on_in_every_single_calamity(each: Region) -> None:
    for calamity in single_calamities(each):
        processes = place(each, calamity.situation(each)).processes
        assert all(municipality.majority for municipality in processes.values())
