"""Records around a site's loss: found, or lost and counted against the RPO."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from tests.drill.players.conftest import placed
from tests.drill.players.world import World
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players import records as records_module
from uitwijk.drill.players.people import Account
from uitwijk.drill.players.records import Records
from uitwijk.drill.players.services import kept_by
from uitwijk.evidence.work_report import SoughtRecord


@pytest.fixture
def records(region: Region, loopback: Loopback, world: World, accounts: Mapping[str, Account]) -> Records:
    """Of two municipalities."""
    assert world.runs
    return Records(region, loopback, accounts, ["kolkwijde", "reeenmeer"])


def lose_late_ones(world: World) -> None:
    """What no replication carried is not at the survivor."""
    for kept in world.records.values():
        for number in [number for number in kept if "-late-" in number]:
            del kept[number]


def verdicts(lines: list[SoughtRecord]) -> dict[str, set[tuple[bool, str]]]:
    """Whether records were found, and whether that is right, by when they were written."""
    return {
        written: {(line.found, line.verdict) for line in lines if line.written == written}
        for written in ("before", "late", "survivor")
    }


def test_a_record_is_written_into_every_service_that_a_process_uses(
    records: Records, region: Region, world: World
) -> None:
    assert records.write("before", placed(region)) == ()
    written = sorted(number.rsplit("-before-", 1)[0] for kept in world.records.values() for number in kept)
    services = sorted(kept_by(region, "kolkwijde"))
    assert written == sorted(
        f"{who}-{service}" for who in ("kolkwijde", "reeenmeer") for service in kept_by(region, who)
    )
    assert {"documents", "case-management", "e-services", "taxes"} <= set(services)
    assert services.count("telephony") == services.count("workplaces") == 0


def test_late_records_are_counted_as_lost_with_their_age(records: Records, region: Region, world: World) -> None:
    now = placed(region)
    records.write("before", now)
    records.write("late", now)
    records.lost()
    lose_late_ones(world)
    lines = records.ask(now, {"before"})
    assert verdicts(lines) == {"before": {(True, "passed")}, "late": {(False, "passed")}, "survivor": set()}
    assert all(0 <= line.age_seconds < 60 * line.rpo_minutes for line in lines)
    assert {line.service: line.rpo_minutes for line in lines}["civil-affairs"] == 5


def test_a_lost_record_older_than_the_rpo_is_a_failure(
    records: Records, region: Region, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = placed(region)
    records.write("late", now)
    moment = time.monotonic() + 10 * 60
    monkeypatch.setattr(records_module.time, "monotonic", lambda: moment)
    records.lost()
    lose_late_ones(world)
    failed = {line.service: line.verdict for line in records.ask(now, ())}
    assert (failed["civil-affairs"], failed["documents"]) == ("failed", "passed")  # 5 and 15 minutes


def test_a_record_that_should_be_there_and_is_not_is_a_failure(records: Records, region: Region, world: World) -> None:
    now = placed(region)
    records.write("before", now)
    records.lost()
    world.records["kolkwijde-documents-files-1"].clear()
    failed = [(line.service, line.found) for line in records.ask(now, {"before"}) if line.verdict != "passed"]
    assert failed == [("documents", False)]


def test_a_late_record_at_the_survivor_shows_that_the_site_was_not_lost(records: Records, region: Region) -> None:
    now = placed(region)
    records.write("late", now)
    records.lost()
    assert verdicts(records.ask(now, {"before"}))["late"] == {(True, "failed")}


def test_what_the_survivor_wrote_has_no_age_at_the_loss(records: Records, region: Region) -> None:
    now = placed(region)
    records.lost()
    records.write("survivor", now)
    lines = records.ask(now, {"before", "survivor"})
    assert verdicts(lines)["survivor"] == {(True, "passed")}
    assert {line.age_seconds for line in lines} == {None}


def test_a_store_that_does_not_answer_has_not_lost_its_records(records: Records, region: Region, world: World) -> None:
    now = placed(region)
    records.write("late", now)
    records.lost()
    world.down = {"kolkwijde-documents-files-1"}
    lines = {(line.municipality, line.service): line for line in records.ask(now, ())}
    assert lines["kolkwijde", "documents"].verdict == "failed"


def test_what_cannot_be_written_is_told(records: Records, region: Region, world: World) -> None:
    world.down = {"kolkwijde-documents-files-1"}
    (told,) = records.write("before", placed(region))
    number, _, why = told.partition(": ")
    assert number.startswith("kolkwijde-documents-before-")
    assert why == "kolkwijde-documents-files-1.kustland.example does not answer"
