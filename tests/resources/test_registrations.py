"""What the two stacks consist of, and what a situation changes in them."""

from __future__ import annotations

import pytest

from uitwijk.continuity.region import Region
from uitwijk.resources.testing.recording import Recording, Registration

EVERYWHERE = [
    ("veldoord", "normal"),
    ("zandermeer", "normal"),
    ("veldoord", "S1"),
    ("zandermeer", "S1"),
    ("zandermeer", "S2"),
    ("veldoord", "S3"),
    ("veldoord", "veldoord drained"),
    ("zandermeer", "veldoord drained"),
]


def by_urn(recording: Recording) -> dict[str, Registration]:
    return {registration.urn: registration for registration in recording}


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
def test_a_closed_town_hall_changes_nothing_but_the_record_of_the_situation(recorded, site):
    before, after = by_urn(recorded(site, "normal")), by_urn(recorded(site, "S1"))
    changed = {urn for urn in before if before[urn] != after[urn]}
    assert before.keys() == after.keys()
    assert {urn.split("::")[-1] for urn in changed} == {"situation"}


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_what_a_machine_is_made_from_does_not_depend_on_the_situation(recorded, site, situation):
    normal, machines = recorded(site, "normal").machines, recorded(site, situation).machines
    for name in normal.keys() & machines.keys():
        assert machines[name].inputs == normal[name].inputs
        assert machines[name].provider == normal[name].provider


def test_each_stack_can_hold_every_machine_of_the_region_under_the_same_name(recorded, region: Region):
    assert recorded("zandermeer", "S2").machines.keys() == set(region.machines)
    assert recorded("veldoord", "S3").machines.keys() == set(region.machines)


def test_a_drained_site_keeps_its_hot_machines_and_its_disks_alone(recorded, region: Region):
    recording = recorded("veldoord", "veldoord drained")
    assert {region.workloads[region.machines[name].workload].hot for name in recording.machines} == {True}
    assert len(recording.of_type("VirtualDisk")) == 9


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_data_disks_belong_to_their_home_stack_alone_whatever_happens(recorded, region: Region, site, situation):
    homes = {
        f"{machine.name}-{disk}"
        for machine in region.machines.values()
        if region.workloads[machine.workload].home == site
        for disk in machine.disks
    }
    assert {disk.name for disk in recorded(site, situation).of_type("VirtualDisk")} == homes


def test_a_data_disk_is_protected_kept_and_never_resized_by_the_program(recorded):
    for disk in recorded("veldoord", "normal").of_type("VirtualDisk"):
        assert disk.protect
        assert disk.retain_on_delete
        assert disk.ignore_changes == ("size",)


def test_a_data_disk_lies_on_its_datasets_datastore_and_is_attached_there_at_both_sites(recorded):
    name = "kolkwijde-civil-affairs-database-1"
    (disk,) = [d for d in recorded("veldoord", "normal").of_type("VirtualDisk") if d.name == f"{name}-data"]
    home, away = (recorded(*where)[name].inputs["disks"][1] for where in [("veldoord", "normal"), ("zandermeer", "S2")])
    expected = {
        "label": "data",
        "attach": True,
        "path": "kolkwijde/civil-affairs/database-1-data.vmdk",
        "datastoreId": "getDatastore:data-veldoord",
        "unitNumber": 1,
    }
    assert (disk.inputs["datastore"], disk.inputs["vmdkPath"]) == ("data-veldoord", expected["path"])
    assert home == away == expected


def test_a_machine_waits_for_its_data_disk_at_home(recorded):
    recording = recorded("veldoord", "normal")
    waits_for = {urn.split("::")[-1] for urn in recording["kolkwijde-civil-affairs-database-1"].waits_for}
    assert "kolkwijde-civil-affairs-database-1-data" in waits_for


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_a_rebuilt_template_replaces_no_machine(recorded, site, situation):
    for machine in recorded(site, situation).machines.values():
        assert machine.ignore_changes == ("annotation", "clone", 'extraConfig["guestinfo.uitwijk.blank"]')
        assert machine.inputs["extraConfigRebootRequired"] is False


