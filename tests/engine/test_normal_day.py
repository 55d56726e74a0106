"""A normal day: both stacks are up."""

from __future__ import annotations

import datetime
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.engine.stage import EPOCH, HOME, OTHER, Stage
from uitwijk.continuity.region import dataset_datastore
from uitwijk.observe.data_disks import read_data_disks
from uitwijk.simulated.vcenter import USER

HOT = ("kust-directory-server-1", "kust-session-border-controller-1", "kolkwijde-telephony-call-server-1")
BUS = ("kust-directory-server-2", "kust-service-bus-node-1", "kolkwijde-civil-affairs-database-1")
START_ORDER = {
    HOME: [
        HOT,
        (*BUS, "kolkwijde-civil-affairs-application-1"),
        ("kust-directory-server-1", "reeenmeer-workplaces-profiles-1", "reeenmeer-workplaces-session-host-1"),
    ],
    OTHER: [
        HOT,
        (
            "zandermeer-directory-server-1",
            "zandermeer-service-bus-node-1",
            "zandermeer-civil-affairs-database-1",
            "zandermeer-civil-affairs-application-1",
        ),
    ],
}
"""Machines that must be powered on one after the other."""


@pytest.mark.parametrize("site", [HOME, OTHER])
def test_the_machines_of_a_site_stand_as_the_region_says(normal: Stage, site: str) -> None:
    inventory = normal.inventory(site)
    assert sorted(machine.name for machine in inventory.machines) == sorted(normal.expected(site))
    for seen in inventory.machines:
        machine = normal.region.machines[seen.name]
        workload = normal.region.workloads[machine.workload]
        assert seen.powered_on, seen.name
        assert (seen.vcpus, seen.memory_gib) == (machine.vcpus, machine.memory_gib), seen.name
        assert seen.networks == (machine.network,)
        assert seen.folder == f"uitwijk/{machine.organisation}"
        assert seen.tags == {
            "municipality": machine.organisation,
            "service": machine.service,
            "class": workload.recovery_class.value,
        }
        assert {(disk.datastore, disk.path, disk.size_gib) for disk in seen.disks if disk.datastore != "local"} == {
            (f"data-{workload.home}", machine.disk_path(name), gib) for name, gib in machine.disks.items()
        }
        assert (seen.user_data or "").startswith("#cloud-config"), seen.name


@pytest.mark.parametrize("site", [HOME, OTHER])
def test_the_data_disks_are_seen_with_the_time_at_which_they_were_last_written(normal: Stage, site: str) -> None:
    vcenter, datastore = normal.vcenters[site], dataset_datastore(site)
    expected = {
        machine.disk_path(disk)
        for workload in normal.region.workloads.values()
        if workload.home == site
        for machine in workload.machines
        for disk in machine.disks
    }
    content = vcenter.folder / "datastores" / datastore / min(expected).replace(".vmdk", "-flat.vmdk")
    then = datetime.datetime(2100, 11, 27, 8, 12, tzinfo=datetime.UTC)
    os.utime(content, (then.timestamp(), then.timestamp()))
    wanted = [datastore, "data-of-nobody"]
    found = read_data_disks(vcenter.address.server, USER, vcenter.password, wanted, cafile=vcenter.address.ca)
    assert set(found) == {datastore}
    assert set(found[datastore]) == expected
    assert {path for path, written in found[datastore].items() if written == then} == {min(expected)}


@pytest.mark.parametrize("site", [HOME, OTHER])
def test_two_machines_of_one_job_do_not_share_a_host(normal: Stage, site: str) -> None:
    apart = set(normal.inventory(site).kept_apart.values())
    assert apart >= {
        ("kust-directory-server-1", "kust-directory-server-2"),
        ("zandermeer-directory-server-1", "zandermeer-directory-server-2"),
    }
    assert {machine for pair in apart for machine in pair} <= normal.expected(site)


@pytest.mark.parametrize("site", [HOME, OTHER])
def test_a_machine_is_powered_on_after_what_it_needs(normal: Stage, site: str) -> None:
    on = {
        event["vm"]: event["order"]
        for event in normal.vcenters[site].observed()["power"]
        if event["state"] == "poweredOn"
    }
    for chain in START_ORDER[site]:
        for first, then in pairwise(chain):
            assert on[first] < on[then], f"{then} before {first}"


def test_a_second_preview_finds_nothing_to_do(normal: Stage) -> None:
    for run in normal.preview().values():
        assert run.operations
        assert not run.changed


def test_the_state_tells_epoch_and_content_of_the_applied_situation(normal: Stage) -> None:
    for site in normal.region.sites:
        assert normal.facts(site).epoch == EPOCH
        assert normal.facts(site).digest == normal.situation.digest


def test_no_secret_is_written_anywhere_in_plain_text(normal: Stage) -> None:
    secrets = set(normal.sites.shared.values())
    for site, vcenter in normal.vcenters.items():
        secrets |= {vcenter.password, normal.sites.offices[site].passphrase_file.read_text(encoding="utf-8")}
        secrets |= generated_passwords(normal.exported(site, show_secrets=True))
    # two for the machines of each of four organisations, three exchanges, and the service bus where it may run
    assert len(secrets) > 15
    texts = {f"export of {site}": normal.exported(site) for site in normal.region.sites}
    texts |= {str(file): text(file) for file in written(normal)}
    assert len(texts) > 10
    for place, content in texts.items():
        assert not [secret for secret in secrets if secret in content], place
        assert "#cloud-config" not in content, place


def generated_passwords(export: str) -> set[str]:
    resources = json.loads(export)["deployment"]["resources"]
    passwords = [r["outputs"]["result"] for r in resources if r["type"] == "random:index/randomPassword:RandomPassword"]
    return {json.loads(password["plaintext"]) for password in passwords}


def written(stage: Stage) -> list[Path]:
    """Every file of the engines: states with their history, stack files, logs, PULUMI_HOME."""
    folders = [
        stage.folder / "homes",
        stage.folder / "logs",
        *(office.folder for office in stage.sites.offices.values()),
    ]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if file.name != "passphrase"]


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
