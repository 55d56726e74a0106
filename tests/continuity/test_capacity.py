"""Hosts: which machines fit where, and what is shed when they do not."""

from __future__ import annotations

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.capacity import fit
from uitwijk.continuity.region import Region

AMPLE = (64, 512)


def small(*east: tuple[int, int]) -> Region:
    """One municipality at home in the east, with hosts of these cores and GiB.

    It runs a directory (a pair of 4 GiB), an exchange (4), a registry (8 and 8), workplaces (three of 8), an archive
    (8) and reports (4): 64 GiB and 16 virtual CPUs, of which a core carries two.
    """
    municipality = {"home": "east", "seats": 12, "relocation": []}
    return build(hosts={"east": list(east), "west": [AMPLE] * 3}, municipalities={"m": municipality})


def test_the_largest_host_stays_spare_while_the_others_carry_everything() -> None:
    capacity = place(small(AMPLE, (64, 513), AMPLE), situation(small(AMPLE))).capacity["east"]
    assert capacity.spare_host
    assert capacity.memory_gib[1] == 1024
    assert "h1" not in capacity.hosts.values()


def test_without_room_for_a_spare_host_all_hosts_are_used() -> None:
    region = small((64, 40), (64, 40))
    capacity = place(region, situation(region)).capacity["east"]
    assert not capacity.spare_host
    assert capacity.shed == ()
    assert capacity.memory_gib[1] == 80


def test_a_host_is_filled_to_its_last_virtual_cpu() -> None:
    carried = fit(small((1, 512), (1, 512)), "east", frozenset({"m/registry"}))
    assert carried.shed == ()
    assert carried.vcpus == (4, 4)


def test_the_least_urgent_class_is_shed_first() -> None:
    region = small((64, 28), (64, 28))
    placement = place(region, situation(region))
    assert set(placement.shed) == {"m/archive", "m/reports"}
    assert placement.workloads["m/registry"] == "east"
    assert placement.workloads["m/archive"] is None


def test_more_loss_of_room_sheds_more_but_the_directory_last() -> None:
    region = small((64, 12), (64, 8))
    placement = place(region, situation(region))
    assert placement.hot["east"] == ("m/directory", "m/exchange")
    assert set(placement.shed) == {"m/registry", "m/workplaces", "m/archive", "m/reports"}


def test_what_is_shed_stops_the_processes_that_need_it() -> None:
    region = small((64, 28), (64, 28))
    assert place(region, situation(region)).processes["m"].stopped == {"filing": "m/archive runs nowhere"}


def test_the_machines_of_a_pair_stand_on_two_hosts() -> None:
    region = small(AMPLE, AMPLE, AMPLE)
    hosts = place(region, situation(region)).capacity["east"].hosts
    assert hosts["m-directory-server-1"] != hosts["m-directory-server-2"]


def test_a_pair_that_finds_one_host_only_is_shed() -> None:
    region = small(AMPLE)
    assert "m/directory" in place(region, situation(region)).shed


def test_hosts_fill_in_the_catalogues_order() -> None:
    region = small(AMPLE, AMPLE, AMPLE, AMPLE)
    assert set(place(region, situation(region)).capacity["east"].hosts.values()) == {"h0", "h1"}


def test_too_few_virtual_cpus_shed_as_too_little_memory_does() -> None:
    region = small((4, 512), (3, 512))
    placement = place(region, situation(region))
    assert placement.capacity["east"].vcpus[1] == 14
    assert placement.shed != ()


def test_each_site_carries_everything_with_one_host_spare(region: Region) -> None:
    everything = frozenset(region.workloads)
    assert all(fit(region, site, everything).spare_host for site in region.sites)


def test_the_sites_are_mirrors_with_unequal_hosts(region: Region) -> None:
    hosts = {site: [host.memory_gib for host in each.hosts] for site, each in region.sites.items()}
    assert hosts["veldoord"] != hosts["zandermeer"]
