"""A machine at a site: what it is called there, where it is, and whom it has to do with."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from uitwijk.continuity import Standing
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import at_home, name_servers

DOMAIN = "kustland.example"


def standing(region: Region, name: str, site: str = "zandermeer") -> Standing:
    return Standing(region, site, region.machines[name])


def test_a_hot_machine_has_a_name_at_each_site_and_a_cold_one_the_same_everywhere(region: Region) -> None:
    hot, cold = "kust-directory-server-1", "kolkwijde-counter-application-1"
    assert [standing(region, hot, site).name for site in region.sites] == [
        f"{hot}.veldoord.{DOMAIN}",
        f"{hot}.zandermeer.{DOMAIN}",
    ]
    assert {standing(region, cold, site).name for site in region.sites} == {f"{cold}.{DOMAIN}"}
    assert at_home(region, region.machines[cold]).site == "veldoord"


def test_a_machine_leaves_its_network_by_the_networks_first_address(region: Region) -> None:
    here = standing(region, "kolkwijde-workplaces-session-host-2")
    assert here.address == IPv4Interface("10.12.25.101/24")
    assert here.gateway == IPv4Address("10.12.25.1")


def test_it_serves_under_its_name_at_its_roles_port(region: Region) -> None:
    here = standing(region, "kust-service-bus-node-1")
    assert str(here.endpoint) == f"kust-service-bus-node-1.{DOMAIN}:5672"
    assert [str(peer) for peer in here.peers] == [f"kust-service-bus-node-2.{DOMAIN}:5672"]


def test_servers_of_names_and_time_are_those_of_its_own_site_first(region: Region) -> None:
    here = standing(region, "kolkwijde-counter-application-1")
    assert [server.site for server in here.name_servers] == ["zandermeer", "zandermeer", "veldoord", "veldoord"]
    assert here.time_servers == here.name_servers
    assert name_servers(region, "zandermeer", "kolkwijde") == here.name_servers


def test_a_server_of_time_asks_no_other_of_its_kind(region: Region) -> None:
    assert standing(region, "kust-directory-server-1").time_servers == ()


def test_it_needs_earlier_roles_and_the_last_roles_of_what_its_service_depends_on(region: Region) -> None:
    needs = standing(region, "kolkwijde-civil-affairs-application-1").needs
    assert {name: [endpoint.host.split(".")[0] for endpoint in found] for name, found in needs.items()} == {
        "database": ["kolkwijde-civil-affairs-database-1"],
        "directory": ["kust-directory-server-1", "kust-directory-server-2"] * 2,
        "service-bus": ["kust-service-bus-node-1", "kust-service-bus-node-2"],
    }


def test_who_waits_for_it_is_told_apart_from_whom_it_needs(region: Region) -> None:
    broker = standing(region, "kolkwijde-workplaces-broker-1")
    assert len(broker.later) == 2
    assert all("session-host" in later.host for later in broker.later)
    assert set(broker.needs) == {"profiles", "directory"}


def test_its_clients_are_the_networks_of_those_that_need_it_and_no_others(region: Region) -> None:
    database = standing(region, "kolkwijde-civil-affairs-database-1")
    assert database.clients == (IPv4Network("10.12.24.0/24"),)
    assert standing(region, "kolkwijde-workplaces-session-host-1").clients == ()
