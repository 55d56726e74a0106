"""`uitwijk check`: whether each data disk has its replica at the other site, no older than its RPO."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from tests.commands.inventories import inventory, machine
from tests.continuity.situations import situation
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.commands.readiness.replicas import Disks, data_lines, replica_lines
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.observe.inventory import Disk, VirtualMachine
from uitwijk.observe.readings import StackReading

WRITTEN = datetime.datetime(2026, 11, 27, 8, 12, tzinfo=datetime.UTC)
DATABASE = "kolkwijde/civil-affairs/database-1-data.vmdk"
"""Its RPO is five minutes."""
FILES = "kolkwijde/documents/files-1-files.vmdk"
"""Its RPO is fifteen."""


def all_disks(region: Region, at: datetime.datetime = WRITTEN) -> dict[str, dict[str, datetime.datetime]]:
    """Every data disk of both datasets, all written at one time."""
    return {
        dataset_datastore(home): {
            machine.disk_path(disk): at
            for workload in region.workloads.values()
            if workload.home == home
            for machine in workload.machines
            for disk in machine.disks
        }
        for home in region.sites
    }


def both(region: Region) -> dict[str, dict[str, dict[str, datetime.datetime]]]:
    return {site: all_disks(region) for site in region.sites}


def lines(region: Region, found: dict[str, Disks | str], **declared: object) -> dict[str, Line]:
    return {line.subject: line for line in replica_lines(region, situation(region, **declared), found)}  # type: ignore[arg-type]


HERE, THERE = "replica veldoord at zandermeer", "replica zandermeer at veldoord"


def test_replicas_as_new_as_the_originals_are_well(region: Region) -> None:
    found = lines(region, {**both(region)})
    assert {line.verdict for line in found.values()} == {Verdict.OK}
    assert list(found) == [HERE, THERE]
    disks = len(all_disks(region)["data-veldoord"])
    assert found[HERE].why == f"{disks} disks, the oldest 0 s behind, each within its RPO"


@pytest.mark.parametrize(
    ("disk", "behind", "verdict"),
    [(DATABASE, 300, Verdict.OK), (DATABASE, 301, Verdict.FAIL), (FILES, 900, Verdict.OK), (FILES, 901, Verdict.FAIL)],
)
def test_a_replica_may_lag_behind_as_far_as_the_rpo_of_its_service_allows(
    region: Region, disk: str, behind: int, verdict: Verdict
) -> None:
    found = both(region)
    found["zandermeer"]["data-veldoord"][disk] = WRITTEN - datetime.timedelta(seconds=behind)
    told = lines(region, {**found})
    assert told[HERE].verdict is verdict
    assert told[THERE].verdict is Verdict.OK
    if verdict is Verdict.FAIL:
        assert told[HERE].why.startswith(f"1 disk too far behind: {disk} {behind // 60} min (RPO ")
        assert told[HERE].remedy == (
            "have the storage administrator see to the replication from veldoord to zandermeer"
        )


@pytest.mark.parametrize(("ahead", "verdict"), [(60, Verdict.OK), (61, Verdict.FAIL), (3600, Verdict.FAIL)])
def test_a_replica_that_is_newer_than_its_original_fails_beyond_what_clocks_may_differ(
    region: Region, ahead: int, verdict: Verdict
) -> None:
    found = both(region)
    found["zandermeer"]["data-veldoord"][DATABASE] = WRITTEN + datetime.timedelta(seconds=ahead)
    line = lines(region, {**found})[HERE]
    assert line.verdict is verdict
    if verdict is Verdict.FAIL:
        assert line.why.startswith(f"1 disk newer than the original at veldoord: {DATABASE} ")


def test_a_data_disk_that_is_not_where_its_data_is_writable_fails_and_says_where_it_lies(region: Region) -> None:
    found = both(region)
    del found["veldoord"]["data-veldoord"][DATABASE]
    holding = StackReading("veldoord", None, None, StackFacts("veldoord", True, epoch=5), {}, (), None)
    elsewhere = replace(machine("kolkwijde-civil-affairs-database-1"), disks=(Disk("data", "local", DATABASE, 200),))

    def told(facts: StackFacts, *machines: VirtualMachine) -> dict[str, Line]:
        here = {"veldoord": inventory(region, "veldoord", machines)}
        readings = {"veldoord": replace(holding, facts=facts)}
        return {line.subject: line for line in data_lines(region, situation(region), {**found}, readings, here)}

    line = told(holding.facts)["data veldoord at veldoord"]
    assert (line.verdict, DATABASE in line.why) == (Verdict.FAIL, True)
    assert "`uitwijk recover veldoord`" in line.remedy
    assert f"{DATABASE} (it lies on local)" in told(holding.facts, elsewhere)["data veldoord at veldoord"].why
    assert told(holding.facts)["data zandermeer at zandermeer"].verdict is Verdict.OK
    assert "data veldoord at veldoord" not in told(StackFacts("veldoord", True))


def test_a_replica_that_is_not_there_fails(region: Region) -> None:
    found = both(region)
    del found["veldoord"]["data-zandermeer"]["zandermeer/civil-affairs/database-1-data.vmdk"]
    told = lines(region, {**found})
    assert (told[HERE].verdict, told[THERE].verdict) == (Verdict.OK, Verdict.FAIL)
    assert "not there: zandermeer/civil-affairs/database-1-data.vmdk" in told[THERE].why
    del found["veldoord"]["data-zandermeer"]
    assert lines(region, {**found})[THERE].verdict is Verdict.FAIL


def test_a_dataset_that_was_never_made_has_nothing_to_replicate(region: Region) -> None:
    found = lines(region, {site: {} for site in region.sites})
    assert {line.verdict for line in found.values()} == {Verdict.ATTENTION}
    assert found[HERE].why == "not checked, because no data disk of it exists at veldoord yet"


def test_a_site_that_could_not_be_read_leaves_both_directions_unchecked(region: Region) -> None:
    found = lines(region, {"veldoord": all_disks(region), "zandermeer": "vCenter x: browsing is not allowed"})
    for line in found.values():
        assert line.verdict is Verdict.ATTENTION
        assert "zandermeer: vCenter x: browsing is not allowed" in line.why
    assert "could not be read" in lines(region, {"veldoord": all_disks(region)})[HERE].why


def test_replication_is_asked_for_from_where_the_data_is_writable_and_only_between_living_sites(region: Region) -> None:
    promoted = {"promoted": {"veldoord": "zandermeer"}}
    assert not lines(region, {**both(region)}, lost=["veldoord"], **promoted)
    back = lines(region, {**both(region)}, drained=["veldoord"], **promoted)
    assert list(back) == ["replica veldoord at veldoord", THERE]


def test_a_site_that_is_not_back_to_normal_may_still_wait_for_its_replicas(region: Region) -> None:
    found = both(region) | {"veldoord": {}}
    line = lines(region, {**found}, drained=["veldoord"], promoted={"veldoord": "zandermeer"})[
        "replica veldoord at veldoord"
    ]
    assert line.verdict is Verdict.ATTENTION
    assert "from zandermeer to veldoord" in line.remedy
