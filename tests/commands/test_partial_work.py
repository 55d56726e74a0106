"""Partial work (S1): whoever's town hall is closed and wherever the staff are sent, `check` knows how much goes on."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.commands.conftest import Desk
from tests.continuity.situations import every_closing, situation
from uitwijk.commands.readiness.line import Line
from uitwijk.commands.readiness.model import judged
from uitwijk.continuity import place
from uitwijk.continuity.region import Region
from uitwijk.continuity.settings import AcceptedShortfall
from uitwijk.continuity.situation import Situation


def orders(region: Region, municipality: str) -> Mapping[str, dict[str, int]]:
    """By name: nobody is sent anywhere, everybody to one building, as many to every building as it has room for all."""
    own, seats = region.building_of(municipality), region.municipalities[municipality].seats
    hosts = [building for building in region.buildings if building != own]
    share = -(-seats // len(hosts))
    return {
        "by the rules": {},
        **{f"all to {host}": {host: seats} for host in hosts},
        "some everywhere": dict.fromkeys(hosts, share),
    }


def accepting(region: Region, building: str, seats: int) -> Region:
    shortfall = AcceptedShortfall(
        what="known", building=building, seats=seats, owner="mayor", date=datetime.date(2026, 6, 30)
    )
    return replace(region, settings=region.settings.model_copy(update={"accepted_shortfalls": (shortfall,)}))


def judge(region: Region, declared: Situation) -> Line:
    return judged("now", region, declared)


MUNICIPALITIES = ("kolkwijde", "reeenmeer", "zandermeer")


def test_every_municipality_is_a_victim(region: Region) -> None:
    assert set(MUNICIPALITIES) == set(region.municipalities)


@pytest.mark.parametrize("victim", MUNICIPALITIES)
def test_the_majority_goes_on_or_check_fails_and_says_what_is_short(region: Region, victim: str) -> None:
    hall = region.building_of(victim)
    none_accepted = accepting(region, "kust-office", 1)
    for sent in orders(region, victim).values():
        declared = situation(region, closed={hall: sent})
        placement = place(region, declared)
        short = sum(seating.short for seating in placement.seats.values())
        line = judge(none_accepted, declared)
        majority = all(processes.majority for processes in placement.processes.values())
        assert line.verdict == ("ok" if majority and not short else "fail"), (sent, line)
        assert (f"no majority of the work goes on in {victim}" in line.why) == (not majority)
        assert (f"{short} seats short ({victim} {short}), 0 accepted" in line.why) == bool(short)


@pytest.mark.parametrize("victim", MUNICIPALITIES)
def test_what_was_accepted_needs_attention_and_one_seat_more_fails(region: Region, victim: str) -> None:
    hall = region.building_of(victim)
    for sent in orders(region, victim).values():
        declared = situation(region, closed={hall: sent})
        short = sum(seating.short for seating in place(region, declared).seats.values())
        if short > 1:
            known = judge(accepting(region, hall, short), declared)
            assert known.verdict == "attention"
            assert known.why.endswith(f"{short} seats short, accepted by the mayor on 2026-06-30")
            assert judge(accepting(region, hall, short - 1), declared).verdict == "fail"


def test_several_victims_at_once_are_judged_alike_whichever_buildings_are_left_as_hosts(region: Region) -> None:
    none_accepted = accepting(region, "kust-office", 1)
    for closed in every_closing(region):
        if "kust-office" not in closed:
            declared = situation(region, closed=closed)
            placement = place(region, declared)
            line = judge(none_accepted, declared)
            stopped = [slug for slug, processes in placement.processes.items() if not processes.majority]
            short = {who: seating.short for who, seating in placement.seats.items() if seating.short}
            assert (line.verdict == "ok") == (not stopped and not short)
            assert all(f"no majority of the work goes on in {slug}" in line.why for slug in stopped)
            assert all(f"{who} {seats}" in line.why for who, seats in short.items())


def with_full_buildings(region: Region, municipality: str) -> Region:
    """Nobody outside the municipality's own town hall has a seat to give."""
    own = region.building_of(municipality)
    used = {building: 0 for building in region.buildings}
    for organisation, who in region.organisations.items():
        used[region.building_of(organisation)] += who.seats
    full = {
        slug: building if slug == own else building.model_copy(update={"seats": used[slug]})
        for slug, building in region.buildings.items()
    }
    return replace(region, buildings=full)


@pytest.mark.parametrize("victim", MUNICIPALITIES)
def test_without_any_seat_there_is_no_majority_which_fails_unless_it_was_accepted(region: Region, victim: str) -> None:
    full, hall, seats = (
        with_full_buildings(region, victim),
        region.building_of(victim),
        region.municipalities[victim].seats,
    )
    for sent in orders(full, victim).values():
        declared = situation(full, closed={hall: sent})
        line = judge(accepting(full, "kust-office", 1), declared)
        assert line.verdict == "fail"
        assert f"no majority of the work goes on in {victim}: crisis-management needs " in line.why
        line = judge(accepting(full, hall, seats), declared)
        assert line.verdict == "attention"
        assert f"no majority of the work goes on in {victim}: " in line.why
        assert line.why.endswith(f"{seats} seats short, accepted by the mayor on 2026-06-30")


def test_seats_that_were_accepted_excuse_nothing_else(region: Region) -> None:
    bare = {slug: each.model_copy(update={"stations": ()}) for slug, each in region.buildings.items()}
    spoiled = accepting(replace(region, buildings=bare), "kolkwijde-town-hall", 500)
    line = judge(spoiled, situation(spoiled, closed=["kolkwijde-town-hall"]))
    assert line.verdict == "fail"
    assert "document-issue no document-printer in a building where the staff sit" in line.why


def test_check_judges_the_situation_that_was_declared(desk: Desk) -> None:
    desk.must_declare("closed wilgendam-town-hall")
    found = {line["subject"]: line for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]}
    assert found["as it is declared"]["verdict"] == "ok"
    desk.must_declare("closed kolkwijde-town-hall")
    said = desk.uitwijk("check", "--json")
    found = {line["subject"]: line for line in json.loads(said.out)["lines"]}
    assert (said.code, found["as it is declared"]["verdict"]) == (1, "fail")
    assert "10 accepted" in found["as it is declared"]["why"]


def test_a_normal_day_is_judged_once(desk: Desk) -> None:
    found = json.loads(desk.uitwijk("check", "--json").out)["lines"]
    assert "as it is declared" not in {line["subject"] for line in found}
