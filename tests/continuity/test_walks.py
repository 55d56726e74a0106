"""Walks through declarations and `pulumi up`, sensible and foolish ones."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tests.continuity.steps import (
    Step,
    consolidated,
    cut_off,
    declared,
    disk_vanishes,
    reconnected,
    retired,
    snapshots_made,
    state_lost,
    state_restored,
    stuck,
    unstuck,
    up,
)
from tests.continuity.world import NOW, World, tiny
from uitwijk.continuity import waiting
from uitwijk.continuity.declaration import Change, next_commands
from uitwijk.continuity.guard import Refusal, judge
from uitwijk.continuity.region import Region
from uitwijk.continuity.retirement import Retired, RetiredDisk


def without_the_registry() -> Region:
    """The same region after `uitwijk retire m-east/registry m-east/reports`."""
    gone = [machine for machine in REGION.machines.values() if machine.workload in RETIRED]
    disks = [
        RetiredDisk(name=f"{machine.name}-{disk}", site="east", path=machine.disk_path(disk), size_gib=size)
        for machine in gone
        for disk, size in machine.disks.items()
    ]
    left = Retired(
        what="m-east/registry",
        at=NOW.date(),
        machines=tuple(machine.name for machine in gone),
        disks=tuple(disks),
    )
    return replace(tiny("registry", "reports"), retired=(left,))


REGION = tiny()
RETIRED = ("m-east/registry", "m-east/reports")
AFTER = without_the_registry()
SITES = tuple(REGION.sites)
STATES = ("lost", "drained", "normal")
DECLARATIONS = [
    *([Change(state, site)] for state, site in product(STATES, SITES)),
    *([Change("promoted", dataset, at=at)] for dataset, at in product(SITES, SITES)),
    *([Change("lost", site), Change("promoted", site, at=at)] for site, at in product(SITES, SITES) if site != at),
    *([Change(verb, f"{site}-office")] for verb, site in product(("closed", "opened"), SITES)),
    *([Change("lost", site), Change("closed", f"{site}-office")] for site in SITES),
    *([Change("drained", site), Change("promoted", site, at=at)] for site, at in product(SITES, SITES) if site != at),
]
STEPS = [
    *(declared(*changes) for changes in DECLARATIONS),
    *(up(site) for site in SITES * 4),
    *(up(site, back=back) for site, back in product(SITES, (1, 3))),
    *(up(site, stop_after=after) for site, after in product(SITES, (1, 5))),
    *(up(site, back=1, stop_after=5) for site in SITES),
    *(step(site) for step, site in product((cut_off, reconnected), SITES)),
    *(step(site) for step, site in product((disk_vanishes, stuck, unstuck, state_lost, state_restored), SITES)),
    *(state_restored(site, back=back) for site, back in product(SITES, (1, 2))),
    *(step(site) for step, site in product((snapshots_made, consolidated), SITES)),
    retired("m-east/registry", AFTER),
]
"""What anybody may do. Only overrides are left out, for they ask for what the guard prevents."""
WALKS = st.lists(st.sampled_from(STEPS), max_size=7) | st.lists(st.sampled_from(STEPS), min_size=8, max_size=25)


def started() -> World:
    """A region at work: both stacks were brought up, and know of each other since the next epoch."""
    world = World(REGION)
    for changes in ((), [Change("closed", "east-office")], [Change("opened", "east-office")]):
        assert world.declare(changes) or not changes
        assert world.up("east") == world.up("west") == ()
    return world


def places(world: World, site: str) -> set[str]:
    """The cold workloads that the newest situation gives the site."""
    return {key for key, where in world.placement(world.situation).workloads.items() if where == site}


def goes_wrong(steps: list[Step]) -> bool:
    """Whether anything happens on a walk that the guard is there to prevent."""
    world = started()
    for step in steps:
        step.take(world)
        if world.went_wrong():
            return True
    return False


@settings(max_examples=60 * settings.default.max_examples)
@given(WALKS)
def test_whatever_anybody_does_no_workload_works_at_two_sites_or_starts_on_a_copy_and_no_stack_goes_back(
    steps: list[Step],
) -> None:
    assert not goes_wrong(steps)


@pytest.mark.parametrize(
    "row",
    [
        "epoch",
        "own-state",
        "peer-holds",
        "peer-unreadable",
        "data-not-writable",
        "disk-gone",
        "disk-missing",
        "snapshot",
    ],
)
def test_without_a_row_of_the_guard_some_walk_goes_wrong_and_it_reads_as_a_story(
    row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*facts: Any) -> tuple[Refusal, ...]:
        return tuple(refusal for refusal in judge(*facts) if refusal.row != row)

    monkeypatch.setattr(waiting, "judge", without)
    story = find(WALKS, goes_wrong, settings=settings(max_examples=4000, derandomize=True, deadline=None))
    assert len(story) <= 6
    assert re.fullmatch(r"up (east|west)( with a copy \d epochs? old)?(, killed after \d steps?)?", repr(story[-1]))


OLD_COPY = (
    declared(Change("lost", "east"), Change("promoted", "east", at="west")),
    up("west"),
    state_restored("west", back=1),
    declared(Change("drained", "east")),
    up("east"),
    declared(Change("normal", "east"), Change("promoted", "east", at="east")),
    up("west"),
    up("east"),
)
"""The survivor's state is replaced by a copy from before the failover, and no other stack has seen a newer one."""


