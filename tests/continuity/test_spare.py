"""Malfunctions: one host fails, and which further host would do."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from tests.continuity.regions import build, regions, situations
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.capacity import fit_on
from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.region import Region
from uitwijk.continuity.spare import asked_of, host_failures, missing, more_hosts, without_one

AMPLE = (64, 512)


def small(*east: tuple[int, int]) -> Region:
    """One municipality at home in the east: 64 GiB and 16 virtual CPUs, of which a core carries two."""
    municipality = {"home": "east", "seats": 12, "relocation": []}
    return build(hosts={"east": list(east), "west": [AMPLE] * 3}, municipalities={"m": municipality})


def everything(region: Region, site: str = "east") -> frozenset[str]:
    return asked_of(place(region, situation(region)), site)


def without(region: Region, site: str, host: str) -> Region:
    left = tuple(each for each in region.sites[site].hosts if each.name != host)
    return dataclasses.replace(
        region, sites={**region.sites, site: region.sites[site].model_copy(update={"hosts": left})}
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Region, str, frozenset[str]]:
    region = draw(regions())
    placement = place(region, draw(situations(region).filter(lambda each: bool(each.living))))
    site = draw(st.sampled_from(sorted(placement.capacity)))
    return region, site, asked_of(placement, site)


@given(st.data())
def test_a_site_without_a_host_carries_what_it_would_if_it_never_had_that_host(data: st.DataObject) -> None:
    region = data.draw(regions())
    declared = data.draw(situations(region).filter(lambda each: bool(each.living)))
    placement = place(region, declared)
    for site in placement.capacity:
        found = host_failures(region, site, asked_of(placement, site))
        assert list(found) == [host.name for host in region.sites[site].hosts]
        for host, capacity in found.items():
            if len(found) > 1:
                assert capacity == place(without(region, site, host), declared).capacity[site]
            else:
                assert set(capacity.shed) == asked_of(placement, site)
                assert not capacity.spare_host


@given(cases())
def test_the_hosts_that_would_do_carry_everything_and_fewer_or_smaller_ones_do_not(
    case: tuple[Region, str, frozenset[str]],
) -> None:
    region, site, keys = case
    hosts = region.sites[site].hosts
    cases = without_one(region, site)

    def sheds(number: int, like: Host) -> bool:
        """In some case."""
        added = [like.model_copy(update={"name": f"new-{index}"}) for index in range(number)]
        return any(fit_on(region, (*left, *added), keys).shed for left in cases)

    more = more_hosts(region, cases, keys, hosts)
    if more is None:
        assert all(sheds(1, host) for host in hosts)
        return
    assert more.like in hosts
    assert not sheds(more.number, more.like)
    smaller = [host for host in hosts if (host.memory_gib, host.cores) < (more.like.memory_gib, more.like.cores)]
    assert all(sheds(more.number, host) for host in smaller)
    assert more.number == 1 or all(sheds(more.number - 1, host) for host in hosts)


def test_what_is_missing_is_added_up() -> None:
    region = small((4, 40), (2, 8))
    keys = everything(region)
    hosts = region.sites["east"].hosts
    assert missing(region, hosts, keys) == (4, 16)
    assert missing(region, hosts[:1], keys) == (8, 24)
    assert missing(region, (), keys) == (16, 64)
    assert missing(region, small(AMPLE).sites["east"].hosts, keys) == (0, 0)


def test_the_smallest_kind_that_makes_it_fit_is_found() -> None:
    region = small((64, 40), (64, 8), (64, 20))
    keys, hosts = everything(region), region.sites["east"].hosts
    found = more_hosts(region, [hosts[:1]], keys, hosts)
    assert found is not None
    assert (found.number, found.like.memory_gib) == (1, 40)
    found = more_hosts(region, [hosts], keys, hosts)
    assert found is not None
    assert (found.number, found.like.memory_gib) == (1, 8)


def test_where_one_host_is_not_enough_several_are_told() -> None:
    region = small((64, 16))
    found = more_hosts(region, [region.sites["east"].hosts], everything(region), region.sites["east"].hosts)
    assert found is not None
    assert (found.number, found.like.name) == (3, "h0")


def test_a_host_to_spare_takes_one_host_more() -> None:
    region = small((64, 40), (64, 40))
    keys, hosts = everything(region), region.sites["east"].hosts
    found = more_hosts(region, [hosts], keys, hosts, spare=True)
    assert found is not None
    assert found.number == 1
    assert fit_on(region, (*hosts, found.like.model_copy(update={"name": "new"})), keys).spare_host


def test_machines_that_are_larger_than_any_host_are_helped_by_none() -> None:
    region = small((64, 4))
    assert more_hosts(region, [region.sites["east"].hosts], everything(region), region.sites["east"].hosts) is None


def test_eight_hosts_are_proposed_and_nine_are_not() -> None:
    kind = Host(name="kind", cores=2, mhz=2000, memory_gib=32, cpu_generation="any")
    seen = set()
    for seats in range(4, 200, 4):
        municipality = {"home": "east", "seats": seats, "relocation": []}
        region = build(hosts={"east": [AMPLE] * 9, "west": [AMPLE] * 3}, municipalities={"m": municipality})
        keys = everything(region)
        hosts = [kind.model_copy(update={"name": f"new-{index}"}) for index in range(9)]
        fewest = next((n for n in range(1, 10) if not fit_on(region, hosts[:n], keys).shed), None)
        if fewest in (8, 9):
            seen.add(fewest)
            more = more_hosts(region, [[]], keys, [kind])
            assert (more and more.number) == (8 if fewest == 8 else None)
    assert seen == {8, 9}
