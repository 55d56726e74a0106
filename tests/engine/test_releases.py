"""A site gives its workloads away and fails half-way, or dies: who waits, what tells it, and what finishes it."""

from __future__ import annotations

import pytest

from tests.engine.mishaps import (
    ever_ran_twice,
    follow,
    held_back,
    killed_while,
    lines,
    reading,
)
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage
from tests.engine.waiting import wait_until
from uitwijk.commands.readiness.line import Verdict
from uitwijk.running.engine import Engine
from uitwijk.wording import names

pytestmark = pytest.mark.timeout(300)
DATABASE = "kolkwijde-civil-affairs-database-1"
LAST = {
    "kust-databases-server-1",
    "kust-remote-access-gateway-1",
    "kust-service-bus-node-1",
    "kust-service-bus-node-2",
    "kolkwijde-documents-files-1",
    "reeenmeer-documents-files-1",
    *(f"{organisation}-workplaces-profiles-1" for organisation in ("kolkwijde", "kust", "reeenmeer")),
}
"""What the engine removes when everything before it, the database too, is gone."""
WAY_OUT = "`uitwijk recover veldoord`, then `pulumi up --stack veldoord --continue-on-error`"


def test_a_release_that_fails_half_way_keeps_the_taker_out_until_it_is_finished(fresh: Stage) -> None:
    storage = at_work(fresh)
    fresh.declare_next(sites={HOME: "drained"})
    fresh.fail(HOME, method="Destroy_Task", object="*-workplaces-profiles-1", count=2, fault="ResourceInUse")
    run = fresh.up(HOME, expect_failure=True)[HOME]
    assert run.code
    left = sorted(fresh.facts(HOME).machines - fresh.expected(HOME))
    assert len(left) == 2
    assert {machine.name for machine in fresh.inventory(HOME).machines} == fresh.expected(HOME) | set(left)
    assert_taker_is_kept_out(fresh, *left)

    stack, release = lines(fresh, HOME)
    assert (stack.verdict, release.verdict) == (Verdict.OK, Verdict.FAIL)
    follow(fresh, HOME, release.remedy)
    assert not set(left) & fresh.inventory(HOME).by_name.keys()
    assert [line.verdict for line in lines(fresh, HOME)] == [Verdict.OK]
    assert_taken(fresh, storage)


def test_a_release_whose_engine_is_killed_keeps_everybody_out_until_the_way_that_check_names_was_gone(
    fresh: Stage,
) -> None:
    storage = at_work(fresh)
    fresh.declare_next(sites={HOME: "drained"})
    fresh.fail(HOME, method="Destroy_Task", object=DATABASE, delay_seconds=3600)
    rest = fresh.expected(HOME) | {DATABASE} | LAST
    with killed_while(fresh, HOME, lambda: held_back(fresh, HOME) and fresh.facts(HOME).machines == rest):
        assert_a_second_operator_is_told_who_is_at_work(fresh)
    wait_until(lambda: DATABASE not in fresh.inventory(HOME).by_name)
    assert reading(fresh, HOME).pending == {DATABASE: "deleting"}
    assert_taker_is_kept_out(fresh, DATABASE, *LAST)

    stack, lock = lines(fresh, HOME)
    assert (stack.verdict, lock.verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert lock.why.endswith(", which is dead: its run was broken off")
    assert lock.remedy == stack.remedy == WAY_OUT
    mark = fresh.vcenters[HOME].mark()
    assert set(follow(fresh, HOME, lock.remedy).machines("delete")) == LAST
    seen = fresh.vcenters[HOME].observed(mark)
    assert {event["vm"] for kind in ("power", "reconfigured", "destroyed", "created") for event in seen[kind]} == LAST
    assert [line.verdict for line in lines(fresh, HOME)] == [Verdict.OK]
    assert_taken(fresh, storage)


def test_a_machine_that_was_half_made_when_the_engine_died_makes_room_and_leaves_its_data(fresh: Stage) -> None:
    fresh.fail(HOME, method="PowerOnVM_Task", object=DATABASE, delay_seconds=3600)
    with killed_while(fresh, HOME, lambda: held_back(fresh, HOME) and set(reading(fresh, HOME).pending) == {DATABASE}):
        pass
    wait_until(lambda: fresh.inventory(HOME).by_name[DATABASE].powered_on)
    path = fresh.region.machines[DATABASE].disk_path("data").removesuffix(".vmdk")
    data = fresh.vcenters[HOME].folder / "datastores" / f"data-{HOME}" / f"{path}-flat.vmdk"
    data.write_text("what was written since", encoding="utf-8")
    before = {machine.name: machine.instance_uuid for machine in fresh.inventory(HOME).machines}

    stack, lock = lines(fresh, HOME)
    assert (stack.verdict, lock.verdict) == (Verdict.FAIL, Verdict.FAIL)
    follow(fresh, HOME, lock.remedy)
    after = {machine.name: machine for machine in fresh.inventory(HOME).machines if machine.powered_on}
    assert set(after) == fresh.expected(HOME)
    assert {name for name, uuid in before.items() if after[name].instance_uuid != uuid} == {DATABASE}
    assert data.read_text(encoding="utf-8") == "what was written since"
    assert [line.verdict for line in lines(fresh, HOME)] == [Verdict.OK]


def at_work(stage: Stage) -> Storage:
    """Both sites run, and data is written."""
    stage.up()
    storage = Storage(stage)
    storage.write(HOME, "written")
    return storage


def assert_a_second_operator_is_told_who_is_at_work(stage: Stage) -> None:
    """The run that is under way keeps another one of the same stack from changing anything."""
    colleague = Engine(stage.engines[HOME].stack, stage.folder / "logs" / "colleague")
    with stage.nothing_changes():
        run = colleague.up(expect_failure=True)
    assert run.code
    (error,) = run.errors
    assert "the stack is currently locked by 1 lock(s)" in error
    assert "Traceback" not in (stage.folder / "logs" / "colleague" / f"001-up-{HOME}.log").read_text(encoding="utf-8")
    stack, lock = lines(stage, HOME)
    assert (stack.verdict, lock.verdict) == (Verdict.ATTENTION, Verdict.ATTENTION)
    assert lock.why.endswith(", which is at work: no other run can change the stack")
    assert lock.remedy == "wait for that run to end"


def assert_taker_is_kept_out(stage: Stage, *left: str) -> None:
    """The other site's `up` is refused, and told what stands in the way."""
    holds, data = stage.refused("up", OTHER)[OTHER]
    assert holds.startswith(
        f"peer-holds: stack {HOME} still holds {len(left)} machines of workloads placed here: {names(left)}. "
    )
    assert data.startswith(f"data-not-writable: 19 workloads placed here need dataset {HOME}, ")


def assert_taken(stage: Stage, storage: Storage) -> None:
    """The release is finished; the take goes through with all data, and nothing ever ran twice."""
    assert {machine.name for machine in stage.inventory(HOME).machines} == stage.expected(HOME)
    storage.replicate()
    stage.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    assert set(stage.up(OTHER)[OTHER].machines("create")) == stage.cold(HOME)
    for site in (HOME, OTHER):
        running = {machine.name for machine in stage.inventory(site).machines if machine.powered_on}
        assert running == stage.expected(site)
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}
    assert not ever_ran_twice(stage)
