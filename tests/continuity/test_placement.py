"""Who runs, sits and rings where, case by case."""

from __future__ import annotations

import datetime

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.declaration import Change, declare
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)
MEMBERS = ["kolkwijde", "reeenmeer"]


def after(region: Region, start: Situation, *declarations: list[Change]) -> Situation:
    for changes in declarations:
        start = declare(region, start, changes, by="duty officer", reason="exercise", at=NOW)
    return start


def cold_at(region: Region, declared: Situation) -> dict[str, set[str]]:
    workloads = place(region, declared).workloads
    return {site: {key.split("/")[0] for key, where in workloads.items() if where == site} for site in region.sites}


def test_on_a_normal_day_everybody_runs_at_home(region: Region) -> None:
    assert cold_at(region, situation(region)) == {"veldoord": {"kust", *MEMBERS}, "zandermeer": {"zandermeer"}}


def test_a_lost_site_holds_nothing_and_the_other_takes_all(region: Region) -> None:
    declared = situation(region, lost=["veldoord"])
    assert cold_at(region, declared) == {"veldoord": set(), "zandermeer": {"kust", *MEMBERS, "zandermeer"}}
    assert place(region, declared).runs_at("veldoord") == frozenset()


def test_a_drained_site_keeps_only_what_stands_at_every_site(region: Region) -> None:
    placement = place(region, situation(region, drained=["veldoord"]))
    assert placement.runs_at("veldoord") == frozenset(placement.hot["veldoord"])
    assert "kolkwijde/telephony" in placement.hot["veldoord"]
    assert placement.workloads["kolkwijde/civil-affairs"] == "zandermeer"


def test_nothing_cold_runs_when_no_site_is_normal(region: Region) -> None:
    placement = place(region, situation(region, lost=["veldoord"], drained=["zandermeer"]))
    assert set(placement.workloads.values()) == {None}
    assert placement.hot.keys() == {"zandermeer"}
    assert placement.processes["kolkwijde"].stopped["civil-registration"] == "kolkwijde/civil-affairs runs nowhere"


def test_nothing_runs_and_nothing_rings_when_every_site_is_lost(region: Region) -> None:
    placement = place(region, situation(region, lost=["veldoord", "zandermeer"]))
    assert placement.hot == {}
    assert all(not number.served_by and not number.rings_at for number in placement.numbers.values())
    assert not any(processes.majority for processes in placement.processes.values())


def test_a_closed_town_hall_moves_no_workload(region: Region) -> None:
    normal, closed = place(region, situation(region)), place(region, situation(region, closed=["kolkwijde-town-hall"]))
    assert (closed.workloads, closed.hot) == (normal.workloads, normal.hot)


def test_a_host_keeps_the_seats_of_its_own_staff(region: Region) -> None:
    seats = place(region, situation(region, closed=["kolkwijde-town-hall"])).seats
    assert seats["reeenmeer"].at == {"wilgendam-town-hall": 16}
    assert seats["kolkwijde"].at["wilgendam-town-hall"] == 22 - 16


def test_a_lost_office_is_no_place_to_relocate_to(region: Region) -> None:
    seats = place(region, situation(region, lost=["veldoord"], closed=["kust-office", "wilgendam-town-hall"])).seats
    assert all("kust-office" not in seating.at for seating in seats.values())
    assert seats["reeenmeer"].short > 0


def test_staff_go_first_where_the_declaration_sends_them(region: Region) -> None:
    sent = {"kolkwijde-town-hall": 3, "zandermeer-town-hall": 4}
    seats = place(region, situation(region, closed={"wilgendam-town-hall": sent})).seats["reeenmeer"]
    assert {building: seats.at[building] for building in sent} == sent
    assert seats.at["kust-office"] == 16 - 3 - 4
    assert seats.short == 0


def test_an_order_for_more_seats_than_there_are_takes_what_there_is(region: Region) -> None:
    seats = place(region, situation(region, closed={"kolkwijde-town-hall": {"wilgendam-town-hall": 50}})).seats
    assert seats["kolkwijde"].at["wilgendam-town-hall"] == 22 - 16


def test_an_order_for_more_seats_than_there_are_staff_seats_the_staff(region: Region) -> None:
    sent = {"kolkwijde-town-hall": 80, "kust-office": 12}
    seats = place(region, situation(region, closed={"wilgendam-town-hall": sent})).seats["reeenmeer"]
    assert seats.at == {"kust-office": 12, "kolkwijde-town-hall": 4}