def test_a_state_that_is_an_old_copy_is_known_by_what_stands_in_the_vcenter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not goes_wrong([*OLD_COPY])
    monkeypatch.setattr(waiting, "judge", lambda *facts: tuple(r for r in judge(*facts) if r.row != "strays"))
    assert goes_wrong([*OLD_COPY])


def test_a_machine_that_cannot_be_deleted_keeps_its_own_workload_waiting_and_what_needs_it_and_nothing_else() -> None:
    world = started()
    world.stick("east")
    (machine,) = world.stuck
    held = REGION.machines[machine].workload
    concerned = {held, *(key for key in REGION.workloads if held in REGION.needs[key])}
    assert world.declare([Change("drained", "east")])
    assert world.up("east") == ()
    assert world.declare([Change("promoted", "east", at="west")])
    assert world.up("west") == ()
    assert world.waited == concerned & places(world, "west")
    assert world.cold_at("west") == places(world, "west") - concerned

    world.stuck.clear()
    for site in ("east", "west", "east"):
        assert world.up(site) == ()
    assert world.cold_at("west") == places(world, "west")
    assert not world.waited


@settings(max_examples=8 * settings.default.max_examples)
@given(WALKS, st.sampled_from(SITES))
def test_what_waits_and_stands_already_is_never_removed(steps: list[Step], site: str) -> None:
    world = started()
    for step in steps:
        step.take(world)
    before = world.stacks[site].machines & world.standing[site]
    if not world.up(site):
        waited = {name for name in before if REGION.machines[name].workload in world.waited}
        assert waited <= world.standing[site]


def test_a_story_is_told_in_words() -> None:
    story = [
        declared(Change("lost", "east"), Change("promoted", "east", at="west")),
        up("west", stop_after=5),
        up("east", back=3),
        up("east", back=1, stop_after=1),
        cut_off("west"),
    ]
    assert repr(story) == (
        "[declare lost east, promoted east at west, up west, killed after 5 steps, up east with a copy 3 epochs old, "
        "up east with a copy 1 epoch old, killed after 1 step, west is cut off]"
    )


@given(WALKS, st.sampled_from(SITES))
def test_the_stack_of_a_site_that_is_declared_lost_is_never_touched(steps: list[Step], site: str) -> None:
    world = started()
    for step in [*steps, declared(Change("lost", site))]:
        step.take(world)
    assert "own-site-lost" in {refusal.row for refusal in world.up(site)}


