"""Walks through declarations and `pulumi up`, sensible and foolish ones."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from continuity import place
from continuity.declaration import Change, next_commands
from tests.continuity.world import World, tiny

REGION = tiny()
SITES = st.sampled_from(sorted(REGION.sites))
STATES = ("lost", "drained", "normal")


class Walk(RuleBasedStateMachine):
    """Anybody does anything in any order; only overrides are left out, for they ask for what the guard prevents."""

    @initialize()
    def set_up(self) -> None:
        self.world = World(REGION)
        assert self.world.up("east") == self.world.up("west") == ()

    @rule(site=SITES, state=st.sampled_from(STATES))
    def declare_a_site(self, site: str, state: str) -> None:
        self.world.declare(Change(state, site))

    @rule(dataset=SITES, at=SITES)
    def promote(self, dataset: str, at: str) -> None:
        self.world.declare(Change("promoted", dataset, at=at))

    @rule(site=SITES, dataset=SITES, at=SITES)
    def declare_a_calamity_and_promote_at_once(self, site: str, dataset: str, at: str) -> None:
        self.world.declare(Change("lost", site), Change("promoted", dataset, at=at))

    @rule(site=SITES)
    def bring_up(self, site: str) -> None:
        refusals = self.world.up(site)
        if not refusals:
            held, placed = self.world.cold_at(site), place(REGION, self.world.situation).workloads
            assert held == {key for key, where in placed.items() if where == site}
            assert all(self.world.situation.data[REGION.workloads[key].home] == site for key in held)

    @rule(site=SITES, back=st.integers(min_value=1, max_value=4))
    def bring_up_with_an_old_copy_of_the_situation(self, site: str, back: int) -> None:
        self.world.up(site, back=back)

    @rule(site=SITES, steps=st.integers(min_value=0, max_value=8))
    def bring_up_and_die_half_way(self, site: str, steps: int) -> None:
        self.world.up(site, stop_after=steps)

    @rule(site=SITES)
    def cut_off(self, site: str) -> None:
        self.world.cut_off.add(site)

    @rule(site=SITES)
    def reconnect(self, site: str) -> None:
        self.world.cut_off.discard(site)

    @invariant()
    def no_cold_workload_works_at_two_sites(self) -> None:
        assert not self.world.served_twice()


TestWalk = pytest.mark.filterwarnings("ignore::DeprecationWarning")(Walk.TestCase)
TestWalk.settings = settings(stateful_step_count=40)


def follow(world: World, *changes: Change) -> bool:
    """Declares, then does what the declaration says is next. Whether the declaration was legal."""
    before = world.situation
    if not world.declare(*changes):
        return False
    for command in next_commands(REGION, before, world.situation):
        if up := re.match(r"pulumi up --stack (\S+)", command.line):
            assert world.up(up[1]) == (), f"{world.situation}: {command.line}"
        elif promoted := re.match(r"uitwijk declare promoted (\S+) --at (\S+)", command.line):
            assert world.declare(Change("promoted", promoted[1], at=promoted[2]))
        else:
            assert command.line.startswith("pulumi preview --stack ")
    return True


@pytest.mark.parametrize("first", [f"{state} {site}" for state, site in product(STATES, REGION.sites)])
def test_whoever_does_what_a_declaration_says_is_never_refused_and_everything_runs_where_it_should(first: str) -> None:
    steps = [f"{state} {site}" for state, site in product(STATES, REGION.sites)]
    for walk in product([first], steps, steps, steps):
        world = World(REGION)
        world.up("east"), world.up("west")
        for step in walk:
            follow(world, Change(*step.split()))
            placement = place(REGION, world.situation)
            for site in world.situation.living:
                assert world.cold_at(site) == {key for key, where in placement.workloads.items() if where == site}
                assert world.stacks[site].epoch == world.situation.epoch
            assert not world.served_twice()


def test_a_failover_and_its_return_go_through() -> None:
    world = World(REGION)
    world.up("east"), world.up("west")
    world.cut_off.add("east")
    assert follow(world, Change("lost", "east"), Change("closed", "east-office"))
    assert world.cold_at("west") == {key for key, workload in REGION.workloads.items() if not workload.hot}
    world.cut_off.clear()
    assert follow(world, Change("drained", "east"), Change("opened", "east-office"))
    assert world.cold_at("east") == set()
    assert follow(world, Change("normal", "east"))
    assert world.cold_at("east") == {key for key, w in REGION.workloads.items() if not w.hot and w.home == "east"}


def test_taking_back_before_the_other_site_released_is_refused() -> None:
    world = World(REGION)
    world.up("east"), world.up("west")
    follow(world, Change("lost", "east"))
    follow(world, Change("drained", "east"))
    world.declare(Change("normal", "east"), Change("promoted", "east", at="east"))
    assert [refusal.row for refusal in world.up("east")] == ["peer-holds"]
    assert world.up("west") == ()
    assert world.up("east") == ()


def test_releasing_before_the_returned_site_was_drained_is_refused() -> None:
    world = World(REGION)
    world.up("east"), world.up("west")
    follow(world, Change("lost", "east"))
    world.declare(Change("drained", "east"))
    world.declare(Change("normal", "east"))
    assert [refusal.row for refusal in world.up("west")] == ["gives-to-unsafe-peer"]


def test_a_false_alarm_is_over_at_once() -> None:
    world = World(REGION)
    world.up("east"), world.up("west")
    assert world.declare(Change("lost", "east"))
    assert [refusal.row for refusal in world.up("west")] == ["data-not-writable"]
    assert follow(world, Change("normal", "east"))
    assert world.cold_at("east") == {key for key, w in REGION.workloads.items() if not w.hot and w.home == "east"}
