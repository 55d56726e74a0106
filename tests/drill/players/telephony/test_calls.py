"""Calls through living exchanges: who answers, wherever people sit and whichever site is lost."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.players.telephony.conftest import Exchange, Numbers
from uitwijk.drill.players.telephony import Telephony
from uitwijk.drill.players.telephony.call_servers import CallServers
from uitwijk.drill.players.telephony.desks import Account, Desk, accounts
from uitwijk.drill.players.telephony.sipp import Sipp, credentials
from uitwijk.evidence.work_report import AnsweredBy, JudgedCall

pytestmark = pytest.mark.timeout(300)
KOLKWIJDE = Desk("kolkwijde", "kolkwijde-town-hall")
REEENMEER = Desk("reeenmeer", "wilgendam-town-hall")


def called(people: Telephony, numbers: Numbers, kind: str = "number") -> list[JudgedCall]:
    """The calls of one kind of a round."""
    return [call for call in people.round("during", numbers) if call.kind == kind]


def failed(calls: list[JudgedCall]) -> list[str]:
    """Why calls failed."""
    return [call.why for call in calls if call.verdict != "passed"]


def test_every_number_is_answered_in_every_building_where_its_municipality_sits(
    exchange: Exchange, people: Telephony
) -> None:
    numbers = exchange.numbers("kolkwijde-town-hall")
    people.telephones.building_closed("kolkwijde-town-hall")
    people.telephones.sit(numbers)
    calls = called(people, numbers)
    assert failed(calls) == []
    where = {(call.municipality, call.building) for call in calls}
    assert len(calls) == len({call.number for call in calls}) == len(where) + 2, "Reeënmeer has three number blocks"
    assert sum(municipality == "kolkwijde" for municipality, _ in where) > 1
    assert ("kolkwijde", "kolkwijde-town-hall") not in where


@pytest.mark.parametrize("lost", ["veldoord", "zandermeer"])
def test_whichever_site_is_lost_the_gap_is_measured_and_then_the_other_site_serves(
    exchange: Exchange, people: Telephony, lost: str
) -> None:
    people.telephones.sit(exchange.numbers())
    began = time.monotonic()
    exchange.guests.cut(lost)
    try:
        gap = people.gap(began)
        answers = gap.answers(30)
        assert set(answers) == {"kolkwijde", "reeenmeer"}
        for call, seconds in answers.values():
            assert call.began >= began
            assert 0 < seconds <= time.monotonic() - began
        numbers = exchange.numbers(lost=lost)
        logins = people.telephones.sit(numbers)
        assert {login.site for login in logins if login.outcome == "silent"} == {lost}
        assert {login.site for login in logins if login.outcome == "done"} == set(exchange.region.sites) - {lost}
        calls = called(people, numbers)
        assert failed(calls) == []
        assert all(lost not in call.via for call in calls)
    finally:
        exchange.boot(lost)
    assert {login.outcome for login in people.telephones.register()} == {"done"}


def test_a_number_rings_through_the_other_site_when_its_call_server_dies_and_nobody_has_noticed_yet(
    exchange: Exchange, people: Telephony
) -> None:
    people.telephones.sit(exchange.numbers())
    server = "kolkwijde-telephony-call-server-1"
    exchange.guests.halt("veldoord", server)
    try:
        call = people.carrier.call("+31527991200")
        assert call.answered_by == KOLKWIJDE
        assert call.via == people.carrier.controllers[0]
    finally:
        exchange.boot("veldoord", server)


def test_a_number_rings_whether_or_not_the_carrier_sends_its_plus(exchange: Exchange, people: Telephony) -> None:
    people.telephones.sit(exchange.numbers())
    calls = people.carrier.calls(["+31527991200", "31527991200"])
    assert [call.answered_by for call in calls] == [KOLKWIJDE, KOLKWIJDE]


def test_the_gap_of_a_closed_building_lasts_until_its_people_sit_elsewhere(
    exchange: Exchange, people: Telephony
) -> None:
    people.telephones.sit(exchange.numbers())
    people.telephones.building_closed("kolkwijde-town-hall")
    assert set(people.gap().answers(3)) == {"reeenmeer"}
    gap = people.gap()
    sat = time.monotonic()
    people.telephones.sit(exchange.numbers("kolkwijde-town-hall"))
    call, seconds = gap.answers(30)["kolkwijde"]
    assert call.answered_by == Desk("kolkwijde", "kust-office")
    assert call.began + seconds > sat


@contextlib.contextmanager
def intruder(exchange: Exchange, folder: Path, account: Account, at: Desk) -> Iterator[None]:
    """Somebody logs in with a number of others, with the right password, at another municipality's telephone."""
    servers = CallServers(exchange.region, exchange.loopback)
    sipp = Sipp(folder, exchange.template)

    def log_in(seconds: int) -> set[str]:
        outcomes = set()
        for server in servers.of[account.desk.municipality]:
            address = servers.address(server, at)
            assert address is not None
            password = account.password(exchange.secrets[server.site][account.block])
            row = (servers.telephone(at), account.number, credentials(account.number, password), str(seconds))
            playing = sipp.call("login", row[0], address, [row], each_from_its_own=True, patience=3000)
            with contextlib.closing(playing):
                playing.wait(10)
                outcomes |= {event.what for event in playing.events}
        return outcomes

    assert log_in(120) == {"done"}
    yield
    assert log_in(0) == {"done"}
    sipp.close()


