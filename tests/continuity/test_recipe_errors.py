"""What the catalogue refuses because no machine could be made of it, or not one that does what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Catalogue
from tests.continuity.complaints import problems
from uitwijk.continuity import load_region
from uitwijk.continuity.recipe import SHIPPED

OWN = 'does: "Keeps sessions in memory."\npackages: [valkey-server]\nport: 6379\nsecrets: {session-password: site}\n'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{recipe: postgresql, size: XL, count: 1, system: debian-12, network: servers, address: 40, port: 5432, "
         "disks: {data: 200}}",
         "{recipe: postgresql, size: XL, count: 1, system: debian-12, network: servers, address: 40, port: 5432}",
         "civil-affairs.roles.database: has 0 data disks; the recipe postgresql has 1 to 6"),
        ("disks: {data: 200}", "disks: {data: 200, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}",
         "civil-affairs.roles.database: has 7 data disks; the recipe postgresql has 1 to 6"),
        ("disks: {data: 200}", "disks: {a-name-far-too-long: 200}",
         "civil-affairs.roles.database.disks.a-name-far-too-long: a-name-far-too-long is too long for the name of "
         "a disk: a file system's label has at most 16 characters"),
        ("port: 53}", "port: 5353}",
         "directory.roles.server: has port 5353; others look for the recipe directory at 53 alone"),
        ("recipe: rabbitmq,", "recipe: rabbit,", "service-bus.roles.node.recipe: rabbit is no recipe; there are: "),
        ("recipe: counter, station: document-printer,", "recipe: counter,",
         "counter.roles.application: the recipe counter prints; name the `station` of a building where it does"),
        ("recipe: rabbitmq,", "recipe: rabbitmq, station: document-printer,",
         "service-bus.roles.node: names the station document-printer, and the recipe rabbitmq does not print"),
        ("serves: [names, time]", "serves: [names]", "directory.serves: time is missing, which one of its recipes"),
        ("serves: [trunks]", "serves: [trunks, time]", "session-border.serves: none of its recipes serves time"),
        ("recipe: profiles,", "recipe: file-server,",
         "workplaces.roles.profiles: has port 445; others look for the recipe file-server at 2049 alone"),
        ("after: [profiles, broker]}", "after: [profiles]}",
         "workplaces.roles.broker: the recipe broker needs a role that waits for it: one that names broker in `after`"),
        ("after: [profiles, broker]}", "after: [broker]}",
         "workplaces.roles.session-host: the recipe session-host needs a role with a data disk, named in `after`"),
        ("depends_on: [directory, session-border]", "depends_on: [directory]",
         "telephony.roles.call-server: the recipe call-server needs a service that serves trunks, named in"),
        ("depends_on: [directory, civil-affairs]", "depends_on: [directory]",
         "counter.roles.application: the recipe counter needs records: an earlier role with a data disk, or"),
        ("recipe: rabbitmq,", "recipe: border-controller,",
         "service-bus.roles.node: the recipe border-controller is for a service with kind: telephony, and this one's"),
        ("{recipe: application, packages: [python3-venv], size: M, count: 2, system: debian-12, network: dmz,",
         "{recipe: application, disks: {data: 5}, size: M, count: 1, system: debian-12, network: dmz,",
         "e-services.roles.web.network: dmz is public; what keeps data stands in a network that nobody outside"),
        ("network: servers, address: 20,", "network: dmz, address: 30,",
         "service-bus.roles.node: dmz is public, and the recipe rabbitmq may not stand in a public network"),
    ],
)  # fmt: skip
def test_a_role_that_its_recipe_cannot_be(catalogue: Catalogue, old: str, new: str, problem: str) -> None:
    catalogue.change("services.yaml", old, new)
    found = problems(catalogue)
    assert any(line.startswith(f"services.yaml: {problem}") for line in found), found


def test_citizens_are_not_shut_out(catalogue: Catalogue) -> None:
    catalogue.change("region.yaml", "public: true, ", "")
    assert problems(catalogue) == [
        "processes.yaml: e-services.services: without a service that serves sessions citizens do it themselves, and "
        "web of e-services stands in no network with `public: true`"
    ]


def test_nobody_is_left_without_names(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "tenancy: shared\n  standby: hot\n  roles:\n    server", NAMES_DEDICATED)
    assert (
        "partnerships/kust.yaml: without: nobody gives kust names, by which machines find each other: run a service "
        "that serves them"
    ) in problems(catalogue)


NAMES_DEDICATED = "tenancy: dedicated\n  standby: hot\n  roles:\n    server"


def test_a_region_has_recipes_of_its_own(catalogue: Catalogue) -> None:
    own(catalogue, "valkey", OWN)
    catalogue.change("services.yaml", "{recipe: rabbitmq, ", "{recipe: valkey, ")
    catalogue.change("services.yaml", "address: 20, port: 5672}", "address: 20, port: 6379}")
    region = load_region(catalogue.folder)
    assert region.recipe(region.machines["kust-service-bus-node-1"]).packages == ("valkey-server",)


def test_a_recipe_of_the_region_does_not_replace_one_of_the_library(catalogue: Catalogue) -> None:
    own(catalogue, "postgresql", (SHIPPED / "postgresql.yaml").read_text(encoding="utf-8"))
    assert problems(catalogue) == ["recipes/postgresql.yaml: is the name of a recipe of the library; give it another"]


def test_a_wrong_contract_is_told_like_any_other_file(catalogue: Catalogue) -> None:
    own(catalogue, "valkey", OWN.replace("site", "somewhere").replace("packages", "package"))
    assert problems(catalogue) == [
        "recipes/valkey.yaml: secrets.session-password: somewhere is not allowed; allowed are: shared, site, "
        "number-block",
        "recipes/valkey.yaml: package: unknown key; allowed are: disks, does, kind, needs, packages, port, prints, "
        "public, secrets, serves, standby",
    ]


def test_a_second_service_with_sessions_is_refused_where_an_organisation_has_both(catalogue: Catalogue) -> None:
    text = catalogue.read("services.yaml")
    start = text.index("\nworkplaces:\n")
    end = text.index("\n\n", start + 1)
    copy = text[start:end].replace("\nworkplaces:", "\ndesktops:").replace("address: ", "address: 2")
    catalogue.write("services.yaml", f"{text}\n{copy.replace('address: 2100', 'address: 180')}\n")
    found = problems(catalogue)
    assert (
        "municipalities/kolkwijde.yaml: without: kolkwijde/workplaces, kolkwijde/desktops all serve sessions; "
        "name all but one"
    ) in found


def test_a_new_town_hall_has_the_manual_step_of_its_station(catalogue: Catalogue) -> None:
    steps = load_region(catalogue.folder).manual_steps
    (about,) = (step for step in steps if step.station)
    assert not about.only


def own(catalogue: Catalogue, name: str, text: str) -> None:
    """Adds a recipe of the region's own."""
    (Path(catalogue.folder) / "recipes").mkdir()
    catalogue.write(f"recipes/{name}.yaml", text)
