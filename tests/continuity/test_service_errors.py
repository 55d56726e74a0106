"""Wrong services, processes and manual steps: each gets one clear line with file, path, value and remedy."""

from __future__ import annotations

import pytest

from tests.conftest import Catalogue
from tests.continuity.complaints import problems


def test_a_cycle_is_named(catalogue: Catalogue) -> None:
    bus, access = "depends_on: [{}]\n  roles:\n    node:", "depends_on: [{}]\n  connections: [internet]"
    catalogue.change("services.yaml", bus.format("directory"), bus.format("remote-access"))
    catalogue.change("services.yaml", access.format("directory"), access.format("service-bus"))
    assert problems(catalogue) == [
        "services.yaml: service-bus.depends_on: a cycle: service-bus → remote-access → service-bus"
    ]


def test_a_service_that_depends_on_itself(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "depends_on: [directory, civil-affairs]", "depends_on: [directory, counter]")
    assert problems(catalogue) == ["services.yaml: counter.depends_on: a cycle: counter → counter"]


def test_roles_that_wait_for_each_other(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "port: 445,", "port: 445, after: [session-host],")
    assert problems(catalogue) == [
        "services.yaml: workplaces.roles.profiles.after: a cycle: profiles → session-host → broker → profiles",
        "services.yaml: workplaces.roles.profiles.after: a cycle: profiles → session-host → profiles",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("depends_on: [directory, civil-affairs]", "depends_on: [directory, documents]",
         "counter.depends_on: documents has class R2; counter depends on it, so it must be R1 or more urgent"),
        ("depends_on: [directory, session-border]", "depends_on: [directory, session-border, databases]",
         "telephony.depends_on: databases is cold; a hot service can depend on hot ones only"),
        ("depends_on: [directory, session-border]", "depends_on: [directory, session-boarder]",
         "telephony.depends_on: session-boarder is no service; there are: "),
        ("component: VPN-beheercomponent\n  class: R0\n  rto_hours: 1",
         "component: VPN-beheercomponent\n  class: R0\n  rto_hours: 2",
         "remote-access.rto_hours: 2 is too large; class R0 allows 1"),
        ("component: Baliecomponent\n  class: R1", "component: Baliecomponent\n  class: R9",
         "counter.class: R9 is not allowed; allowed are: R0, R1, R2, R3"),
        ("port: 51820", "port: 70000", "remote-access.roles.gateway.port: 70000 is too large; 65535 is the most"),
        ("port: 443}", "port: 8440}",
         "e-services.roles.web.port: 8440 is the records_port of region.yaml, at which every cold machine answers"),
        ("{recipe: rabbitmq, size: L,", "{recipe: rabbitmq, size: XXL,",
         "service-bus.roles.node.size: XXL is no size class; there are: 2XL, L, M, S, XL, XS"),
        ("{recipe: rabbitmq, size: L,", "{recipe: rabbitmq, size: l,",
         "service-bus.roles.node.size: l is not a size class: capitals, perhaps after one digit (e.g. XL or 2XL)"),
        ("count: {users_per_vcpu: 4, spare: 0}", "count: many",
         "workplaces.roles.session-host.count: many is neither a number of machines nor a rule "
         "(e.g. {users_per_vcpu: 4, spare: 1})"),
        ("count: {users_per_vcpu: 4, spare: 0}", "count: 0",
         "workplaces.roles.session-host.count: 0 is too small; 1 is the least"),
        ("network: dmz, address: 20", "network: outside, address: 20",
         "remote-access.roles.gateway.network: outside is no network; there are: dmz, servers, voice, workplaces"),
        ("after: [profiles, broker]", "after: [profiles, brokr]",
         "workplaces.roles.session-host.after: brokr is no role of workplaces; there are: broker, profiles, "
         "session-host"),
        ("system: debian-12-desktop", "system: debian-11",
         "workplaces.roles.session-host.system: debian-11 is no operating system; there are: debian-12, "
         "debian-12-desktop"),
        ("{recipe: directory,", "{recipe: directory, disks: {data: 5},",
         "directory.roles.server.disks: a hot service runs at every site at once and has no replicated disks"),
        ("address: 41,", "address: 40,",
         "civil-affairs.roles.application.address: kolkwijde-civil-affairs-application-1 would need .40 in "
         "kolkwijde-servers; kolkwijde-civil-affairs-database-1 has it already"),
        ("{users_per_vcpu: 4, spare: 0}, system: debian-12-desktop, network: workplaces, address: 100,",
         "6, system: debian-12-desktop, network: workplaces, address: 250,",
         "workplaces.roles.session-host.address: kust-workplaces-session-host-6 would need .255 in "
         "kust-workplaces; .254 is the last"),
    ],
)  # fmt: skip
def test_a_wrong_service(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("services.yaml", old, new)
    (told,) = problems(catalogue)
    assert told.startswith(f"services.yaml: {problem}")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[workplaces, youth-care]", "[workplaces, youth-work]",
         "youth-care.services: youth-work is no service; there are: "),
        ("stations: [document-printer]", "stations: [document-printr]",
         "document-issue.stations: document-printr is no station of a building; there are: document-printer"),
        ("{name: Electronic services, class: R2,", "{name: Electronic services, class: R1,",
         "e-services.class: R1 is more urgent than its service e-services, which has class R2"),
        ("{share: 0.1, at_least: 4}", "{share: 10, at_least: 4}",
         "social-support.seats.share: 10 is too large; 1.0 is the most"),
    ],
)  # fmt: skip
def test_a_wrong_process(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("processes.yaml", old, new)
    (told,) = problems(catalogue)
    assert told.startswith(f"processes.yaml: {problem}")


def test_a_station_where_no_building_has_any(catalogue: Catalogue) -> None:
    lines = catalogue.read("buildings.yaml").splitlines(keepends=True)
    catalogue.write("buildings.yaml", "".join(line for line in lines if not line.startswith("  stations:")))
    assert problems(catalogue) == [
        f"{place}: {station} is no station of a building; there are: none"
        for place, station in [
            ("manual-steps.yaml: [3].station", "travel-document-station"),
            ("processes.yaml: document-issue.stations", "document-printer"),
            ("processes.yaml: travel-documents.stations", "travel-document-station"),
            ("services.yaml: counter.roles.application.station", "document-printer"),
        ]
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("keep the production network of {site} cut", "keep the network of {place} cut",
         "[0].step: place is no placeholder of site-lost; there are: site"),
        ("keep the production network of {site} cut", "keep the network of {site!r} cut",
         "[0].step: site with a format is no placeholder of site-lost; there are: site"),
        ("keep the production network of {site} cut", "keep the network of {site:>9} cut",
         "[0].step: site with a format is no placeholder of site-lost; there are: site"),
        ("none to {site}", "none to {site",
         "[1].step: has a brace without its partner; write {{ or }} for a brace itself"),
        ("when: dataset-to-promote", "when: site-empty",
         "[2].when: site-empty is not allowed; allowed are: site-lost, site-drained, dataset-to-promote, "
         "building-closed"),
        ("station: travel-document-station", "only: [elders-town-hall]",
         "[3].only: elders-town-hall is no site or building; there are: "),
        ("process: travel-documents", "process: passports",
         "[3].process: passports is no process; there are: case-handling, "),
    ],
)  # fmt: skip
def test_a_wrong_manual_step(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("manual-steps.yaml", old, new)
    (told,) = problems(catalogue)
    assert told.startswith(f"manual-steps.yaml: {problem}")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "component: Gemeentelijke servicebuscomponent\n",
            "component: Gemeentelijke servicebuscomponent\n  rpo_minutes: 5\n",
            "service-bus.rpo_minutes: 5, and nothing keeps its data: it has no data disk, and needs no cold",
        ),
        (
            "component: Baliecomponent\n  class: R1\n  rto_hours: 4\n  rpo_minutes: 15",
            "component: Baliecomponent\n  class: R1\n  rto_hours: 4\n  rpo_minutes: 4",
            "counter.rpo_minutes: 4 is less than the 5 of the service that keeps its data",
        ),
    ],
)
def test_a_recovery_point_that_nothing_keeps_is_refused(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("services.yaml", old, new)
    (found,) = problems(catalogue)
    assert found.startswith(f"services.yaml: {problem}")


def test_a_disk_without_a_recovery_point_is_refused(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "{recipe: rabbitmq, size: L,", "{recipe: rabbitmq, disks: {queues: 20}, size: L,")
    (found,) = problems(catalogue)
    assert found.startswith("services.yaml: service-bus.rpo_minutes: is missing: its data disks are replicated")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "20000}\n  replicated_storage: {capacity_gib: 40000}",
            "20000}\n  replicated_storage: {capacity_gib: 100}",
            "replicated_storage.capacity_gib: 100 GiB are too few for the dataset of veldoord, whose data disks take ",
        ),
        (
            "local_storage: {capacity_gib: 20000}",
            "local_storage: {capacity_gib: 500}",
            "local_storage.capacity_gib: 500 GiB are too few for the system disks of its own machines and",
        ),
    ],
)
def test_storage_that_cannot_hold_what_a_site_may_run_is_refused(
    catalogue: Catalogue, old: str, new: str, problem: str
) -> None:
    catalogue.change("sites.yaml", old, new)
    assert any(
        f": {problem}" in f": {line.partition('.')[2].partition('.')[2]}" or problem in line
        for line in problems(catalogue)
    )
