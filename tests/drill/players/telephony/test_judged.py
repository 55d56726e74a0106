"""A call passes only if the right telephone rang alone and answered, and 112 told where it came from."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from uitwijk.continuity.region import Region
from uitwijk.drill.players.telephony.carrier import CONTROL_ROOM, Call
from uitwijk.drill.players.telephony.desks import Account, Desk
from uitwijk.drill.players.telephony.held import Talk
from uitwijk.drill.players.telephony.judged import Judge

HALL = Desk("kolkwijde", "kolkwijde-town-hall")
OTHER = Desk("reeenmeer", "wilgendam-town-hall")
ACCOUNT = Account("+31527991200", "+31527991200", HALL)
AT = datetime.datetime(2026, 11, 25, 14, 5, tzinfo=datetime.UTC)
HERE = "NL, Kustland, Kolkwijde, town hall, main entrance"


def call(answered_by: Desk | None = HALL, **more: Any) -> Call:
    """A call that was answered, unless it says otherwise."""
    code = 200 if answered_by else 480
    return Call(ACCOUNT.number, AT, 0.0, **({"code": code, "answered_by": answered_by} | more))


@pytest.fixture
def judge(region: Region) -> Judge:
    return Judge(region, "during")


@pytest.mark.parametrize(
    ("answered_by", "rang", "why"),
    [
        (HALL, {HALL}, None),
        (OTHER, {OTHER}, "was answered by reeenmeer in wilgendam-town-hall"),
        (Desk("kolkwijde", "kust-office"), {HALL}, "was answered by kolkwijde in kust-office"),
        (HALL, {HALL, OTHER}, "also rang at reeenmeer in wilgendam-town-hall"),
        (HALL, set(), "was answered, but that telephone never rang"),
        (None, {HALL}, "was not answered: 480, no telephone is logged in with it"),
    ],
)
def test_a_number_is_answered_where_it_should_and_rings_nowhere_else(
    judge: Judge, answered_by: Desk | None, rang: set[Desk], why: str | None
) -> None:
    record = judge.number(ACCOUNT, call(answered_by), rang)
    whose = "+31527991200, which should be answered by kolkwijde in kolkwijde-town-hall, "
    assert record.why == (why and whose + why)
    assert record.verdict == ("failed" if why else "passed")
    assert (record.when, record.kind, record.building) == ("during", "number", "kolkwijde-town-hall")


def test_a_refused_login_is_told_with_the_number_that_is_not_answered(judge: Judge) -> None:
    refused = ["the telephone was refused the login with +31527991200", "… with +31525993200"]
    assert judge.number(ACCOUNT, call(None), (), refused).why.endswith(f"; {refused[0]}")


@pytest.mark.parametrize(
    ("location", "fault", "why"),
    [
        (HERE, None, None),
        (None, None, "112 from kolkwijde-town-hall told the control room no location"),
        ("NL, Kustland, Wilgendam, town hall, main entrance", None, "Wilgendam"),
        (None, "its location is no XML", "112 from kolkwijde-town-hall: its location is no XML"),
    ],
)
def test_112_tells_where_it_comes_from_and_nothing_else(
    judge: Judge, location: str | None, fault: str | None, why: str | None
) -> None:
    made = replace(call(CONTROL_ROOM, location=location, fault=fault), number="112")
    record = judge.emergency(HALL, made)
    assert record.verdict == ("failed" if why else "passed")
    assert (why or "") in (record.why or "")
    assert record.location == location


def test_another_call_to_the_outside_tells_no_location(judge: Judge) -> None:
    assert judge.outside(HALL, call(CONTROL_ROOM)).verdict == "passed"
    assert judge.outside(HALL, call(CONTROL_ROOM, location=HERE)).verdict == "failed"
    assert judge.outside(HALL, call(CONTROL_ROOM, fault="points to no bodies")).verdict == "failed"
    assert judge.outside(HALL, call(None)).verdict == "failed"


@pytest.mark.parametrize(
    ("ended_at", "broken_at", "verdict"), [(AT, None, "passed"), (AT, AT, "failed"), (None, None, "failed")]
)
def test_a_call_in_progress_goes_on_until_the_caller_ends_it(
    judge: Judge, ended_at: datetime.datetime | None, broken_at: datetime.datetime | None, verdict: str
) -> None:
    assert judge.talk(ACCOUNT, Talk(call(), ended_at, 3, broken_at)).verdict == verdict


def test_a_gap_without_an_end_fails(judge: Judge) -> None:
    assert judge.gap(ACCOUNT, call()).verdict == "passed"
    assert judge.gap(ACCOUNT, None).verdict == "failed"
