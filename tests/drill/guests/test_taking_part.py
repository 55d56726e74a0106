"""Which machines come alive, by the catalogue alone."""

from __future__ import annotations

from tests.conftest import Catalogue
from uitwijk.continuity import load_region
from uitwijk.continuity.recipe import Kind
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.taking_part import idle_kinds, machines_taking_part


def test_all_telephony_takes_part_and_whatever_a_process_needs(region: Region) -> None:
    chosen = set(machines_taking_part(region))
    for workload in region.workloads.values():
        if region.services[workload.service].kind is Kind.TELEPHONY:
            assert chosen >= {machine.name for machine in workload.machines}
    for municipality in region.municipalities:
        for process in region.processes.values():
            for service in process.services:
                key = region.provider(municipality, service)
                for needed in (key, *region.needs[key]) if key else ():
                    assert chosen >= {machine.name for machine in region.workloads[needed].machines}, needed


def test_every_other_kind_is_named_with_whose_it_is(region: Region) -> None:
    chosen, idle = set(machines_taking_part(region)), idle_kinds(region)
    others = [machine for name, machine in region.machines.items() if name not in chosen]
    assert idle.keys() == {f"{machine.service}/{machine.role}" for machine in others}
    assert idle["remote-access/gateway"] == "no process of a municipality needs that of kust, zandermeer"


def test_what_is_needed_comes_first(region: Region) -> None:
    order = machines_taking_part(region)
    place = {name: number for number, name in enumerate(order)}
    assert len(place) == len(order)
    for workload in region.workloads.values():
        mine = [place[machine.name] for machine in workload.machines if machine.name in place]
        for key in workload.depends_on if mine else ():
            assert max(place[machine.name] for machine in region.workloads[key].machines) < min(mine)


def test_a_process_more_wakes_the_machines_that_it_needs(catalogue: Catalogue) -> None:
    file = catalogue.folder / "processes.yaml"
    before = set(machines_taking_part(load_region(catalogue.folder)))
    seats = "seats: {share: 0, at_least: 1}"
    more = f"work-from-home:\n  {{name: Work from home, class: R2, services: [remote-access], {seats}}}\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    after = set(machines_taking_part(load_region(catalogue.folder)))
    assert {name.partition("-remote-access-")[1] for name in after - before} == {"-remote-access-"}