def test_a_machine_hangs_under_its_workload_under_its_organisation(recorded):
    recording = recorded("zandermeer", "S2")
    chains = {
        name: [urn.split("::", 2)[2].rsplit("$", 1)[-1] for urn in recording[name].parents]
        for name in ("kolkwijde-telephony-call-server-1", "kust-databases-server-1", "reeenmeer-workplaces-broker-1")
    }
    assert chains == {
        "kolkwijde-telephony-call-server-1": [
            "uitwijk:index:Telephony::kolkwijde/telephony",
            "uitwijk:index:Municipality::kolkwijde",
        ],
        "kust-databases-server-1": [
            "uitwijk:index:Applications::kust/databases",
            "uitwijk:index:Partnership::kust",
        ],
        "reeenmeer-workplaces-broker-1": [
            "uitwijk:index:Workplaces::reeenmeer/workplaces",
            "uitwijk:index:Municipality::reeenmeer",
        ],
    }


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_a_workload_has_a_component_at_every_site_whatever_happens(recorded, region: Region, site, situation):
    kinds = ("Workplaces", "Telephony", "Applications")
    found = [component.name for kind in kinds for component in recorded(site, situation).of_type(kind)]
    assert sorted(found) == sorted(region.workloads)


def test_a_machine_has_the_size_place_and_labels_that_the_catalogue_says(recorded):
    inputs = recorded("veldoord", "normal")["kolkwijde-civil-affairs-database-1"].inputs
    assert (inputs["numCpus"], inputs["memory"]) == (4, 16384)
    assert inputs["folder"] == "uitwijk/kolkwijde"
    assert inputs["networkInterfaces"][0]["networkId"] == "getNetwork:kolkwijde-servers"
    assert inputs["tags"] == ["municipality-kolkwijde:id", "service-civil-affairs:id", "class-R1:id"]
    assert inputs["clone"]["templateUuid"] == "getVirtualMachine:templates/debian-12"
    assert inputs["clone"]["customize"]["networkInterfaces"] == [{"ipv4Address": "10.11.24.40", "ipv4Netmask": 24}]


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_no_two_machines_of_a_site_have_one_address(recorded, site, situation):
    addresses = [
        machine.inputs["clone"]["customize"]["networkInterfaces"][0]["ipv4Address"]
        for machine in recorded(site, situation).machines.values()
    ]
    assert len(addresses) == len(set(addresses))


def test_a_pair_is_kept_on_separate_hosts(recorded):
    pairs = recorded("veldoord", "normal").of_type("ComputeClusterVmAntiAffinityRule")
    rules = {rule.name: rule.inputs for rule in pairs}
    assert rules["kust-directory-server"] == {
        "name": "kust-directory-server",
        "computeClusterId": "getComputeCluster:veldoord",
        "virtualMachineIds": ["kust-directory-server-1:id", "kust-directory-server-2:id"],
    }
    assert "kolkwijde-counter-application" not in rules


@pytest.mark.parametrize(("site", "situation"), EVERYWHERE)
def test_a_stack_talks_to_its_own_vcenter_alone(recorded, site, situation):
    providers = recorded(site, situation).of_type("vsphere")
    assert [provider.inputs["vsphereServer"] for provider in providers] == [f"vcenter.{site}.uitwijk.example"]
    assert providers[0].inputs["allowUnverifiedSsl"] is False


def test_the_exports_are_plain_facts(recorded):
    outputs = recorded("zandermeer", "S2").outputs
    assert (outputs["site"], outputs["epoch"], outputs["shed"]) == ("zandermeer", 2, [])
    assert outputs["workloads"]["kolkwijde"].startswith("civil-affairs, counter, documents, ")
    assert any("Promote" in step or "Fencing" in step for step in outputs["manualSteps"])
