"""`uitwijk recover`: whatever broke a run off, one command and one `up` put everything in order; no data is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.mishaps import administrator, disorder, held_back, killed_while, reading, strays, typed, uitwijk
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage
from tests.engine.waiting import wait_until
from uitwijk.observe.stacks import DISK

pytestmark = pytest.mark.timeout(300)
DATABASE = "kolkwijde-civil-affairs-database-1"
DISK_NAME = f"{DATABASE}-data"


def recovered(stage: Stage, site: str, *words: str) -> Mapping[str, Any]:
    """What `uitwijk recover SITE --yes --json` did."""
    done = uitwijk(stage, site, "recover", site, "--yes", "--json", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def acts(result: Mapping[str, Any], part: str = "done") -> dict[str, str]:
    """What was done, by name."""
    return {each["name"]: each["act"] for each in result[part]}


def assert_in_order(stage: Stage, *sites: str) -> None:
    """Every machine stands once, runs, and the next preview is empty."""
    assert not list(filter(None, (disorder(stage, site) for site in sites)))


def test_a_take_whose_engine_was_killed_goes_through_after_one_command(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    storage.replicate()
    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    fresh.fail(OTHER, method="PowerOnVM_Task", object=DATABASE, delay_seconds=3600)
    with killed_while(fresh, OTHER, lambda: held_back(fresh, OTHER)):
        pass
    wait_until(lambda: fresh.inventory(OTHER).by_name[DATABASE].powered_on)
    half_made = set(reading(fresh, OTHER).pending)
    assert DATABASE in half_made

    result = recovered(fresh, OTHER)
    assert result["next"] == f"pulumi up --stack {OTHER} --continue-on-error"
    assert DATABASE in acts(result)
    assert not {each.name for each in fresh.inventory(OTHER).machines} - fresh.facts(OTHER).machines
    assert not reading(fresh, OTHER).pending
    fresh.up(OTHER)
    assert_in_order(fresh, OTHER)
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}
    assert recovered(fresh, OTHER)["found"] == []


def test_a_take_that_wrote_no_state_and_was_killed_goes_through_after_one_command(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    storage.replicate()
    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    before = fresh.facts(OTHER)
    fresh.fail(OTHER, method="PowerOnVM_Task", object=DATABASE, delay_seconds=3600)
    without = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
    with fresh.environment(OTHER, **without), killed_while(fresh, OTHER, lambda: held_back(fresh, OTHER)):
        pass
    wait_until(lambda: fresh.inventory(OTHER).by_name[DATABASE].powered_on)
    assert fresh.facts(OTHER) == before
    left = {machine.name for machine in fresh.inventory(OTHER).machines} - before.machines
    assert DATABASE in left
    assert strays(fresh, OTHER) == left
    assert {
        name for name, act in acts(recovered(fresh, OTHER)).items() if act.startswith("remove from the inventory")
    } == left
    fresh.up(OTHER)
    assert_in_order(fresh, OTHER)
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}


def test_a_release_whose_engine_was_killed_goes_through_after_one_command(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    fresh.declare_next(sites={HOME: "drained"})
    fresh.fail(HOME, method="Destroy_Task", object=DATABASE, delay_seconds=3600)
    with killed_while(fresh, HOME, lambda: held_back(fresh, HOME)):
        pass
    recovered(fresh, HOME)
    fresh.up(HOME)
    assert_in_order(fresh, HOME)
    assert storage.read(HOME) == {disk: ["written"] for disk in storage.disks}


def test_a_session_that_ended_in_the_middle_leaves_nothing_that_the_command_does_not_put_in_order(fresh: Stage) -> None:
    fresh.fail(HOME, method="ReconfigVM_Task", after=12, count=1, end_sessions=True)
    run = fresh.up(HOME, expect_failure=True)[HOME]
    assert run.code
    fresh.heal(HOME)
    recovered(fresh, HOME)
    fresh.up()
    assert_in_order(fresh, HOME, OTHER)


def test_machines_that_somebody_deleted_renamed_or_switched_off_come_back(fresh: Stage) -> None:
    fresh.up()
    deleted, renamed, off = (
        "kolkwijde-documents-files-1",
        "kolkwijde-civil-affairs-application-1",
        "kolkwijde-taxes-application-1",
    )
    with administrator(fresh, HOME) as machines:
        machines.switch_off(deleted, off)
        machines.unregister(deleted)
        machines.rename(renamed, "old-civil-affairs")
    result = recovered(fresh, HOME)
    assert acts(result) == {deleted: "forget in the state", renamed: "rename back", off: "switch on"}
    assert set(fresh.up(HOME)[HOME].machines("create", "update", "delete", "replace")) == {deleted}
    assert_in_order(fresh, HOME)


def test_a_data_disk_that_vanished_is_not_made_anew_and_is_taken_in_when_its_file_is_back(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    storage.replicate()
    path = fresh.region.machines[DATABASE].disk_path("data").removesuffix(".vmdk")
    files = [
        fresh.vcenters[HOME].folder / "datastores" / f"data-{HOME}" / f"{path}{end}" for end in (".vmdk", "-flat.vmdk")
    ]
    away = [file.rename(fresh.folder / file.name) for file in files]
    with administrator(fresh, HOME) as machines:
        machines.switch_off(DATABASE)
        machines.unregister(DATABASE)
    fresh.engines[HOME].pulumi.order("refresh", "--yes", "--skip-preview", "--stack", HOME)
    assert DISK_NAME not in fresh.facts(HOME).disks

    (line,) = fresh.refused("up", HOME)[HOME]
    assert line.startswith(f"disk-gone: 1 data disks that this stack made are not in its state any more ({DISK_NAME})")
    assert f"`uitwijk recover {HOME}`" in line
    assert uitwijk(fresh, HOME, "recover", HOME, "--yes").returncode == 1

    for file, place in zip(away, files, strict=True):
        file.rename(place)
    assert acts(recovered(fresh, HOME))[DISK_NAME] == "take into the state"
    assert DISK_NAME in fresh.facts(HOME).disks
    disk = next(
        r
        for r in json.loads(fresh.exported(HOME))["deployment"]["resources"]
        if r["type"] == DISK and r["urn"].endswith(DISK_NAME)
    )
    assert disk["protect"]
    assert disk["retainOnDelete"]
    fresh.up(HOME)
    assert_in_order(fresh, HOME)
    assert storage.read(HOME) == {disk: ["written"] for disk in storage.disks}


def test_a_living_run_is_not_disturbed_and_a_lost_site_is_left_alone(fresh: Stage) -> None:
    fresh.fail(HOME, method="PowerOnVM_Task", object=DATABASE, delay_seconds=3600)
    with killed_while(fresh, HOME, lambda: held_back(fresh, HOME)):
        said = uitwijk(fresh, HOME, "recover", HOME, "--yes")
        assert said.returncode == 2
        assert said.stderr.endswith(", which is at work. Wait for that run to end\n")
    fresh.declare_next(sites={HOME: "lost"})
    said = uitwijk(fresh, HOME, "recover", HOME, "--yes")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"error: {HOME} is declared lost, so nothing of it is touched.")


def test_the_command_itself_may_be_killed_and_goes_on_from_there(fresh: Stage) -> None:
    fresh.fail(HOME, method="PowerOnVM_Task", object="kust-*", delay_seconds=3600)
    with killed_while(fresh, HOME, lambda: held_back(fresh, HOME)):
        pass
    fresh.fail(HOME, method="Destroy_Task", delay_seconds=3600)
    with typed(fresh, HOME, "recover", HOME, "--yes") as process:
        wait_until(lambda: held_back(fresh, HOME) or process.poll() is not None)
        process.kill()
    fresh.heal(HOME)
    recovered(fresh, HOME)
    fresh.up()
    assert_in_order(fresh, HOME, OTHER)
