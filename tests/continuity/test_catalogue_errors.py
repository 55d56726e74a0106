"""Wrong sites and buildings: each gets one clear line with file, path, value and remedy, and all of them at once."""

from __future__ import annotations

import pytest

from tests.conftest import Catalogue
from tests.continuity.complaints import BUILDINGS, problems
from uitwijk.continuity import load_region

KOLKWIJDE = "municipalities/kolkwijde.yaml"


def test_a_catalogue_that_nobody_spoiled_has_no_error(catalogue: Catalogue) -> None:
    load_region(catalogue.folder)


# Sites and buildings


def test_a_building_without_an_emergency_location(catalogue: Catalogue) -> None:
    line = "  emergency_location: NL, Kustland, Wilgendam, town hall, main entrance\n"
    catalogue.change("buildings.yaml", line, "")
    assert problems(catalogue) == ["buildings.yaml: wilgendam-town-hall.emergency_location: is missing"]


def test_an_emergency_location_that_says_nothing(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "NL, Kustland, Wilgendam, town hall, main entrance", '" "')
    assert problems(catalogue) == ["buildings.yaml: wilgendam-town-hall.emergency_location: is empty"]


def test_a_building_that_houses_an_unknown_site(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "houses: veldoord", "houses: elders")
    assert "buildings.yaml: kust-office.houses: elders is no site; there are: veldoord, zandermeer" in problems(
        catalogue
    )


def test_a_site_that_no_building_houses(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "  houses: zandermeer\n", "")
    assert problems(catalogue) == [
        "sites.yaml: zandermeer: no building houses this site; set `houses` in buildings.yaml"
    ]


def test_a_building_too_small_for_its_own_staff(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "seats: 34", "seats: 20")
    assert problems(catalogue) == [
        "buildings.yaml: kolkwijde-town-hall.seats: 20 are too few for its own staff (kolkwijde 28)"
    ]


def test_an_office_too_small_for_the_staff_of_its_partnership(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "seats: 24\n", "seats: 11\n")
    assert problems(catalogue) == ["buildings.yaml: kust-office.seats: 11 are too few for its own staff (kust 12)"]


def test_a_building_that_its_own_staff_fill_to_the_last_seat_is_large_enough(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "seats: 34", "seats: 28")
    load_region(catalogue.folder)


def test_a_site_that_two_buildings_house(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "seats: 22\n", "seats: 22\n  houses: zandermeer\n")
    assert problems(catalogue) == ["buildings.yaml: houses: zandermeer stands 2 times; once is allowed"]


def test_a_shortfall_of_a_building_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change("region.yaml", "building: kolkwijde-town-hall", "building: kolkzijde-town-hall")
    assert problems(catalogue) == [
        f"region.yaml: accepted_shortfalls[1].building: kolkzijde-town-hall is no building; there are: {BUILDINGS}"
    ]


def test_a_network_number_of_the_region_that_stands_twice(catalogue: Catalogue) -> None:
    catalogue.change("region.yaml", "workplaces: {number: 1", "workplaces: {number: 0")
    assert problems(catalogue) == ["region.yaml: networks: number 0 stands 2 times; once is allowed"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("10.12.0.0/16", "10.11.0.0/16", "zandermeer.address_block: 10.11.0.0/16 overlaps that of veldoord"),
        ("10.12.0.0/16", "10.12.0.0/24", "zandermeer.address_block: 10.12.0.0/24 is no /16 (e.g. 10.11.0.0/16)"),
        ("10.12.0.0/16", "10.12/16", "zandermeer.address_block: 10.12/16 is no IPv4 network (e.g. 10.11.0.0/16)"),
        ("zandermeer-host-5", "zandermeer-host-4",
         "zandermeer.hosts: zandermeer-host-4 stands 2 times; once is allowed"),
    ],
)  # fmt: skip
def test_a_wrong_site(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("sites.yaml", old, new)
    assert problems(catalogue) == [f"sites.yaml: {problem}"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [("101", "101 is too large; 100.0 is the most"), ("0", "0 is too small; it must be more than 0.0")],
)
def test_a_core_that_carries_no_virtual_cpu_or_any_number(catalogue: Catalogue, value: str, problem: str) -> None:
    catalogue.change("region.yaml", "vcpus_per_core: 4 ", f"vcpus_per_core: {value} ")
    assert problems(catalogue) == [f"region.yaml: vcpus_per_core: {problem}"]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("10.13.0.0/20", "10.13.0.0/20 is no /16 (e.g. 10.13.0.0/16)"),
        ("10.12.0.0/16", "10.12.0.0/16 overlaps 10.12.0.0/16, the address_block of zandermeer"),
    ],
)
def test_addresses_of_buildings_that_are_too_few_or_those_of_a_site(
    catalogue: Catalogue, block: str, problem: str
) -> None:
    catalogue.change("region.yaml", "10.13.0.0/16", block)
    assert problems(catalogue) == [f"region.yaml: building_addresses: {problem}"]


