"""What lies in the way of a take: data that did not arrive, or goes on in a snapshot. It waits, the rest does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mishaps import administrator
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage
from uitwijk.wording import up_command

pytestmark = pytest.mark.timeout(300)
SNAPPED, ABSENT = "kolkwijde-civil-affairs-database-1", "reeenmeer-documents-files-1"


def test_data_that_is_not_whole_makes_its_workload_wait_until_the_remedy_is_followed(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    storage.replicate()
    absent, goes_on = of(fresh, ABSENT), of(fresh, SNAPPED)
    away = absent.with_suffix(".away")
    absent.rename(away)
    delta = goes_on.with_name(f"{goes_on.stem}-000001.vmdk")
    delta.write_bytes(goes_on.read_bytes())

    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    run = fresh.up(OTHER)[OTHER]
    waiting, log = fresh.facts(OTHER).waiting, fresh.log(OTHER)
    keys = {name: fresh.region.machines[name].workload for name in (SNAPPED, ABSENT)}
    assert {key: why for key, why in waiting.items() if not why.startswith("needs ")} == {
        keys[SNAPPED]: "snapshot",
        keys[ABSENT]: "disk-missing",
    }
    late = {machine.name for key in waiting for machine in fresh.region.workloads[key].machines}
    assert set(run.machines("create")) == fresh.cold(HOME) - late
    assert "put the files back where they lay, from a replica or a backup; then run this again" in log
    assert "move these files to another folder; then run this again" in log

    away.rename(absent)
    delta.rename(delta.parent.parent / delta.name)
    assert set(fresh.up(OTHER)[OTHER].machines("create")) == late
    assert not fresh.facts(OTHER).waiting
    assert storage.read(OTHER) == {disk: ["written"] for disk in storage.disks}


def test_a_machine_with_a_snapshot_stays_in_a_drain_and_goes_when_the_snapshot_is_gone(fresh: Stage) -> None:
    fresh.up()
    with administrator(fresh, HOME) as person:
        person.snapshot(SNAPPED)
    fresh.declare_next(sites={HOME: "drained"})
    run = fresh.up(HOME)[HOME]
    waiting = fresh.facts(HOME).waiting
    key = fresh.region.machines[SNAPPED].workload
    assert waiting[key] == "snapshot"
    kept = {machine.name for each in waiting for machine in fresh.region.workloads[each].machines}
    assert set(run.machines("delete")) == fresh.cold(HOME) - kept
    assert up_command(HOME) in fresh.log(HOME)

    with administrator(fresh, HOME) as person:
        person.consolidate(SNAPPED)
    assert set(fresh.up(HOME)[HOME].machines("delete")) == kept & fresh.cold(HOME)
    assert not fresh.facts(HOME).waiting


def of(stage: Stage, machine: str) -> Path:
    """The file of the machine's only data disk, as the other site has it."""
    (disk,) = stage.region.machines[machine].disks
    return stage.vcenters[OTHER].folder / "datastores" / f"data-{HOME}" / stage.region.machines[machine].disk_path(disk)
