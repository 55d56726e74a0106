"""What holds in regions of any size, with hosts from far too small to ample."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from continuity import place
from continuity.catalogue import Host
from continuity.region import Region
from continuity.situation import Situation
from tests.continuity import invariants
from tests.continuity.regions import regions, situations


@st.composite
def cases(draw: st.DrawFn) -> tuple[Region, Situation]:
    region = draw(regions())
    return region, draw(situations(region))


def as_text(region: Region, declared: Situation) -> str:
    return json.dumps(place(region, declared).to_dict())


def with_one_more_host(region: Region, site: str, host: Host) -> Region:
    grown = region.sites[site].model_copy(update={"hosts": (*region.sites[site].hosts, host)})
    return dataclasses.replace(region, sites={**region.sites, site: grown})


def shuffled(mapping: dict[str, Any], order: list[int]) -> dict[str, Any]:
    keys = sorted(mapping)
    return {keys[index % len(keys)]: mapping[keys[index % len(keys)]] for index in [*order, *range(len(keys))]}


@given(cases())
def test_every_invariant_holds(case: tuple[Region, Situation]) -> None:
    region, declared = case
    invariants.check(region, declared, place(region, declared))


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
def test_a_municipality_gets_a_service_from_itself_or_its_partnership_and_from_nobody_else(region: Region) -> None:
    for municipality in region.municipalities:
        own = {f"{municipality}/{service}" for service in region.services}
        partnership = {f"{region.partnership_of.get(municipality)}/{service}" for service in region.services}
        providers = {region.provider(municipality, service) for service in region.services}
        assert providers <= own | partnership