def test_seats_ordered_for_a_building_are_ordered_once_for_all_who_work_there() -> None:
    office = {"home": "east", "seats": 4, "members": []}
    shared = build(
        hosts={"east": [(64, 512)] * 3, "west": [(64, 512)] * 3},
        municipalities={slug: {"home": "east", "seats": 1, "relocation": []} for slug in ("m-one", "m-two")},
        partnerships={"p-one": {**office, "members": ["m-one"]}, "p-two": {**office, "members": ["m-two"]}},
        spare_seats=8,
    )
    seats = place(shared, situation(shared, closed={"east-office": {"west-office": 5}})).seats
    assert seats["p-one"].at == {"west-office": 4}
    assert seats["p-two"].at == {"west-office": 1, "m-two-hall": 3}


def test_urgent_work_of_every_municipality_is_seated_before_less_urgent_work_of_any(region: Region) -> None:
    crowded = ["kolkwijde", "zandermeer"]
    closed = [region.municipalities[municipality].town_hall for municipality in crowded]
    placement = place(region, situation(region, closed=closed))
    urgent = {"crisis-management", "telephone-contact", "civil-affairs-counter", "document-issue", "civil-registration"}
    for municipality in crowded:
        assert placement.seats[municipality].short > 0
        assert urgent <= set(placement.processes[municipality].continues)


def test_a_number_rings_with_the_location_of_the_building_where_the_staff_sit(region: Region) -> None:
    numbers = place(region, situation(region, closed={"wilgendam-town-hall": {"kust-office": 12}})).numbers
    rings_at = numbers["reeenmeer/+31789912200"].rings_at
    assert rings_at["kust-office"] == "NL, Kustland, Veldoord, office of Kust, ground floor reception"
    assert "wilgendam-town-hall" not in rings_at


def test_a_number_whose_staff_have_no_seat_rings_at_the_first_open_reception(foreign: Region) -> None:
    closed = [b for b in foreign.buildings if b not in ("gemeentehuis-mosbeek", "raadhuis-ardem")]
    placement = place(foreign, situation(foreign, closed=closed))
    assert placement.seats["sint-odolf"].seated == 0
    reception = foreign.buildings["gemeentehuis-mosbeek"].emergency_location
    assert placement.numbers["sint-odolf/+31478998700"].rings_at == {"gemeentehuis-mosbeek": reception}


def test_no_number_rings_when_every_building_is_closed(region: Region) -> None:
    numbers = place(region, situation(region, closed=list(region.buildings))).numbers
    assert all(number.rings_at == {} and not number.rings for number in numbers.values())


def test_a_number_is_served_by_every_living_site(region: Region) -> None:
    numbers = place(region, situation(region, drained=["veldoord"])).numbers
    assert {number.served_by for number in numbers.values()} == {("veldoord", "zandermeer")}
    numbers = place(region, situation(region, lost=["veldoord"])).numbers
    assert {number.served_by for number in numbers.values()} == {("zandermeer",)}


def test_telephone_contact_stops_when_no_number_rings(region: Region) -> None:
    stopped = place(region, situation(region, lost=["veldoord", "zandermeer"])).processes["kolkwijde"].stopped
    assert stopped["telephone-contact"] == "kolkwijde/telephony runs nowhere"


def test_travel_documents_stop_with_the_town_hall(region: Region) -> None:
    stopped = place(region, situation(region, closed=["wilgendam-town-hall"])).processes["reeenmeer"].stopped
    assert stopped["travel-documents"] == "the station is in wilgendam-town-hall, which is closed"


def test_a_process_without_enough_seats_says_how_many_it_needs(region: Region) -> None:
    processes = place(region, situation(region, closed=["kolkwijde-town-hall"])).processes["kolkwijde"]
    assert processes.stopped["social-support"] == "needs 4 seats, 3 left"


def test_a_share_of_seats_is_counted_exactly(foreign: Region) -> None:
    assert foreign.minimum_seats("lindeveld", "decisions") == 3  # a tenth of 30
    assert foreign.minimum_seats("zuid-ardem", "answering") == 3  # 5 % of 44 is 2.2


@pytest.mark.parametrize(
    ("declared", "owners"),
    [
        ({"lost": ["veldoord"]}, ["network administrator", "telephony coordinator", "storage administrator"]),
        (
            {"lost": ["veldoord"], "promoted": {"veldoord": "zandermeer"}},
            ["network administrator", "telephony coordinator"],
        ),
        ({"closed": ["kust-office"]}, ["facility manager"]),
        ({"closed": ["wilgendam-town-hall"]}, ["head of civil affairs", "facility manager"]),
        (
            {"drained": ["zandermeer"]},
            ["storage administrator", "network administrator", "storage administrator"],
        ),
        ({}, []),
    ],
)
def test_every_manual_step_has_an_owner(region: Region, declared: dict[str, object], owners: list[str]) -> None:
    steps = place(region, situation(region, **declared)).manual_steps  # type: ignore[arg-type]
    assert [action.owner for action in steps] == owners
    assert not any("{" in action.step for action in steps)


