"""What is recorded of living guests, and of those who call and work with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.pieces import but
from tests.evidence.sample import Clock
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.report import read
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import (
    AnsweredBy,
    Continuity,
    GuestsReport,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    SoughtRecord,
    Transaction,
    Trouble,
)

AT = "2026-11-27T08:11:58.000Z"
CALL = JudgedCall(
    at=AT,
    when="during",
    kind="number",
    municipality="kolkwijde",
    number="+31527991200",
    building="wilgendam-town-hall",
    answered_by=AnsweredBy(municipality="kolkwijde", building="wilgendam-town-hall"),
    via="veldoord-border-1",
    seconds=0.4,
    location=None,
    verdict="passed",
    why=None,
)
TRANSACTION = Transaction(
    at=AT,
    when="during",
    municipality="kolkwijde",
    process="document-issue",
    building="wilgendam-town-hall",
    what="document",
    service="counter",
    host="kolkwijde-counter-1.kustland.example",
    id="D-7",
    seconds=0.21,
    verdict="failed",
    why="document-printer.wilgendam-town-hall does not answer",
)
NAME = NameAnswer(
    at=AT,
    when="during",
    name="kolkwijde-counter-1",
    server="veldoord-dns-1",
    address="10.12.8.11",
    expected="10.11.8.11",
    verdict="failed",
)
TROUBLE = Trouble(
    at=AT,
    site="veldoord",
    guest="kolkwijde-call-server-veldoord",
    unit="kamailio.service",
    what="died",
    words="udp_init: Address already in use",
)
GUESTS = GuestsReport(living={"veldoord": 61}, taking_part=62, idle={}, memory_mib=900.5, shortened={})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def evidence(folder: Path) -> Evidence:
    return Evidence(folder, {}, "duty officer", clock=Clock())


@pytest.fixture
def scenario(evidence: Evidence) -> Scenario:
    return evidence.scenario("S1-kolkwijde", "The town hall cannot be reached")


def recorded(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))["scenarios"][0]
    return found


def events(folder: Path, action: str) -> list[dict[str, str]]:
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["action"] == action]


def test_a_scenario_without_living_guests_says_so_and_why(scenario: Scenario, folder: Path) -> None:
    scenario.machines_only("mmdebstrap is not installed")
    found = recorded(folder)
    assert found["guests"] is None
    assert found["machines_only"] == "mmdebstrap is not installed"
    assert [found[part] for part in ("calls", "transactions", "names", "gaps", "records")] == [[], [], [], [], []]
    assert found["continuity"] == {}


def test_all_that_is_observed_is_kept_as_it_was_given(scenario: Scenario, folder: Path) -> None:
    gap = MeasuredGap(what="names", municipality="kolkwijde", seconds=None, ttl_seconds=60)
    record = SoughtRecord(
        service="civil-affairs",
        municipality="kolkwijde",
        id="r-1",
        written="late",
        found=False,
        age_seconds=2.5,
        rpo_minutes=15,
        verdict="passed",
    )
    judged = Continuity(continued=["finance"], stopped={}, sentence="1 of 1 processes continued")
    scenario.calls([CALL])
    scenario.calls([CALL])
    scenario.transactions([TRANSACTION])
    scenario.names([NAME])
    scenario.gaps([gap])
    scenario.records([record])
    scenario.continuity({"kolkwijde": judged})
    scenario.guests(but(GUESTS, troubles=[TROUBLE]))
    found = read(folder).scenarios[0]
    assert found.calls == [CALL, CALL]
    assert found.transactions == [TRANSACTION]
    assert (found.names, found.gaps, found.records) == ([NAME], [gap], [record])
    assert found.continuity == {"kolkwijde": judged}
    assert found.guests == but(GUESTS, troubles=[TROUBLE])


def test_each_call_and_transaction_is_an_event_at_its_own_time(scenario: Scenario, folder: Path) -> None:
    unanswered = but(CALL, answered_by=None, verdict="failed", why="nobody answered in 10 s", seconds=None)
    scenario.calls([CALL, unanswered])
    scenario.transactions([TRANSACTION])
    called = events(folder, "call")
    assert [(event["object"], event["result"]) for event in called] == [
        (
            "S1-kolkwijde: +31527991200",
            "passed: answered by kolkwijde in wilgendam-town-hall after 0.4 s",
        ),
        ("S1-kolkwijde: +31527991200", "failed: not answered: nobody answered in 10 s"),
    ]
    used = events(folder, "use service")
    assert [event["result"] for event in used] == [
        "failed: after 0.2 s: document-printer.wilgendam-town-hall does not answer"
    ]
    assert {event["time"] for event in [*called, *used]} == {AT}
    assert set(called[0]) == {"action", "object", "result", "origin", "actor", "time", "previous"}


def test_a_batch_rewrites_the_report_once(
    scenario: Scenario, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []
    save = evidence.save
    monkeypatch.setattr(evidence, "save", lambda: (saved.append(len(scenario.report.calls)), save()))
    scenario.calls(CALL for _ in range(200))
    assert saved == [200]


def test_a_trouble_is_told_once_in_its_own_words(scenario: Scenario, folder: Path) -> None:
    scenario.guests(but(GUESTS, troubles=[TROUBLE]))
    scenario.guests(but(GUESTS, troubles=[TROUBLE, but(TROUBLE, guest="reeenmeer-call-server-veldoord")]))
    assert [(event["object"], event["result"], event["time"]) for event in events(folder, "find trouble")] == [
        (
            f"S1-kolkwijde: {name}-call-server-veldoord at veldoord",
            "kamailio.service died: udp_init: Address already in use",
            AT,
        )
        for name in ("kolkwijde", "reeenmeer")
    ]


def test_a_call_that_failed_leaves_the_verdict_to_the_checks(scenario: Scenario) -> None:
    with scenario:
        scenario.calls([but(CALL, verdict="failed")])
        scenario.transactions([TRANSACTION])
        scenario.names([NAME])
        scenario.check("The numbers of Kolkwijde ring where its people sit", "yes", "yes", True)
    assert scenario.passed
