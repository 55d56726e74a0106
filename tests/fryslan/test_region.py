"""What Fryslân's catalogue comes to."""

from __future__ import annotations

from collections import Counter

import pytest

from uitwijk.continuity.region import Region


def test_the_region_has_eight_municipalities_nine_buildings_and_two_sites(fryslan: Region) -> None:
    assert list(fryslan.sites) == ["bolsward", "leeuwarden"]
    assert len(fryslan.municipalities) == 8
    assert len(fryslan.buildings) == 9
    assert fryslan.partnerships["iszf"].members == tuple(
        slug for slug in fryslan.municipalities if slug != "leeuwarden"
    )


def test_display_names_keep_their_accents(fryslan: Region) -> None:
    assert fryslan.municipalities["gaasterlan-sleat"].name == "Gaasterlân-Sleat"
    assert fryslan.municipalities["wunseradiel"].name == "Wûnseradiel"


def test_there_are_150_machines_at_home_in_bolsward_and_73_in_leeuwarden(fryslan: Region) -> None:
    homes = Counter(fryslan.workloads[machine.workload].home for machine in fryslan.machines.values())
    assert homes == {"bolsward": 150, "leeuwarden": 73}


@pytest.mark.parametrize(
    ("organisation", "hosts"),
    [("bolsward", 6), ("gaasterlan-sleat", 6), ("harlingen", 9), ("lemsterland", 8), ("leeuwarden", 48), ("iszf", 4)],
)
def test_session_hosts_follow_from_the_seats_and_one_is_spare(fryslan: Region, organisation: str, hosts: int) -> None:
    machines = fryslan.workloads[f"{organisation}/workplaces"].machines
    assert sum(machine.role == "session-host" for machine in machines) == hosts


def test_a_municipality_may_differ_in_the_size_of_a_machine(fryslan: Region) -> None:
    assert fryslan.machines["leeuwarden-civil-affairs-database-1"].vcpus == 8
    assert fryslan.machines["harlingen-civil-affairs-database-1"].vcpus == 4


def test_leeuwarden_uses_the_partnerships_border_controllers(fryslan: Region) -> None:
    assert fryslan.provider("leeuwarden", "session-border") == "iszf/session-border"
    assert "leeuwarden/session-border" not in fryslan.workloads


def test_nobodys_persons_register_is_another_municipalitys(fryslan: Region) -> None:
    for municipality in fryslan.municipalities:
        assert fryslan.provider(municipality, "civil-affairs") == f"{municipality}/civil-affairs"


def test_a_partnership_has_no_persons_register(fryslan: Region) -> None:
    assert fryslan.provider("iszf", "civil-affairs") is None
