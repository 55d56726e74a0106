"""Work goes on, or stops with the reason that was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.drill.players.conftest import placed
from tests.drill.players.world import World
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.buildings import Buildings
from uitwijk.drill.players.people import RECORDS, Account
from uitwijk.drill.players.work import Observed, observe
from uitwijk.evidence.work_report import Transaction

Work = Callable[..., Observed]


@pytest.fixture
def work(
    region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account], buildings: Buildings
) -> Work:
    """Has everybody work once with some buildings closed."""
    assert world.runs

    def once(*closed: str, calls: Mapping[str, str | None] | None = None) -> Observed:
        for building in closed:
            buildings.close(building)
        answered: Mapping[str, str | None] = dict.fromkeys(region.municipalities) if calls is None else calls
        now = placed(region, *closed)
        return observe(region, loopback, accounts, buildings, when="during", placement=now, calls=answered)

    return once


def stopped(observed: Observed, municipality: str) -> dict[str, str | None]:
    """Why processes were seen to stop."""
    return {process: how.observed for process, how in observed.continuity[municipality].stopped.items()}


def failures(observed: Observed) -> list[Transaction]:
    """Transactions that did not end as they should."""
    return [one for one in observed.transactions if one.verdict != "passed"]


def test_on_a_normal_day_every_process_of_every_municipality_goes_on(work: Work, region: Region) -> None:
    observed = work()
    assert {who: how.sentence for who, how in observed.continuity.items()} == dict.fromkeys(
        region.municipalities, "14 of 14 processes continued"
    )
    assert failures(observed) == []


def test_each_service_that_several_processes_use_is_asked_once(work: Work) -> None:
    asked = [(one.municipality, one.service, one.building) for one in work().transactions if one.what == "record"]
    assert sorted(set(asked)) == sorted(asked)
    assert ("harlingen", "civil-affairs", "harlingen-town-hall") in asked


def test_a_front_end_without_its_database_says_so_and_its_processes_stop(work: Work, world: World) -> None:
    world.down = {"harlingen-civil-affairs-database-1"}
    observed = work()
    why = "harlingen-civil-affairs-database-1.uitwijk.example does not answer"
    civil_affairs = ("civil-affairs-counter", "document-issue", "civil-registration", "travel-documents")
    assert stopped(observed, "harlingen") == dict.fromkeys(civil_affairs, why)
    assert stopped(observed, "bolsward") == {}
    assert observed.continuity["harlingen"].sentence.startswith("10 of 14 processes continued; Civil affairs counter")
    assert {one.why for one in failures(observed)} == {why}


def test_a_shared_database_that_is_down_stops_every_member_and_nobody_else(work: Work, world: World) -> None:
    world.down = {"iszf-databases-server-1", "iszf-databases-server-2"}
    observed = work()
    why = "iszf-databases-server-1.uitwijk.example does not answer"
    without = ("permits", "youth-care", "social-support", "finance", "taxes")
    assert stopped(observed, "harlingen") == stopped(observed, "nijefurd") == dict.fromkeys(without, why)
    assert stopped(observed, "leeuwarden") == {}


def test_travel_documents_stop_with_the_town_hall_and_somebody_owns_what_is_to_be_done(work: Work) -> None:
    observed = work("harlingen-town-hall")
    assert observed.continuity["harlingen"].sentence == (
        "13 of 14 processes continued; Travel documents stopped: the station is in harlingen-town-hall, "
        "which is closed (manual step, owner: head of civil affairs)"
    )
    assert stopped(observed, "harlingen") == {
        "travel-documents": "travel-document-station.harlingen-town-hall.uitwijk.example does not answer"
    }
    assert failures(observed) == []


def test_clerks_work_from_the_building_where_they_sit_now(work: Work, buildings: Buildings) -> None:
    observed = work("harlingen-town-hall")
    issued = next(one for one in observed.transactions if one.what == "document" and one.municipality == "harlingen")
    assert issued.building == "iszf-office"
    assert len(buildings.queues["iszf-office"]) == 1
    assert buildings.queues["harlingen-town-hall"] == ()
    assert {one.building for one in observed.transactions if one.municipality == "harlingen"}.isdisjoint(
        {"harlingen-town-hall"}
    )


def test_seats_that_run_out_stop_the_least_urgent_work_first(work: Work) -> None:
    observed = work("leeuwarden-town-hall")
    assert stopped(observed, "leeuwarden") == {
        "social-support": "needs 76 seats, 1 left",
        "finance": "needs 38 seats, 1 left",
        "taxes": "needs 23 seats, 1 left",
        "travel-documents": "travel-document-station.leeuwarden-town-hall.uitwijk.example does not answer",
    }


def test_a_municipality_without_any_seat_only_has_what_citizens_do_themselves(work: Work, region: Region) -> None:
    observed = work(*region.buildings)
    assert observed.continuity["bolsward"].continued == ["e-services"]
    assert stopped(observed, "bolsward")["taxes"] == "needs 3 seats, 0 left"


def test_a_document_in_another_buildings_print_queue_is_not_issued(work: Work, world: World) -> None:
    world.prints_in = "balk-town-hall"
    observed = work()
    assert stopped(observed, "nijefurd") == {
        "document-issue": "the document lies in the print queue of balk-town-hall, not of workum-town-hall"
    }
    assert stopped(observed, "gaasterlan-sleat") == {}


def test_a_printer_that_does_not_answer_is_named(work: Work, buildings: Buildings) -> None:
    buildings.close("workum-town-hall")
    assert stopped(work(), "nijefurd")["document-issue"] == (
        "document-printer.workum-town-hall.uitwijk.example does not answer"
    )


def test_calls_that_are_not_answered_stop_what_needs_the_telephone(work: Work, region: Region) -> None:
    why = "+31517491200 rang nowhere"
    observed = work(calls={**dict.fromkeys(region.municipalities), "harlingen": why})
    assert stopped(observed, "harlingen") == {"crisis-management": why, "telephone-contact": why}
    assert stopped(observed, "bolsward") == {}


def test_a_telephone_that_nobody_called_does_not_count_as_answered(work: Work) -> None:
    assert stopped(work(calls={}), "bolsward") == dict.fromkeys(
        ("crisis-management", "telephone-contact"), "nobody called its numbers"
    )


def test_the_second_broker_and_the_second_web_server_take_over(work: Work, world: World) -> None:
    world.down = {"bolsward-workplaces-broker-1", "iszf-e-services-web-1"}
    observed = work()
    assert stopped(observed, "bolsward") == {}
    hosts = {one.host for one in observed.transactions if one.municipality == "bolsward"}
    assert {"bolsward-workplaces-broker-2.uitwijk.example", "iszf-e-services-web-2.uitwijk.example"} <= hosts


def test_without_brokers_no_clerk_works_but_citizens_help_themselves(work: Work, world: World) -> None:
    world.down = {"bolsward-workplaces-broker-1", "bolsward-workplaces-broker-2"}
    observed = work()
    why = "bolsward-workplaces-broker-2.uitwijk.example does not answer"
    assert observed.continuity["bolsward"].continued == ["e-services"]
    assert set(stopped(observed, "bolsward").values()) == {why}


def test_a_clerk_without_an_account_is_refused(work: Work, world: World, region: Region, accounts: object) -> None:
    assert accounts
    store = region.stores("harlingen/workplaces")[0]
    (world.disk("bolsward", store, "profiles") / RECORDS).write_text("", encoding="utf-8")
    observed = work()
    assert observed.continuity["harlingen"].continued == ["e-services"]
    assert set(stopped(observed, "harlingen").values()) == {"clerk-harlingen is not known here"}


def test_a_name_that_leads_nowhere_is_told(work: Work, world: World) -> None:
    for names in world.names.values():
        for number in (1, 2):
            names.pop(f"leeuwarden-e-services-web-{number}.uitwijk.example.", None)
    assert stopped(work(), "leeuwarden") == {
        "e-services": "no name server tells the address of leeuwarden-e-services-web-2.uitwijk.example"
    }


def test_passwords_stand_in_no_transaction(work: Work, accounts: Mapping[str, Account]) -> None:
    told = repr(work()) + repr(accounts)
    assert all(account.login.password not in told for account in accounts.values())
