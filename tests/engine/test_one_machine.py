"""One machine that cannot be deleted holds up its own workload and those that need it; everything else moves."""

from __future__ import annotations

import json

import pytest

from tests.engine.mishaps import ever_ran_twice, follow, uitwijk
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage
from uitwijk.continuity import place

pytestmark = pytest.mark.timeout(300)
WAY_OUT = "`uitwijk recover veldoord`, then `pulumi up --stack veldoord --continue-on-error`"
DATABASE = "kolkwijde-civil-affairs-database-1"


def test_a_machine_that_cannot_be_deleted_in_a_drain_keeps_nothing_down_that_does_not_need_it(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    fresh.declare_next(sites={HOME: "drained"})
    fresh.fail(HOME, method="ReconfigVM_Task", object=DATABASE, fault="ResourceInUse", count=0)
    assert fresh.up(HOME, expect_failure=True)[HOME].code
    stuck = fresh.facts(HOME).machines - fresh.expected(HOME)
    assert DATABASE in stuck

    storage.replicate()
    fresh.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    run = fresh.up(OTHER)[OTHER]
    waiting = fresh.facts(OTHER).waiting
    held = {key for key, why in waiting.items() if why == "peer-holds"}
    assert held == {key for key in fresh.region.workloads if machines_of(fresh, key) & stuck}
    assert needing(fresh, held) == waiting.keys()
    late = {name for key in waiting for name in machines_of(fresh, key)}
    assert set(run.machines("create")) == fresh.cold(HOME) - late
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}

    told = {line["subject"]: line for line in json.loads(uitwijk(fresh, OTHER, "check", "--json").stdout)["lines"]}
    assert told[f"waiting {OTHER}"]["verdict"] == "fail"
    assert DATABASE in told[f"waiting {OTHER}"]["remedy"]
    fresh.heal(HOME)
    assert set(follow(fresh, HOME, WAY_OUT).machines("delete")) == stuck
    assert set(fresh.up(OTHER)[OTHER].machines("create")) == late
    assert not fresh.facts(OTHER).waiting
    assert {machine.name for machine in fresh.inventory(OTHER).machines if machine.powered_on} == fresh.expected(OTHER)
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}
    assert not ever_ran_twice(fresh)


def machines_of(stage: Stage, key: str) -> set[str]:
    return {machine.name for machine in stage.region.workloads[key].machines}


def needing(stage: Stage, held: set[str]) -> set[str]:
    """The workloads that move, and are `held` or need one that waits."""
    workloads = stage.region.workloads
    moving = {key for key in place(stage.region, stage.situation).runs_at(OTHER) if workloads[key].home == HOME}
    moving = {key for key in moving if not workloads[key].hot}
    return {key for key in moving if key in held or held & set(stage.region.needs[key])}
