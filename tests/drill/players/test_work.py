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


def test_on_a_normal_day_work_goes_on_wherever_it_is_placed(work: Work, region: Region) -> None:
    observed = work()
    for who, judged in placed(region)["processes"].items():
        assert set(stopped(observed, who)) == set(judged["stopped"])
    assert observed.continuity["kolkwijde"].sentence == "14 of 14 processes continued"
    assert failures(observed) == []


def test_each_service_that_several_processes_use_is_asked_once(work: Work) -> None:
    asked = [(one.municipality, one.service, one.building) for one in work().transactions if one.what == "record"]
    assert sorted(set(asked)) == sorted(asked)
    assert ("kolkwijde", "civil-affairs", "kolkwijde-town-hall") in asked


def test_a_front_end_without_its_database_says_so_and_its_processes_stop(work: Work, world: World) -> None:
    world.down = {"kolkwijde-civil-affairs-database-1"}
    observed = work()
    why = "kolkwijde-civil-affairs-database-1.kustland.example does not answer"
    civil_affairs = ("civil-affairs-counter", "document-issue", "civil-registration", "travel-documents")
    assert stopped(observed, "kolkwijde") == dict.fromkeys(civil_affairs, why)
    assert not set(civil_affairs) & set(stopped(observed, "zandermeer"))
    assert observed.continuity["kolkwijde"].sentence.startswith("10 of 14 processes continued; Civil affairs counter")
    assert {one.why for one in failures(observed)} == {why}


def test_a_shared_database_that_is_down_stops_every_member_and_nobody_else(work: Work, world: World) -> None:
    world.down = {"kust-databases-server-1"}
    observed = work()
    why = "kust-databases-server-1.kustland.example does not answer"
    without = ("permits", "youth-care", "social-support", "finance", "taxes")
    assert stopped(observed, "kolkwijde") == dict.fromkeys(without, why)
    assert {"permits", "youth-care", "finance"} == {
        process for process, told in stopped(observed, "reeenmeer").items() if told == why
    }
    assert why not in stopped(observed, "zandermeer").values()


def test_travel_documents_stop_with_the_town_hall_and_somebody_owns_what_is_to_be_done(work: Work) -> None:
    observed = work("kolkwijde-town-hall")
    assert observed.continuity["kolkwijde"].sentence == (
        "11 of 14 processes continued; Social support and income stopped: needs 4 seats, 3 left; "
        "Taxes stopped: needs 2 seats, 0 left; "
        "Travel documents stopped: the station is in kolkwijde-town-hall, "
        "which is closed (manual step, owner: head of civil affairs)"
    )
    assert stopped(observed, "kolkwijde")["travel-documents"] == (
        "travel-document-station.kolkwijde-town-hall.kustland.example does not answer"
    )
    assert failures(observed) == []


def test_clerks_work_from_the_building_where_they_sit_now(work: Work, buildings: Buildings) -> None:
    observed = work("kolkwijde-town-hall")
    issued = next(one for one in observed.transactions if one.what == "document" and one.municipality == "kolkwijde")
    assert issued.building == "kust-office"
    assert len(buildings.queues["kust-office"]) == 1
    assert buildings.queues["kolkwijde-town-hall"] == ()
    assert {one.building for one in observed.transactions if one.municipality == "kolkwijde"}.isdisjoint(
        {"kolkwijde-town-hall"}
    )


def test_seats_that_run_out_stop_the_least_urgent_work_first(work: Work) -> None:
    assert stopped(work("kolkwijde-town-hall"), "kolkwijde") == {
        "social-support": "needs 4 seats, 3 left",
        "taxes": "needs 2 seats, 0 left",
        "travel-documents": "travel-document-station.kolkwijde-town-hall.kustland.example does not answer",
    }


def test_a_municipality_without_any_seat_only_has_what_citizens_do_themselves(work: Work, region: Region) -> None:
    observed = work(*region.buildings)
    assert observed.continuity["kolkwijde"].continued == ["e-services"]
    assert stopped(observed, "kolkwijde")["taxes"] == "needs 2 seats, 0 left"


def test_a_document_in_another_buildings_print_queue_is_not_issued(work: Work, world: World) -> None:
    world.prints_in = "wilgendam-town-hall"
    observed = work()
    assert stopped(observed, "kolkwijde") == {
        "document-issue": "the document lies in the print queue of wilgendam-town-hall, not of kolkwijde-town-hall"
    }
    assert "document-issue" not in stopped(observed, "reeenmeer")


def test_a_printer_that_does_not_answer_is_named(work: Work, buildings: Buildings) -> None:
    buildings.close("wilgendam-town-hall")
    assert stopped(work(), "reeenmeer")["document-issue"] == (
        "document-printer.wilgendam-town-hall.kustland.example does not answer"
    )


def test_calls_that_are_not_answered_stop_what_needs_the_telephone(work: Work, region: Region) -> None:
    why = "+31527991200 rang nowhere"
    observed = work(calls={**dict.fromkeys(region.municipalities), "kolkwijde": why})
    assert stopped(observed, "kolkwijde") == {"crisis-management": why, "telephone-contact": why}
    assert why not in stopped(observed, "reeenmeer").values()


def test_a_telephone_that_nobody_called_does_not_count_as_answered(work: Work) -> None:
    assert stopped(work(calls={}), "kolkwijde") == dict.fromkeys(
        ("crisis-management", "telephone-contact"), "nobody called its numbers"
    )


def test_the_second_broker_and_the_second_web_server_take_over(work: Work, world: World) -> None:
    world.down = {"kolkwijde-workplaces-broker-1", "kust-e-services-web-1"}
    observed = work()
    assert stopped(observed, "kolkwijde") == {}
    hosts = {one.host for one in observed.transactions if one.municipality == "kolkwijde"}
    assert {"kolkwijde-workplaces-broker-2.kustland.example", "kust-e-services-web-2.kustland.example"} <= hosts


def test_without_brokers_no_clerk_works_but_citizens_help_themselves(work: Work, world: World) -> None:
    world.down = {"kolkwijde-workplaces-broker-1", "kolkwijde-workplaces-broker-2"}
    observed = work()
    why = "kolkwijde-workplaces-broker-2.kustland.example does not answer"
    assert observed.continuity["kolkwijde"].continued == ["e-services"]
    assert set(stopped(observed, "kolkwijde").values()) == {why}


def test_a_clerk_without_an_account_is_refused(work: Work, world: World, region: Region, accounts: object) -> None:
    assert accounts
    store = region.stores("kolkwijde/workplaces")[0]
    (world.disk("veldoord", store, "profiles") / RECORDS).write_text("", encoding="utf-8")
    observed = work()
    assert observed.continuity["kolkwijde"].continued == ["e-services"]
    assert set(stopped(observed, "kolkwijde").values()) == {"clerk-kolkwijde is not known here"}


def test_a_name_that_leads_nowhere_is_told(work: Work, world: World) -> None:
    for names in world.names.values():
        for number in (1, 2):
            names.pop(f"kust-e-services-web-{number}.kustland.example.", None)
    assert stopped(work(), "kolkwijde") == {
        "e-services": "no name server tells the address of kust-e-services-web-2.kustland.example"
    }


def test_passwords_stand_in_no_transaction(work: Work, accounts: Mapping[str, Account]) -> None:
    told = repr(work()) + repr(accounts)
    assert all(account.login.password not in told for account in accounts.values())
