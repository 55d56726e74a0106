"""Machines that have to go make room before others start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from continuity import place, wait_for_room
from continuity.capacity import fit
from continuity.region import Region
from continuity.situation import Situation
from tests.continuity.regions import regions, situations
from tests.continuity.situations import situation


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
    running = {*machines(region, "bolsward", normal), "sneek-workplaces-broker-1"}
    assert not wait_for_room(region, place(region, normal), "bolsward", running)
