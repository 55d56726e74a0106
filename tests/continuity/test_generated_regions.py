"""What holds in regions of any size, with hosts from far too small to ample."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.continuity.regions import LARGE, SMALL, regions, situations
from uitwijk.continuity import place
from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.invariants import Invariants
from uitwijk.continuity.proof import Calamities, all_calamities, prove
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


@st.composite
def cases(draw: st.DrawFn, size: st.SearchStrategy[int] = SMALL) -> tuple[Region, Situation]:
    region = draw(regions(size))
    return region, draw(situations(region))


def as_text(region: Region, declared: Situation) -> str:
    return json.dumps(place(region, declared).to_dict())


def with_one_more_host(region: Region, site: str, host: Host) -> Region:
    grown = region.sites[site].model_copy(update={"hosts": (*region.sites[site].hosts, host)})
    return dataclasses.replace(region, sites={**region.sites, site: grown})


def shuffled(mapping: dict[str, Any], order: list[int]) -> dict[str, Any]:
    keys = sorted(mapping)
    return {keys[index % len(keys)]: mapping[keys[index % len(keys)]] for index in [*order, *range(len(keys))]}


@settings(max_examples=8 * settings.default.max_examples)
@given(cases())
def test_every_invariant_holds(case: tuple[Region, Situation]) -> None:
    region, declared = case
    assert Invariants(region).violated(declared, place(region, declared)) == []


@settings(max_examples=settings.default.max_examples // 2)
@given(cases(LARGE))
def test_every_invariant_holds_in_large_regions(case: tuple[Region, Situation]) -> None:
    region, declared = case
    assert Invariants(region).violated(declared, place(region, declared)) == []


@settings(max_examples=settings.default.max_examples // 2)
@given(regions(LARGE))
def test_large_regions_survive_every_state_of_their_sites(region: Region) -> None:
    proof = prove(region, Calamities(region, most_closed=0), [2])
    assert proof.violations == ()
    assert proof.situations == 9


@settings(max_examples=settings.default.max_examples // 2)
@given(regions(st.integers(min_value=1, max_value=3)))
def test_all_calamities_of_small_regions_are_safe(region: Region) -> None:
    proof = prove(region, all_calamities(region), [2])
    assert proof.violations == ()
    assert proof.situations == 9 * 2 ** len(region.buildings)


@given(cases(), st.integers(min_value=1, max_value=64), st.sampled_from([2, 16, 64, 512]))
def test_one_more_host_at_the_end_never_sheds_more(case: tuple[Region, Situation], cores: int, memory: int) -> None:
    region, declared = case
    host = Host(name="one-more", cores=cores, mhz=2000, memory_gib=memory, cpu_generation="any")
    before = place(region, declared).capacity
    for site in before:
        after = place(with_one_more_host(region, site, host), declared).capacity[site]
        assert set(after.shed) <= set(before[site].shed)


@given(cases(), st.lists(st.integers(min_value=0, max_value=9), max_size=6))
def test_the_order_in_which_a_situation_lists_things_means_nothing(
    case: tuple[Region, Situation], order: list[int]
) -> None:
    region, declared = case
    content = declared.model_dump(mode="json")
    for key in ("sites", "data", "closed_buildings"):
        content[key] = shuffled(content[key], order) if content[key] else {}
    for closed in content["closed_buildings"].values():
        closed["staff_to"] = shuffled(closed["staff_to"], order) if closed["staff_to"] else {}
    again = Situation.model_validate(content)
    assert as_text(region, again) == as_text(region, declared)
    assert again.digest == declared.digest


@given(cases())
def test_staff_sit_where_the_duty_officer_sends_them_as_far_as_there_are_seats(case: tuple[Region, Situation]) -> None:
    region, declared = case
    seats = place(region, declared).seats
    own = {region.building_of(organisation): organisation for organisation in region.municipalities}
    for building, closed in declared.closed_buildings.items():
        organisation = own.get(building)
        ordered = sum(closed.staff_to.values())
        if organisation and ordered <= seats[organisation].needed:
            for target, wanted in closed.staff_to.items():
                taken = sum(seating.at.get(target, 0) for seating in seats.values())
                got = seats[organisation].at.get(target, 0)
                assert got >= wanted or taken == region.buildings[target].seats


@given(regions())
def test_a_municipality_gets_a_service_from_itself_or_a_partnership_that_it_named_and_from_nobody_else(
    region: Region,
) -> None:
    for slug, municipality in region.municipalities.items():
        for service in region.services:
            partnership = municipality.uses.get(service, region.partnership_of.get(slug))
            assert region.provider(slug, service) in {f"{slug}/{service}", f"{partnership}/{service}", None}
            assert not (service in municipality.without and region.provider(slug, service))
