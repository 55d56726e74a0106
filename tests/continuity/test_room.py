"""Machines that have to go make room before others start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.continuity.regions import build, regions, situations
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.capacity import fit
from uitwijk.continuity.region import Region
from uitwijk.continuity.room import wait_for_room
from uitwijk.continuity.situation import Situation


@st.composite
def turns(draw: st.DrawFn) -> tuple[Region, Situation, Situation, str]:
    """A region, the situation that a site runs in, the one that follows, and the site."""
    region = draw(regions())
    return region, draw(situations(region)), draw(situations(region)), draw(st.sampled_from(sorted(region.sites)))


def machines(region: Region, site: str, declared: Situation) -> frozenset[str]:
    keys = place(region, declared).runs_at(site)
    return frozenset(machine.name for key in keys for machine in region.workloads[key].machines)


@given(turns())
def test_what_is_started_at_once_fits_beside_what_has_yet_to_go(
    turn: tuple[Region, Situation, Situation, str],
) -> None:
    region, before, after, site = turn
    running, wanted = machines(region, site, before), machines(region, site, after)
    waiting = wait_for_room(region, place(region, after), site, running)
    if not running <= wanted and not waiting and wanted - running:
        assert not fit(region, site, frozenset(region.machines[name].workload for name in running | wanted)).shed
    assert waiting in (frozenset(), wanted - running)


@given(turns())
def test_nothing_waits_once_the_others_are_gone(turn: tuple[Region, Situation, Situation, str]) -> None:
    region, before, after, site = turn
    left = machines(region, site, before) & machines(region, site, after)
    assert not wait_for_room(region, place(region, after), site, left)


def test_a_machine_that_the_catalogue_does_not_know_is_in_nobodys_way(region: Region) -> None:
    normal = situation(region)
    running = {*machines(region, "veldoord", normal), "elders-workplaces-broker-1"}
    assert not wait_for_room(region, place(region, normal), "veldoord", running)


def two_municipalities(*west: tuple[int, int]) -> Region:
    """Each site is home to one; the east has ample hosts, the west has these (cores, GiB)."""
    return build(
        hosts={"east": [(64, 512)] * 3, "west": list(west)},
        municipalities={f"m-{site}": {"home": site, "seats": 12, "relocation": []} for site in ("east", "west")},
    )


def test_what_was_shed_for_another_site_waits_until_that_sites_machines_are_gone() -> None:
    region = two_municipalities((64, 40), (64, 40))
    over, back = situation(region, lost=["east"]), situation(region)
    running, wanted = machines(region, "west", over), machines(region, "west", back)
    shed = wanted - running
    assert shed
    assert running - wanted
    assert wait_for_room(region, place(region, back), "west", running) == shed
    assert wait_for_room(region, place(region, back), "west", running & wanted) == frozenset()
    assert wait_for_room(region, place(region, back), "west", running | wanted) == frozenset()


def test_nothing_waits_where_there_is_room_for_both() -> None:
    region = two_municipalities((64, 512), (64, 512), (64, 512))
    over, back = situation(region, lost=["east"]), situation(region)
    leaving = machines(region, "west", over) - machines(region, "west", back)
    assert leaving
    assert wait_for_room(region, place(region, back), "west", leaving) == frozenset()