@settings(max_examples=8 * settings.default.max_examples)
@given(WALKS, st.sampled_from(SITES))
def test_a_stack_that_was_brought_up_holds_what_it_should_on_data_that_is_writable_there(
    steps: list[Step], site: str
) -> None:
    world = started()
    for step in steps:
        step.take(world)
    if not world.up(site) and world.succeeded and not world.waited:
        held = world.cold_at(site)
        assert held == places(world, site)
        assert all(world.situation.data[REGION.workloads[key].home] == site for key in held)


def follow(world: World, *changes: Change) -> bool:
    """Declares, then does what the declaration says is next. Whether the declaration was legal."""
    before = world.situation
    if not world.declare(changes):
        return False
    for command in next_commands(REGION, before, world.situation):
        if up := re.match(r"pulumi up --stack (\S+)", command.line):
            assert world.up(up[1]) == (), f"{world.situation}: {command.line}"
        elif promoted := re.match(r"uitwijk declare promoted (\S+) --at (\S+)", command.line):
            assert world.declare([Change("promoted", promoted[1], at=promoted[2])])
        else:
            assert command.line.startswith("pulumi preview --stack ")
    return True


@pytest.mark.parametrize("first", [f"{state} {site}" for state, site in product(STATES, REGION.sites)])
def test_whoever_does_what_a_declaration_says_is_never_refused_and_everything_runs_where_it_should(first: str) -> None:
    steps = [f"{state} {site}" for state, site in product(STATES, REGION.sites)]
    for walk in product([first], steps, steps, steps):
        world = started()
        for step in walk:
            follow(world, Change(*step.split()))
            for site in world.situation.living:
                assert world.cold_at(site) == places(world, site)
                assert world.stacks[site].epoch == world.situation.epoch
            assert not world.served_twice()


def test_a_failover_and_its_return_go_through() -> None:
    world = started()
    world.cut_off("east")
    assert follow(world, Change("lost", "east"), Change("closed", "east-office"))
    assert world.cold_at("west") == {key for key, workload in REGION.workloads.items() if not workload.hot}
    world.reconnect("east")
    assert follow(world, Change("drained", "east"), Change("opened", "east-office"))
    assert world.cold_at("east") == set()
    assert follow(world, Change("normal", "east"))
    assert world.cold_at("east") == {key for key, w in REGION.workloads.items() if not w.hot and w.home == "east"}


def test_taking_back_before_the_other_site_released_is_refused() -> None:
    world = started()
    follow(world, Change("lost", "east"))
    follow(world, Change("drained", "east"))
    world.declare([Change("normal", "east"), Change("promoted", "east", at="east")])
    assert [refusal.row for refusal in world.up("east")] == ["peer-holds"]
    assert world.up("west") == ()
    assert world.up("east") == ()


def test_releasing_before_the_returned_site_was_drained_is_refused() -> None:
    world = started()
    follow(world, Change("lost", "east"))
    world.declare([Change("drained", "east")])
    world.declare([Change("normal", "east")])
    assert [refusal.row for refusal in world.up("west")] == ["gives-to-unsafe-peer"]


def test_a_false_alarm_is_over_at_once() -> None:
    world = started()
    assert world.declare([Change("lost", "east")])
    assert [refusal.row for refusal in world.up("west")] == ["data-not-writable"]
    assert follow(world, Change("normal", "east"))
    assert world.cold_at("east") == {key for key, w in REGION.workloads.items() if not w.hot and w.home == "east"}


def test_machines_whose_data_was_promoted_away_and_back_underneath_them_are_removed_first() -> None:
    world = started()
    world.declare([Change("lost", "east"), Change("promoted", "east", at="west")])
    world.declare([Change("drained", "east")])
    assert world.declare([Change("promoted", "east", at="east"), Change("normal", "east")])
    (refusal,) = world.up("east")
    assert refusal.row == "data-moved"
    assert "In epoch 4 it was promoted away, and stack east was last brought up in epoch 3" in refusal.text
    assert follow(world, Change("drained", "east"))
    assert follow(world, Change("normal", "east"))
    assert world.cold_at("east") == places(world, "east")
