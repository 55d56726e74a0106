"""What is wrong only once services and organisations are put together: names, and needs that follow from seats."""

from __future__ import annotations

from tests.conftest import Catalogue
from tests.continuity.complaints import problems
from uitwijk.continuity import load_region

ROLE = "    controller: {"
"""Of the border controllers, of which there are two, both of Kust."""


def test_an_organisation_without_staff_runs_nothing_that_is_sized_by_its_staff(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "seats: 12", "seats: 0")
    assert problems(catalogue) == [
        "partnerships/kust.yaml: seats: 0, but workplaces is sized by them; name it in `without`"
    ]


def test_two_machines_of_one_name(catalogue: Catalogue) -> None:
    service = catalogue.read("services.yaml").split("session-border:\n")[1].split("\n\n")[0]
    other = service.replace(ROLE, "    border-controller: {").replace("count: 2", "count: 1").replace(": 10,", ": 90,")
    catalogue.change("services.yaml", "\ntelephony:\n", f"\nsession:\n{other}\n\ntelephony:\n")
    assert problems(catalogue) == [
        "services.yaml: roles: two machines would be named kust-session-border-controller-1; rename a role or a service"
    ]


def test_two_networks_of_one_name(catalogue: Catalogue) -> None:
    municipalities = catalogue.folder / "municipalities"
    (municipalities / "reeenmeer.yaml").rename(municipalities / "kolkwijde-north.yaml")
    catalogue.change("partnerships/kust.yaml", "reeenmeer]", "kolkwijde-north]")
    catalogue.change("region.yaml", "  dmz: {", "  north-servers: {number: 4, purpose: none}\n  dmz: {")
    assert problems(catalogue) == [
        "region.yaml: networks: two networks would be named kolkwijde-north-servers; rename one"
    ]


def test_a_machines_name_has_at_most_the_63_characters_of_a_dns_label(catalogue: Catalogue) -> None:
    longest = "c" * (63 - len("kust-session-border--1"))
    load_region(catalogue.change("services.yaml", ROLE, f"    {longest}: {{").folder)
    catalogue.change("services.yaml", f"{longest}: {{", f"{longest}c: {{")
    assert problems(catalogue) == [
        f"services.yaml: roles: kust-session-border-{longest}c-{number} has 64 characters; a DNS label has at most 63. "
        "Shorten a name"
        for number in (1, 2)
    ]


def test_the_last_machine_may_have_the_last_address(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "address: 100,", "address: 250,")
    load_region(catalogue.folder)
