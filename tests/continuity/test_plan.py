"""Plans: everything that a calamity changes, and nothing that it does not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.conftest import Catalogue
from tests.continuity.regions import build, regions
from uitwijk.continuity import load_region, place
from uitwijk.continuity.calamity import NOTHING, Calamity, single_calamities
from uitwijk.continuity.plan import MACHINES, foreseen, machine_in_words
from uitwijk.continuity.region import Region


def plans(region: Region) -> dict[str, dict[str, object]]:
    return {calamity.slug: foreseen(region, calamity) for calamity in single_calamities(region)}


def test_there_is_a_plan_for_each_site_each_building_and_each_building_with_the_site_in_it(region: Region) -> None:
    slugs = list(plans(region))
    assert slugs == [
        "lost-veldoord",
        "lost-zandermeer",
        *(f"closed-{building}" for building in region.buildings),
        "lost-veldoord-closed-kust-office",
        "lost-zandermeer-closed-zandermeer-town-hall",
    ]


def small(*east: tuple[int, int]) -> Region:
    """One municipality at home in the east, whose staff nobody takes, and one in the west, which has ample room."""
    return build(
        hosts={"east": list(east), "west": [(64, 512)] * 3},
        municipalities={
            "m-east": {"home": "east", "seats": 8, "relocation": []},
            "m-west": {"home": "west", "seats": 8, "relocation": ["east-office"]},
        },
        spare_seats=10,
    )


def test_the_data_of_a_lost_site_is_promoted_at_the_other_once_the_loss_is_declared(region: Region) -> None:
    calamity = Calamity(("veldoord",), ("kust-office",))
    declared, promoted = calamity.declared(region), calamity.situation(region)
    assert declared.data == {"veldoord": "veldoord", "zandermeer": "zandermeer"}
    assert promoted.data == {"veldoord": "zandermeer", "zandermeer": "zandermeer"}
    assert promoted.model_copy(update={"data": declared.data}) == declared


def test_where_no_site_is_lost_or_none_is_left_no_data_is_promoted(region: Region) -> None:
    calamity = Calamity(tuple(region.sites), ())
    assert calamity.situation(region) == calamity.declared(region)
    assert NOTHING.situation(region) == NOTHING.declared(region)
    assert set(foreseen(region, calamity)["numbers"].values()) == {"served by nowhere; ring at nowhere"}


def test_a_normal_day_changes_nothing(region: Region) -> None:
    assert set(foreseen(region, NOTHING)) == {"commands", "stacks"}
    assert foreseen(region, NOTHING)["stacks"] == {site: {} for site in region.sites}


@given(st.data())
def test_machines_appear_where_the_placement_puts_them_and_nowhere_else(data: st.DataObject) -> None:
    region = data.draw(regions())
    assume(max(who.network_number for who in region.organisations.values()) < 32)
    calamity = data.draw(st.sampled_from(list(single_calamities(region))))
    stacks = foreseen(region, calamity)["stacks"]
    before, after = (place(region, each.situation(region)) for each in (NOTHING, calamity))
    assert set(stacks) == set(region.sites) - set(calamity.sites)
    for site, plan in stacks.items():
        was, now = (
            {machine.name for key in placement.runs_at(site) for machine in region.workloads[key].machines}
            for placement in (before, after)
        )
        assert set(plan.get("create", {}).get(MACHINES, ())) == now - was
        assert set(plan.get("delete", {}).get(MACHINES, ())) == was - now


def test_a_closed_town_hall_moves_people_and_no_machine(region: Region) -> None:
    plan = foreseen(region, Calamity((), ("kolkwijde-town-hall",)))
    assert plan["stacks"] == {"veldoord": {}, "zandermeer": {}}
    assert not {"workloads", "capacity", "shed"} & set(plan)
    assert plan["seats"] == {"kolkwijde": "28 needed: kust-office 12, wilgendam-town-hall 6; 10 short"}
    assert plan["numbers"] == {"kolkwijde": "served by veldoord, zandermeer; ring at kust-office, wilgendam-town-hall"}
    assert plan["processes"] == {
        "kolkwijde": {
            "continue": "11 of 14",
            "social-support": "needs 4 seats, 3 left",
            "taxes": "needs 2 seats, 0 left",
            "travel-documents": "the station is in kolkwijde-town-hall, which is closed",
        }
    }
    assert plan["commands"][0] == "uitwijk declare closed kolkwijde-town-hall --by … --reason …"


def test_a_lost_site_tells_commands_moves_numbers_and_what_is_left_of_the_capacity(region: Region) -> None:
    plan = foreseen(region, Calamity(("zandermeer",), ("zandermeer-town-hall",)))
    assert plan["calamity"] == "lost zandermeer, closed zandermeer-town-hall"
    assert [line.split(" --by")[0] for line in plan["commands"]] == [
        "uitwijk declare lost zandermeer closed zandermeer-town-hall",
        "uitwijk declare promoted zandermeer --at veldoord",
        "pulumi preview --stack veldoord",
        "pulumi up --stack veldoord --continue-on-error",
    ]
    assert plan["workloads"] == ["zandermeer: 9 workloads, 18 machines, from zandermeer to veldoord"]
    assert plan["numbers"]["kolkwijde"] == "served by veldoord; ring at kolkwijde-town-hall"
    assert plan["capacity"] == {"veldoord": "186 of 272 vCPUs, 560 of 720 GiB, a host to spare"}
    assert any(step.startswith("storage administrator: Promote the replica") for step in plan["manual_steps"])
    created = plan["stacks"]["veldoord"]["create"][MACHINES]
    assert len(created) == 18
    assert created["zandermeer-case-management-database-1"] == (
        "4 vCPUs, 16 GiB, 10.11.64.55, data on zandermeer/case-management/database-1-data.vmdk"
    )


def test_a_site_that_is_too_small_tells_what_it_sheds_and_deletes_what_ran_there() -> None:
    plan = foreseen(small((8, 48), (8, 48)), Calamity(("west",), ("m-west-hall",)))
    assert plan["workloads"] == [
        "m-east: 2 workloads, 2 machines, from east to nowhere",
        "m-west: 3 workloads, 4 machines, from west to nowhere",
        "m-west: 1 workloads, 2 machines, from west to east",
    ]
    assert plan["shed"] == ["m-east/archive", "m-east/reports", "m-west/workplaces", "m-west/archive", "m-west/reports"]
    assert plan["capacity"] == {"east": "18 of 32 vCPUs, 72 of 96 GiB, no host to spare"}
    assert plan["seats"] == {"m-west": "8 needed: east-office 8"}
    assert list(plan["stacks"]["east"]) == ["create", "delete"]
    assert plan["stacks"]["east"]["delete"] == {MACHINES: ["m-east-archive-server-1", "m-east-reports-server-1"]}


def test_what_found_no_room_on_a_normal_day_may_find_it_in_a_calamity() -> None:
    plan = foreseen(small((8, 24), (8, 24)), Calamity(("east",), ("m-east-hall",)))
    assert plan["workloads"] == [
        "m-east: 3 workloads, 4 machines, from nowhere to west",
        "m-east: 1 workloads, 2 machines, from east to west",
    ]
    assert plan["seats"] == {"m-east": "8 needed: nowhere; 8 short"}
    assert "shed" not in plan


@pytest.mark.parametrize(
    ("disks", "told"), [([], ""), (["a.vmdk"], ", data on a.vmdk"), (["b", "a"], ", data on a, b")]
)
def test_data_disks_are_told_in_one_order_if_there_are_any(disks: list[str], told: str) -> None:
    assert machine_in_words(2, 8, "10.0.0.1", disks) == f"2 vCPUs, 8 GiB, 10.0.0.1{told}"


@pytest.mark.parametrize(
    ("file", "old", "new", "touched"),
    [
        ("municipalities/kolkwijde.yaml", "inhabitants: 3500", "inhabitants: 3600", set()),
        ("buildings.yaml", "name: Town hall, Kolkwijde", "name: The old town hall, Kolkwijde", set()),
        # One seat fewer for the staff of the other halls; Zandermeer has too few everywhere.
        (
            "municipalities/zandermeer.yaml",
            "seats: 40 ",
            "seats: 39 ",
            {"closed-zandermeer-town-hall", "lost-zandermeer-closed-zandermeer-town-hall"},
        ),
        (
            "municipalities/zandermeer.yaml",
            "civil-affairs/database: 2XL",
            "civil-affairs/database: XL",
            {
                "lost-zandermeer",
                "lost-zandermeer-closed-zandermeer-town-hall",
                # They need room beside it.
                "lost-veldoord",
                "lost-veldoord-closed-kust-office",
            },
        ),
    ],
)
def test_a_change_touches_the_plans_that_it_matters_to_and_no_other(
    region: Region, catalogue: Catalogue, file: str, old: str, new: str, touched: set[str]
) -> None:
    before, after = plans(region), plans(load_region(catalogue.change(file, old, new).folder))
    assert {slug for slug in before if before[slug] != after[slug]} == touched
