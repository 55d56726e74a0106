"""The guard's rows about data: where it is writable, and which disks there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.continuity.situations import situation
from tests.continuity.stacks import LOST, PEER_DRAINED, disks, refusals, rows, stack
from uitwijk.continuity import place
from uitwijk.continuity.facts import Facts, StackFacts, VCenterFacts
from uitwijk.continuity.guard import Refusal, judge
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


@pytest.fixture(scope="module")
def normal(region: Region) -> Situation:
    return situation(region, epoch=5)


# Row 7: data


def test_a_workload_whose_data_is_not_writable_here_is_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, lost=["veldoord"], epoch=6)
    (refusal,) = refusals(region, declared, stack(region, "zandermeer", normal))
    assert refusal.row == "data-not-writable"
    assert "dataset veldoord, which is writable at veldoord" in refusal.text
    assert "promote its replica at zandermeer" in refusal.text
    assert "uitwijk declare promoted veldoord --at zandermeer" in refusal.text


def test_a_workload_that_is_here_already_must_have_its_data_here_too(region: Region, normal: Situation) -> None:
    moved = situation(region, promoted={"veldoord": "zandermeer"}, epoch=6)
    own, peer = stack(region, "veldoord", normal), stack(region, "zandermeer", normal)
    assert rows(region, moved, own, peer) == ["data-not-writable"]


def test_data_of_workloads_that_are_placed_elsewhere_may_be_anywhere(region: Region, normal: Situation) -> None:
    moved = situation(region, promoted={"veldoord": "zandermeer"}, epoch=6)
    own, peer = stack(region, "zandermeer", normal), stack(region, "veldoord", normal)
    assert rows(region, moved, own, peer) == []


# Row 8: empty disks


def test_a_rebuilt_site_does_not_get_empty_disks_while_its_data_is_elsewhere(region: Region) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    rebuilt = stack(region, "veldoord", None)
    (refusal,) = refusals(region, declared, rebuilt, stack(region, "zandermeer", situation(region, **LOST, epoch=5)))
    assert refusal.row == "empty-disk"
    assert f"{len(disks(region, 'veldoord'))} data disks would be created empty" in refusal.text
    assert "`uitwijk rebuilt veldoord`" in refusal.text


def test_a_returning_site_with_its_disks_is_not_refused(region: Region, normal: Situation) -> None:
    declared = situation(region, **PEER_DRAINED, epoch=6)
    over = stack(region, "zandermeer", situation(region, **LOST, epoch=5))
    assert rows(region, declared, stack(region, "veldoord", normal), over) == []


def test_disks_are_created_where_the_data_is_at_home(region: Region, normal: Situation) -> None:
    new = StackFacts("veldoord", readable=True)
    assert rows(region, normal, new, stack(region, "zandermeer", normal)) == []


# Row 9: the size of disks

RESIZED = "kolkwijde-civil-affairs-database-1-data"


@pytest.mark.parametrize("gib", [150, 199, 201, 300])
def test_a_disk_of_another_size_than_the_catalogue_says_is_refused(region: Region, normal: Situation, gib: int) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, disks={**own.disks, RESIZED: gib})
    (refusal,) = refusals(region, normal, own, stack(region, "zandermeer", normal))
    assert refusal.row == "disk-size"
    assert (
        f"1 data disks of veldoord differ in size from the catalogue: {RESIZED} is {gib} GiB, not 200. " in refusal.text
    )
    assert "catalogue/services.yaml" in refusal.text
    assert "a further data disk" in refusal.text


def test_every_disk_of_another_size_is_counted(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    own = replace(own, disks=dict.fromkeys(own.disks, 1))
    (refusal,) = refusals(region, normal, own, stack(region, "zandermeer", normal))
    assert refusal.text.startswith(f"{len(own.disks)} data disks of veldoord differ")


def test_the_size_is_judged_wherever_the_dataset_is_writable(region: Region) -> None:
    over = situation(region, **PEER_DRAINED, epoch=6)
    own = stack(region, "veldoord", over)
    own = replace(own, disks={**own.disks, RESIZED: 100})
    assert rows(region, over, own, stack(region, "zandermeer", over)) == ["disk-size"]


def test_a_disk_of_the_peer_is_the_peers_business(region: Region, normal: Situation) -> None:
    peer = stack(region, "zandermeer", normal)
    peer = replace(peer, disks=dict.fromkeys(peer.disks, 1))
    assert rows(region, normal, stack(region, "veldoord", normal), peer) == []


def test_a_new_disk_and_one_that_left_the_catalogue_have_no_other_size(region: Region, normal: Situation) -> None:
    own = stack(region, "veldoord", normal)
    changed = {name: size for name, size in own.disks.items() if name != RESIZED} | {f"{RESIZED}-2": 1}
    assert rows(region, normal, replace(own, disks=changed), stack(region, "zandermeer", normal)) == []


# Rows about what the vCenter shows

TAKES = "zandermeer"
DATABASE = "kolkwijde-civil-affairs-database-1"
PATH = "kolkwijde/civil-affairs/database-1-data.vmdk"


def taken(
    region: Region, normal: Situation, *, running: frozenset[str] | None = None, **vcenter: Any
) -> tuple[Refusal, ...]:
    """What is said when the other site takes over, and its vCenter shows this."""
    over = situation(region, **LOST, epoch=6)
    own = stack(region, TAKES, normal)
    if running is not None:
        own = replace(own, machines=own.machines | running)
    facts = Facts(TAKES, own, {}, None, VCenterFacts(**vcenter))
    return judge(region, over, place(region, over), facts)


def replicas(region: Region) -> set[str]:
    """Where the data disks of Veldoord lie."""
    machines = (m for workload in region.workloads.values() if workload.home == "veldoord" for m in workload.machines)
    return {machine.disk_path(disk) for machine in machines for disk in machine.disks}


def with_data(region: Region) -> set[str]:
    """The cold workloads of Veldoord that have a data disk."""
    workloads = [w for w in region.workloads.values() if w.home == "veldoord" and not w.hot]
    return {workload.key for workload in workloads if any(machine.disks for machine in workload.machines)}


def test_data_on_a_datastore_that_a_host_cannot_write_on_is_not_taken(region: Region, normal: Situation) -> None:
    wrong = {"data-veldoord": {"host-1": "read-only", "host-2": "not mounted"}, "data-zandermeer": {}}
    (refusal,) = taken(region, normal, unwritable=wrong)
    assert (refusal.row, refusal.workloads) == ("disk-unwritable", with_data(region))
    assert "datastore data-veldoord, on which 2 hosts cannot write: host-1 (read-only), host-2 (not" in refusal.text


def test_a_replica_that_nobody_works_on_may_be_mounted_anyhow(region: Region, normal: Situation) -> None:
    wrong = {"data-zandermeer": {"host-1": "read-only"}, "local": {"host-1": "read-only"}}
    assert not taken(region, normal, unwritable=wrong)
    all_there = stack(region, TAKES, situation(region, **LOST, epoch=6)).machines
    assert not taken(region, normal, running=all_there, unwritable={"data-veldoord": {"host-1": "read-only"}})


def test_a_workload_whose_data_did_not_arrive_is_not_taken(region: Region, normal: Situation) -> None:
    (refusal,) = taken(region, normal, files={"data-veldoord": frozenset(replicas(region) - {PATH})})
    assert (refusal.row, refusal.workloads) == ("disk-missing", {"kolkwijde/civil-affairs"})
    assert f"1 data disks of workloads placed here are not there: data-veldoord/{PATH}." in refusal.text
    assert not taken(region, normal, files={"data-veldoord": frozenset(replicas(region))})


def test_a_disk_that_the_run_makes_need_not_be_there(region: Region, normal: Situation) -> None:
    def rows(own: StackFacts) -> list[str]:
        facts = Facts("veldoord", own, {TAKES: peer}, None, VCenterFacts(files={"data-veldoord": frozenset()}))
        return [refusal.row for refusal in judge(region, normal, place(region, normal), facts)]

    peer = stack(region, TAKES, normal)
    assert rows(StackFacts("veldoord", readable=True)) == []
    emptied = replace(stack(region, "veldoord", normal), machines=frozenset())
    assert rows(emptied) == ["disk-missing"]


@pytest.mark.parametrize("ending", ["", "-delta", "-sesparse"])
def test_data_that_goes_on_in_a_snapshot_is_not_taken_as_it_was(region: Region, normal: Situation, ending: str) -> None:
    goes_on = PATH.replace(".vmdk", f"-000001{ending}.vmdk")
    (refusal,) = taken(region, normal, files={"data-veldoord": frozenset({*replicas(region), goes_on})})
    assert (refusal.row, refusal.workloads) == ("snapshot", {"kolkwijde/civil-affairs"})
    assert f"data-veldoord/{goes_on}" in refusal.text


@pytest.mark.parametrize("name", ["database-1-data-2.vmdk", "database-1-data-0001.vmdk", "other-data-000001.vmdk"])
def test_what_lies_beside_a_disk_is_no_snapshot_of_it(region: Region, normal: Situation, name: str) -> None:
    beside = f"kolkwijde/civil-affairs/{name}"
    assert not taken(region, normal, files={"data-veldoord": frozenset({*replicas(region), beside})})


def test_a_machine_with_a_snapshot_is_not_released_and_the_others_are(region: Region, normal: Situation) -> None:
    drained = situation(region, drained=["veldoord"], epoch=6)
    own, peer = stack(region, "veldoord", normal), stack(region, TAKES, normal)

    def judged(*names: str) -> tuple[Refusal, ...]:
        facts = Facts("veldoord", own, {TAKES: peer}, None, VCenterFacts(snapped=frozenset(names)))
        return judge(region, drained, place(region, drained), facts)

    (refusal,) = judged(DATABASE, "somebody-elses-1")
    assert (refusal.row, refusal.workloads) == ("snapshot", {"kolkwijde/civil-affairs"})
    assert "Have the snapshots removed (consolidated) in the vSphere Client of veldoord" in refusal.text
    assert not judged("kolkwijde-taxes-application-1")