def test_a_number_that_another_municipality_answers_fails_and_names_both(
    exchange: Exchange, people: Telephony, tmp_path: Path
) -> None:
    numbers = exchange.numbers()
    people.telephones.sit(numbers)
    account = next(account for account in accounts(exchange.region, numbers) if account.desk == KOLKWIJDE)
    with intruder(exchange, tmp_path, account, REEENMEER):
        people.telephones.building_closed("kolkwijde-town-hall")
        (why,) = failed(called(people, numbers))
        people.telephones.building_opened("kolkwijde-town-hall")
        (rings_twice,) = failed(called(people, numbers))
    assert why == (
        f"{account.number}, which should be answered by kolkwijde in kolkwijde-town-hall, "
        "was answered by reeenmeer in wilgendam-town-hall"
    )
    assert account.number in rings_twice
    assert "reeenmeer in wilgendam-town-hall" in rings_twice
    assert failed(called(people, numbers)) == []


def test_a_number_where_nobody_is_logged_in_fails_and_says_what_was_answered(
    exchange: Exchange, people: Telephony
) -> None:
    people.telephones.sit(exchange.numbers())
    people.telephones.sit({})
    whys = failed(called(people, exchange.numbers()))
    assert len(whys) == len(exchange.numbers()) == 4
    assert all("was not answered: 480, no telephone is logged in with it" in why for why in whys)


def test_a_call_in_progress_goes_on_when_another_building_closes(exchange: Exchange, people: Telephony) -> None:
    people.telephones.sit(exchange.numbers())
    held = people.hold("reeenmeer")
    people.telephones.building_closed("kolkwijde-town-hall")
    people.telephones.sit(exchange.numbers("kolkwijde-town-hall"))
    assert failed(called(people, exchange.numbers("kolkwijde-town-hall"))) == []
    assert held.asked(1)
    record = people.talk("during", held)
    assert (record.kind, record.verdict, record.why) == ("in-progress", "passed", None)
    assert record.answered_by == AnsweredBy(municipality="reeenmeer", building="wilgendam-town-hall")


def test_a_call_in_progress_breaks_off_when_its_own_building_closes(exchange: Exchange, people: Telephony) -> None:
    people.telephones.sit(exchange.numbers())
    held = people.hold("kolkwijde")
    assert held.asked(1)
    people.telephones.building_closed("kolkwijde-town-hall")
    record = people.talk("during", held)
    assert record.verdict == "failed"
    assert "the call in progress to +31527991200" in record.why
