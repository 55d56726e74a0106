"""The vCenter fails in the middle of an `up`: what was applied is on record, and the next run finishes it."""

from __future__ import annotations

from tests.engine.mishaps import strays
from tests.engine.stage import EPOCH, HOME, OTHER, Stage
from tests.engine.storage import Storage

DATABASE = "kolkwijde-civil-affairs-database-1"
FRONT_ENDS = {"kolkwijde-civil-affairs-application-1", "kolkwijde-counter-application-1"}
SHARED = "kust-service-bus-node-1"
"""The partnership runs it for its members."""
CHANGES = ("power", "reconfigured", "destroyed", "created")


def test_the_situation_is_on_record_even_when_every_machine_fails(fresh: Stage) -> None:
    fresh.fail(OTHER, method="CloneVM_Task", fault="InsufficientResourcesFault")
    run = fresh.up(OTHER, expect_failure=True)[OTHER]
    assert run.code
    assert not fresh.inventory(OTHER).machines
    assert (fresh.facts(OTHER).epoch, fresh.facts(OTHER).digest) == (EPOCH, fresh.situation.digest)

    fresh.declare(EPOCH - 1)
    assert fresh.refused("preview", OTHER)[OTHER][0].startswith("epoch: ")


def test_a_failed_database_stops_its_front_ends_alone_and_a_second_run_finishes_the_rest(fresh: Stage) -> None:
    fresh.fail(HOME, method="PowerOnVM_Task", object=DATABASE, fault="InsufficientResourcesFault")
    run = fresh.up(HOME, expect_failure=True)[HOME]
    assert run.code
    assert [error for error in run.errors if DATABASE in error]
    assert "Traceback" not in fresh.log(HOME)
    before = {machine.name: machine for machine in fresh.inventory(HOME).machines if machine.powered_on}
    assert set(before) == fresh.expected(HOME) - {DATABASE, *FRONT_ENDS}

    fresh.heal(HOME)
    mark = fresh.vcenters[HOME].mark()
    fresh.up(HOME)
    after = fresh.inventory(HOME)
    assert len(after.machines) == len(after.by_name)
    assert {machine.name for machine in after.machines if machine.powered_on} == fresh.expected(HOME)
    assert {name: after.by_name[name].instance_uuid for name in before} == {
        name: machine.instance_uuid for name, machine in before.items()
    }
    seen = fresh.vcenters[HOME].observed(mark)
    touched = {event["vm"] for kind in CHANGES for event in seen[kind]}
    assert touched == {DATABASE, *FRONT_ENDS}


def test_a_failed_shared_service_stops_those_who_need_it_in_every_municipality_and_starts_before_them_again(
    fresh: Stage,
) -> None:
    need_it = {
        machine.name
        for key, needed in fresh.region.needs.items()
        if fresh.region.machines[SHARED].workload in needed
        for machine in fresh.region.workloads[key].machines
    }
    assert {fresh.region.machines[name].organisation for name in need_it} == {"kust", "kolkwijde", "reeenmeer"}
    fresh.fail(HOME, method="PowerOnVM_Task", object=SHARED, fault="InsufficientResourcesFault")
    run = fresh.up(HOME, expect_failure=True)[HOME]
    assert run.code
    before = {machine.name: machine for machine in fresh.inventory(HOME).machines if machine.powered_on}
    assert set(before) == fresh.expected(HOME) - {SHARED} - need_it

    fresh.heal(HOME)
    fresh.fail(HOME, method="PowerOnVM_Task", object=SHARED, delay_seconds=2)
    mark = fresh.vcenters[HOME].mark()
    fresh.up(HOME)
    seen = fresh.vcenters[HOME].observed(mark)
    assert {event["vm"] for kind in CHANGES for event in seen[kind]} == {SHARED} | need_it
    after = fresh.inventory(HOME).by_name
    assert {name: after[name].instance_uuid for name in before} == {
        name: machine.instance_uuid for name, machine in before.items()
    }
    first, *later = (event["vm"] for event in seen["power"] if event["state"] == "poweredOn")
    assert first == SHARED
    assert set(later) == need_it
    for organisation in ("kolkwijde", "reeenmeer"):
        own = [name for name in later if name.startswith(f"{organisation}-civil-affairs-")]
        assert own == [f"{organisation}-civil-affairs-{role}-1" for role in ("database", "application")]


def test_a_take_before_the_disks_are_there_starts_nothing_without_them_and_goes_through_afterwards(
    fresh: Stage,
) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    fresh.up(OTHER)
    with_data = {name for name in fresh.cold(HOME) if fresh.region.machines[name].disks}
    waiting = fresh.facts(OTHER).waiting
    assert {key for key, why in waiting.items() if why == "disk-missing"} == {
        fresh.region.machines[name].workload for name in with_data
    }
    standing = {machine.name for machine in fresh.inventory(OTHER).machines}
    assert not standing & with_data
    assert standing & fresh.cold(HOME)

    fresh.declare(sites={HOME: "normal"})
    storage.replicate()
    fresh.declare(sites={HOME: "lost"}, data={HOME: OTHER})
    fresh.up(OTHER)
    after = {machine.name: machine for machine in fresh.inventory(OTHER).machines if machine.powered_on}
    assert set(after) == fresh.expected(OTHER)
    assert not strays(fresh, OTHER)
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}
