"""The tables that people wrote by hand, held against what the model makes of the catalogue."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.continuity.situations import situation
from tests.fryslan.project import FRYSLAN
from uitwijk.continuity import place
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.drill.expectations import Expectations, ExpectedMachine, load_expectations, town_hall_to_close

TABLES = FRYSLAN.folder / "expectations"
SCENARIOS = sorted(file.stem for file in TABLES.glob("*.yaml") if file.stem != "organisations")


@pytest.fixture(params=SCENARIOS)
def expected(request: pytest.FixtureRequest) -> Expectations:
    return load_expectations(TABLES / f"{request.param}.yaml")


def declared(fryslan: Region, expected: Expectations) -> Situation:
    return situation(fryslan, lost=expected.lost, closed=expected.closed, promoted=expected.promoted)


def standing(fryslan: Region, placement: Placement, site: str) -> dict[str, tuple[object, ...]]:
    keys = placement.runs_at(site)
    return {
        machine.name: (
            machine.organisation,
            machine.service,
            str(fryslan.workloads[key].recovery_class),
            (machine.vcpus, machine.memory_gib, machine.system, machine.network),
            {
                (disk, gib, f"data-{fryslan.workloads[key].home}", machine.disk_path(disk))
                for disk, gib in machine.disks.items()
            },
            fryslan.workloads[key].hot,
        )
        for key in keys
        for machine in fryslan.workloads[key].machines
    }


def written(machines: dict[str, ExpectedMachine]) -> dict[str, tuple[object, ...]]:
    return {
        name: (
            machine.organisation,
            machine.service,
            machine.recovery_class,
            (machine.vcpus, machine.memory_gib, machine.system, machine.network),
            {(disk.name, disk.gib, disk.datastore, disk.path) for disk in machine.disks},
            machine.every_site,
        )
        for name, machine in machines.items()
    }


def test_there_is_a_table_for_every_scenario_and_every_town_hall(fryslan: Region) -> None:
    assert set(SCENARIOS) == {"normal", "s2", "s3", *(f"s1-{slug}" for slug in fryslan.municipalities)}


def test_a_drill_closes_the_town_hall_of_harlingen_unless_it_is_asked_for_another() -> None:
    assert town_hall_to_close(TABLES) == "harlingen"


def test_the_same_machines_stand_at_every_living_site(fryslan: Region, expected: Expectations) -> None:
    placement = place(fryslan, declared(fryslan, expected))
    assert expected.machines.keys() == placement.hot.keys()
    for site, machines in expected.machines.items():
        assert written(dict(machines)) == standing(fryslan, placement, site)
        assert expected.spare_host[site] == placement.capacity[site].spare_host


def test_the_same_machines_stand_while_the_lost_site_is_drained(fryslan: Region, expected: Expectations) -> None:
    placement = place(fryslan, situation(fryslan, drained=expected.lost, promoted=expected.promoted))
    for site, machines in expected.drained.items():
        assert written(dict(machines)) == standing(fryslan, placement, site)
    assert bool(expected.drained) == bool(expected.lost)


def test_nothing_that_ran_before_is_missing_after(expected: Expectations) -> None:
    normal = load_expectations(TABLES / "normal.yaml").machines
    for site, untouched in expected.untouched.items():
        assert len(normal[site]) == untouched
        assert normal[site].items() <= expected.machines[site].items()
        assert expected.created[site] == len(expected.machines[site]) - untouched


def test_the_same_people_sit_in_the_same_buildings(fryslan: Region, expected: Expectations) -> None:
    seats = place(fryslan, declared(fryslan, expected)).seats
    assert {who: (s.needed, dict(s.at), s.short) for who, s in expected.seats.items()} == {
        who: (s.needed, dict(s.at), s.short) for who, s in seats.items()
    }


def test_the_same_numbers_ring_in_the_same_buildings(fryslan: Region, expected: Expectations) -> None:
    numbers = place(fryslan, declared(fryslan, expected)).numbers
    assert {key: (n.served_by, dict(n.rings_at)) for key, n in expected.numbers.items()} == {
        key: (n.served_by, dict(n.rings_at)) for key, n in numbers.items()
    }


def test_the_same_processes_stop_for_the_same_reasons(fryslan: Region, expected: Expectations) -> None:
    processes = place(fryslan, declared(fryslan, expected)).processes
    stopped = {slug: dict(each.stopped) for slug, each in processes.items() if each.stopped}
    assert {slug: dict(each) for slug, each in expected.processes_stopped.items()} == stopped
    assert expected.majority_goes_on == {slug for slug, each in processes.items() if each.majority}


def test_the_same_manual_steps_are_asked_for_before_and_after_the_promotion(
    fryslan: Region, expected: Expectations
) -> None:
    first = place(fryslan, situation(fryslan, lost=expected.lost, closed=expected.closed)).manual_steps
    later = place(fryslan, declared(fryslan, expected)).manual_steps
    assert [(step.owner, step.step) for step in expected.manual_steps] == [(a.owner, a.step) for a in first]
    assert [(s.owner, s.step) for s in expected.manual_steps if not s.until_promoted] == [
        (a.owner, a.step) for a in later
    ]


def test_the_start_order_is_what_services_and_roles_wait_for(fryslan: Region) -> None:
    pairs = load_expectations(TABLES / "normal.yaml").start_order
    workload_of = {name: machine.workload for name, machine in fryslan.machines.items()}
    for before, after in pairs:
        earlier, later = fryslan.machines[before], fryslan.machines[after]
        if earlier.workload == later.workload:
            roles = fryslan.services[later.service].roles
            assert earlier.role in roles[later.role].after
        else:
            assert earlier.workload in fryslan.needs[later.workload]
    stated = {(workload_of[before], workload_of[after]) for before, after in pairs}
    direct = {(needed, key) for key, workload in fryslan.workloads.items() for needed in workload.depends_on}
    implied = {(a, d) for a, b in stated for c, d in stated if b == c} | stated
    assert direct <= implied


def test_folder_and_tags_follow_from_the_organisation() -> None:
    machine = load_expectations(TABLES / "s2.yaml").machines["leeuwarden"]["harlingen-civil-affairs-database-1"]
    assert machine.folder == "uitwijk/harlingen"
    assert machine.tags == {"municipality": "harlingen", "service": "civil-affairs", "class": "R1"}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("s2.yaml", "machines: {leeuwarden: 223}\ncreated", "machines: {leeuwarden: 222}\ncreated",
         "s2.yaml: machines.leeuwarden: 222, but the tables give 223"),
        ("s2.yaml", "created: {leeuwarden: 139}", "created: {leeuwarden: 138}",
         "s2.yaml: created.leeuwarden: 138 and the untouched ones are not all machines there"),
        ("s2.yaml", "lemmer-town-hall: 8}", "lemmer-town-hall: 7}",
         "s2.yaml: seats.iszf: at and short do not add up to the 40 needed"),
        ("s2.yaml", "promoted: {", "promotd: {", "s2.yaml: promotd: unknown key; allowed are: "),
        ("organisations.yaml", "  harlingen: 9 ", "  harlinge: 9 ",
         "organisations.yaml: session_hosts.harlingen: is missing"),
        ("organisations.yaml", "s1_closes: harlingen ", "s1_closes: harlinge ",
         "organisations.yaml: s1_closes: harlinge is unknown; there are: "),
        ("organisations.yaml", "databases before taxes", "database before taxes",
         "organisations.yaml: start_order: database is unknown; there are: "),
        ("organisations.yaml", "organisations: [leeuwarden]", "organisations: [iszf]",
         "organisations.yaml: groups: iszf stands in two groups"),
    ],
)  # fmt: skip
def test_a_slip_in_a_table_is_told(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    shutil.copytree(TABLES, tmp_path / "tables")
    text = (tmp_path / "tables" / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "tables" / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UitwijkError, match=re.escape(problem)):
        load_expectations(tmp_path / "tables" / "s2.yaml")
