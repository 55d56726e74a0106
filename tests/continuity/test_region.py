"""What a catalogue comes to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from tests.regions import FOREIGN, SMALL
from uitwijk.continuity import load_region
from uitwijk.continuity.catalogue import Service
from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.region import Region, start_order
from uitwijk.continuity.standing import Standing


@pytest.fixture
def region() -> Region:
    """Put together anew for each test, so that each reaches the code that it is about (docs/explanation/mutants.md)."""
    return load_region(SMALL.catalogue)


@pytest.fixture(params=[SMALL, FOREIGN], ids=["small", "foreign"])
def each(request: pytest.FixtureRequest) -> Region:
    """One region after the other, put together anew."""
    return load_region(request.param.catalogue)


def test_display_names_keep_their_accents(region: Region, foreign: Region) -> None:
    assert region.municipalities["reeenmeer"].name == "Reeënmeer"
    assert foreign.municipalities["zuid-ardem"].name == "Zuid-Ärdem"


@pytest.mark.parametrize(
    ("organisation", "hosts"), [("kolkwijde", 2), ("reeenmeer", 1), ("zandermeer", 3), ("kust", 1)]
)
def test_session_hosts_follow_from_the_seats(region: Region, organisation: str, hosts: int) -> None:
    machines = region.workloads[f"{organisation}/workplaces"].machines
    assert sum(machine.role == "session-host" for machine in machines) == hosts


@pytest.mark.parametrize(("organisation", "hosts"), [("sint-odolf", 2), ("lindeveld", 3), ("zuid-ardem", 4)])
def test_session_hosts_follow_from_the_seats_and_some_are_spare(foreign: Region, organisation: str, hosts: int) -> None:
    machines = foreign.workloads[f"{organisation}/desktops"].machines
    assert sum(machine.role == "bench" for machine in machines) == hosts


def test_a_municipality_may_differ_in_the_size_of_a_machine(region: Region) -> None:
    assert region.machines["zandermeer-civil-affairs-database-1"].vcpus == 8
    assert region.machines["kolkwijde-civil-affairs-database-1"].vcpus == 4


def test_machines_stand_in_start_order(region: Region) -> None:
    roles = [machine.role for machine in region.workloads["kolkwijde/workplaces"].machines]
    assert list(dict.fromkeys(roles)) == ["profiles", "broker", "session-host"]


def test_roles_that_wait_for_each_other_have_no_start_order(region: Region) -> None:
    service = region.services["workplaces"]
    roles = {**service.roles, "profiles": service.roles["profiles"].model_copy(update={"after": {"broker"}})}
    with pytest.raises(CatalogueError, match=r"^roles wait for each other: broker, profiles, session-host$"):
        start_order(Service.model_construct(roles=roles))


def test_a_workload_is_a_service_of_an_organisation(each: Region) -> None:
    for key, workload in each.workloads.items():
        assert key == workload.key == f"{workload.organisation}/{workload.service}"
        assert all(machine.workload == key for machine in workload.machines)


def test_numbers_are_served_by_a_municipalitys_own_exchange(region: Region) -> None:
    for municipality in region.municipalities:
        assert region.exchange(municipality) == f"{municipality}/telephony"


def test_a_workload_depends_on_its_own_or_its_partnerships_workloads(region: Region) -> None:
    assert region.workloads["kolkwijde/civil-affairs"].depends_on == ("kust/directory", "kust/service-bus")
    assert region.workloads["zandermeer/civil-affairs"].depends_on == ("zandermeer/directory", "zandermeer/service-bus")


def test_needs_reach_through_everything_that_is_depended_on(region: Region) -> None:
    needs = set(region.needs["kolkwijde/taxes"])
    assert needs == {"kust/databases", "kust/base-registries", "kust/directory"}


def test_what_is_needed_is_never_less_urgent_or_later(each: Region) -> None:
    place = {key: index for index, key in enumerate(each.by_urgency)}
    for key, workload in each.workloads.items():
        for needed in workload.depends_on:
            assert place[needed] < place[key]
            assert each.workloads[needed].recovery_class <= workload.recovery_class


def test_zandermeer_uses_the_partnerships_border_controllers(region: Region) -> None:
    assert region.provider("zandermeer", "session-border") == "kust/session-border"
    assert "zandermeer/session-border" not in region.workloads


def test_nobodys_persons_register_is_another_municipalitys(region: Region) -> None:
    for municipality in region.municipalities:
        assert region.provider(municipality, "civil-affairs") == f"{municipality}/civil-affairs"


def test_a_partnership_has_no_persons_register(region: Region) -> None:
    assert region.provider("kust", "civil-affairs") is None


def test_every_machine_is_in_a_network_of_its_own_organisation(each: Region) -> None:
    for machine in each.machines.values():
        kind = each.services[machine.service].roles[machine.role].network
        assert machine.network == f"{machine.organisation}-{kind}"


def test_every_machine_has_the_operating_system_of_its_role(each: Region) -> None:
    for machine in each.machines.values():
        assert machine.system == each.services[machine.service].roles[machine.role].system


def test_no_two_organisations_share_a_subnet_and_no_two_machines_an_address(each: Region) -> None:
    subnets = [
        each.subnet(site, organisation, network)
        for site in each.sites
        for organisation in each.organisations
        for network in each.settings.networks
    ]
    addresses = [Standing(each, site, machine).address for site in each.sites for machine in each.machines.values()]
    assert len(set(subnets)) == len(subnets)
    assert len(set(addresses)) == len(addresses)


def test_an_address_follows_from_site_organisation_network_and_number(region: Region) -> None:
    machine = region.machines["kolkwijde-workplaces-session-host-2"]
    assert Standing(region, "veldoord", machine).address == IPv4Interface("10.11.25.101/24")
    assert Standing(region, "zandermeer", machine).address == IPv4Interface("10.12.25.101/24")


def test_a_hot_machines_name_carries_its_site_and_a_cold_ones_does_not(region: Region) -> None:
    hot, cold = region.machines["kust-directory-server-1"], region.machines["kust-service-bus-node-1"]
    assert Standing(region, "veldoord", hot).name == "kust-directory-server-1.veldoord.kustland.example"
    assert Standing(region, "veldoord", cold).name == "kust-service-bus-node-1.kustland.example"


def test_a_data_disk_lies_at_the_same_path_at_every_site(region: Region) -> None:
    machine = region.machines["kolkwijde-civil-affairs-database-1"]
    assert machine.disk_path("data") == "kolkwijde/civil-affairs/database-1-data.vmdk"


def test_only_cold_machines_have_data_disks(each: Region) -> None:
    assert not any(machine.disks for machine in each.machines.values() if each.workloads[machine.workload].hot)


def test_every_building_has_a_network_of_its_own_apart_from_the_sites(region: Region) -> None:
    networks = [region.building_network(building) for building in region.buildings]
    assert len(set(networks)) == len(networks)
    assert all(network.subnet_of(region.settings.building_addresses) for network in networks)
    assert region.building_network("kolkwijde-town-hall") == IPv4Network("10.13.3.0/24")


def test_a_station_has_a_name_and_an_address_of_its_building(region: Region) -> None:
    where = ("kolkwijde-town-hall", "travel-document-station")
    assert region.station_address(*where) == IPv4Address("10.13.3.11")
    assert region.station_name(*where) == "travel-document-station.kolkwijde-town-hall.kustland.example"