def test_closing_and_reopening_gives_the_first_placement_again(region: Region) -> None:
    closed = [Change("closed", building) for building in region.buildings]
    opened = [Change("opened", building) for building in region.buildings]
    first = situation(region)
    again = after(region, first, closed, opened)
    assert place(region, again).to_dict() == {**place(region, first).to_dict(), "epoch": 3}


def test_failing_over_and_back_gives_the_first_placement_again(region: Region) -> None:
    first = situation(region)
    over = after(region, first, [Change("lost", "veldoord")], [Change("promoted", "veldoord", at="zandermeer")])
    back = after(
        region,
        over,
        [Change("drained", "veldoord")],
        [Change("normal", "veldoord")],
        [Change("promoted", "veldoord", at="veldoord")],
    )
    assert place(region, over).to_dict()["workloads"] != place(region, first).to_dict()["workloads"]
    assert place(region, back).to_dict() == {**place(region, first).to_dict(), "epoch": 6}


def test_a_placement_as_plain_data_has_the_agreed_form(region: Region) -> None:
    plain = place(region, situation(region, closed=["kolkwijde-town-hall"], epoch=7)).to_dict()
    assert list(plain) == [
        "epoch", "workloads", "hot", "seats", "numbers", "processes", "capacity", "shed", "manual_steps",
    ]  # fmt: skip
    assert plain["epoch"] == 7
    assert plain["workloads"]["kolkwijde/civil-affairs"] == "veldoord"
    assert "kolkwijde/telephony" in plain["hot"]["zandermeer"]
    assert plain["seats"]["reeenmeer"] == {"needed": 16, "at": {"wilgendam-town-hall": 16}, "short": 0}
    number = plain["numbers"]["kolkwijde/+31527991200"]
    assert number["served_by"] == ["veldoord", "zandermeer"]
    assert number["rings_at"].keys() == plain["seats"]["kolkwijde"]["at"].keys()
    processes = plain["processes"]["kolkwijde"]
    assert processes["majority"] is True
    assert {*processes["continues"], *processes["stopped"]} == set(region.processes)
    assert plain["capacity"]["veldoord"].keys() == {"vcpus", "memory_gib", "spare_host"}
    assert plain["shed"] == []
    assert plain["manual_steps"][0].keys() == {"owner", "step"}


def two_halls_closed(order: dict[str, dict[str, int]], spare_seats: int, staff: int = 20) -> dict[str, dict[str, int]]:
    """Where the staff of two town halls sit; both may move to the east's office, by the rules or by order."""
    municipalities = {slug: {"home": "east", "seats": staff, "relocation": ["east-office"]} for slug in ("m0", "m1")}
    region = build(
        hosts={site: [(64, 512)] * 3 for site in ("east", "west")},
        municipalities=municipalities,
        spare_seats=spare_seats,
    )
    closed = {f"{slug}-hall": order.get(slug, {}) for slug in municipalities}
    seats = place(region, situation(region, closed=closed)).seats
    return {slug: dict(seats[slug].at) for slug in municipalities}


def test_an_order_is_for_the_staff_of_its_building_and_nobody_else() -> None:
    assert two_halls_closed({"m1": {"west-office": 3}}, spare_seats=4) == {
        "m0": {"east-office": 4},
        "m1": {"west-office": 3},
    }


def test_seats_by_order_count_for_the_most_urgent_processes() -> None:
    assert two_halls_closed({"m0": {"east-office": 3}}, spare_seats=10) == {
        "m0": {"east-office": 6},
        "m1": {"east-office": 4},
    }


def test_seats_for_less_urgent_processes_come_on_top_of_those_for_urgent_ones() -> None:
    assert two_halls_closed({}, spare_seats=25) == {"m0": {"east-office": 16}, "m1": {"east-office": 9}}


def test_nobody_takes_more_seats_than_it_has_staff_whatever_its_processes_ask() -> None:
    assert two_halls_closed({}, spare_seats=9, staff=1) == {"m0": {"east-office": 1}, "m1": {"east-office": 1}}


def test_numbers_of_a_municipality_without_an_exchange_are_served_nowhere() -> None:
    region = build(
        hosts={site: [(64, 512)] * 3 for site in ("east", "west")},
        municipalities={"m": {"home": "east", "seats": 20, "without": ["exchange"]}},
    )
    (number,) = place(region, situation(region)).numbers.values()
    assert (number.served_by, number.rings_at, number.rings) == ((), {}, False)