@pytest.mark.parametrize(
    ("number", "problem"),
    [("3", "3 is already that of kolkwijde-town-hall"), ("256", "256 is too large; 255 is the most")],
)
def test_a_buildings_network_that_is_anothers_or_lies_outside_the_block(
    catalogue: Catalogue, number: str, problem: str
) -> None:
    catalogue.change("buildings.yaml", "network_number: 6", f"network_number: {number}")
    assert problems(catalogue) == [f"buildings.yaml: wilgendam-town-hall.network_number: {problem}"]


def test_a_station_that_stands_in_a_building_twice(catalogue: Catalogue) -> None:
    hall = catalogue.read("buildings.yaml").split("wilgendam-town-hall:\n")[1].split("zandermeer")[0]
    catalogue.change("buildings.yaml", hall, hall.replace("travel-document-station", "document-printer"))
    assert problems(catalogue) == [
        "buildings.yaml: wilgendam-town-hall.stations: document-printer stands 2 times; once is allowed"
    ]


def test_a_connection_that_a_site_lacks(catalogue: Catalogue) -> None:
    text = catalogue.read("sites.yaml").replace("connections: [internet, digid, gba-v, carrier]", "connections: []")
    catalogue.write("sites.yaml", text.replace("connections: []", "connections: [internet, digid, carrier]"))
    told = problems(catalogue)
    needs = "gba-v is missing, which civil-affairs needs; every site must be able to run every service"
    assert told == [f"sites.yaml: {site}.connections: {needs}" for site in ("veldoord", "zandermeer")]


# All at once


def test_every_error_of_every_file_is_told_at_once(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "last: 0527-991299", "last: 0527-9912")
    catalogue.change("municipalities/reeenmeer.yaml", "town_hall: wilgendam-town-hall", "town_hall: veldoord-hall")
    catalogue.change("partnerships/kust.yaml", "reeenmeer]", "reeenmeer, kolkwijde]")
    catalogue.change("services.yaml", "depends_on: [directory, civil-affairs]", "depends_on: [counter]")
    catalogue.change("buildings.yaml", "seats: 44", "seats: 12")
    catalogue.change("region.yaml", "carrier: sip.draad.example", "carier: sip.draad.example")
    assert sorted(problems(catalogue)) == [
        "buildings.yaml: zandermeer-town-hall.seats: 12 are too few for its own staff (zandermeer 40)",
        f"{KOLKWIJDE}: number_blocks[0].last: 0527-9912 has 4 subscriber digits; area code 0527 has 6 "
        "(e.g. 0527-991299)",
        f"municipalities/reeenmeer.yaml: town_hall: veldoord-hall is no building; there are: {BUILDINGS}",
        "partnerships/kust.yaml: members: kolkwijde stands 2 times; once is allowed",
        "region.yaml: carier: unknown key; allowed are: accepted_shortfalls, backup, building_addresses, carrier, "
        "domain, name, networks, records_port, sizes, systems, vcpus_per_core",
        "region.yaml: carrier: is missing",
        "services.yaml: counter.depends_on: a cycle: counter → counter",
    ]


def test_a_broken_entry_does_not_make_what_refers_to_it_wrong(catalogue: Catalogue) -> None:
    catalogue.change("buildings.yaml", "seats: 34", "seats: lots")
    catalogue.change("services.yaml", "name: Service bus and data distribution", "title: Service bus")
    assert problems(catalogue) == [
        "buildings.yaml: kolkwijde-town-hall.seats: lots is no whole number",
        "services.yaml: service-bus.name: is missing",
        "services.yaml: service-bus.title: unknown key; allowed are: class, component, connections, depends_on, kind, "
        "name, roles, rpo_minutes, rto_hours, serves, standby, tenancy",
    ]
