"""The verdict of a drill with living guests: what callers, clerks and citizens saw decides it, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evidence.pieces import but
from uitwijk.drill import observations
from uitwijk.evidence.piece import Verdict
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import (
    ALL_NAMES,
    Continuity,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    SoughtRecord,
    StoppedProcess,
    Transaction,
    Trouble,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    with Evidence(tmp_path / "evidence", {}, "tester").scenario("S2", "a site is lost") as scenario:
        yield scenario


def verdicts(scenario: Scenario) -> list[str]:
    return [check.verdict for check in scenario.report.checks]


def observed(scenario: Scenario) -> str:
    return "; ".join(str(check.observed) for check in scenario.report.checks if check.failed)


def call(kind: str, why: str | None = None) -> JudgedCall:
    return JudgedCall(number="+31527991200", kind=kind, verdict="failed" if why else "passed", why=why)


def transaction(what: str, why: str | None = None) -> Transaction:
    return Transaction(what=what, building="wilgendam", verdict="failed" if why else "passed", why=why)


NUMBER, EMERGENCY = call("number"), call("emergency")


def test_calls_that_are_answered_as_they_should_pass(scenario: Scenario):
    observations.calls_answered(scenario, "during", [NUMBER, EMERGENCY, call("outside")])
    assert verdicts(scenario) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("calls", "named"),
    [
        ([call("number", "+31527991200 was answered by wilgendam"), EMERGENCY], "was answered by wilgendam"),
        ([NUMBER, call("emergency", "112 from wilgendam told no location")], "112 from wilgendam told no location"),
        ([NUMBER, EMERGENCY, call("outside", "a call from wilgendam carried a location")], "carried a location"),
        ([EMERGENCY], "no number was called"),
        ([NUMBER], "nobody called 112"),
    ],
    ids=["wrong municipality", "no location", "location for anybody", "no call", "no emergency"],
)
def test_one_wrong_call_fails_the_scenario_and_is_named(scenario: Scenario, calls: list[JudgedCall], named: str):
    observations.calls_answered(scenario, "during", calls)
    assert "failed" in verdicts(scenario)
    assert named in observed(scenario)


@pytest.mark.parametrize(
    ("talks", "verdict"),
    [([call("in-progress")], "passed"), ([call("in-progress", "broke off")], "failed"), ([], "failed")],
)
def test_calls_in_progress_must_go_on_and_there_must_be_some(scenario: Scenario, talks: list[JudgedCall], verdict: str):
    observations.calls_went_on(scenario, talks)
    assert verdicts(scenario) == [verdict]


def continuity(**stopped: str) -> dict[str, Continuity]:
    processes = ["document-issue", "finance", "taxes"]
    return {
        "kolkwijde": Continuity(
            continued=[process for process in processes if process not in stopped],
            stopped={process: StoppedProcess(observed=why) for process, why in stopped.items()},
        )
    }


def judged(scenario: Scenario, seen: dict[str, Continuity], expected: list[str], majority: list[str]) -> list[str]:
    observations.work_goes_on(scenario, "during", seen, {"kolkwijde": expected}, majority, ["document-issue"])
    return verdicts(scenario)


def test_processes_that_stop_as_written_down_pass(scenario: Scenario):
    assert judged(scenario, continuity(taxes="no seat"), ["taxes"], ["kolkwijde"]) == ["passed", "passed"]


def test_a_process_that_stops_unexpectedly_is_named_with_its_reason(scenario: Scenario):
    assert judged(scenario, continuity(taxes="database-1 does not answer"), [], ["kolkwijde"]) == ["failed", "passed"]
    assert observed(scenario) == "kolkwijde: taxes stopped: database-1 does not answer"


def test_a_process_that_continues_and_should_not_is_named(scenario: Scenario):
    assert judged(scenario, continuity(), ["taxes"], ["kolkwijde"]) == ["failed", "passed"]
    assert observed(scenario) == "kolkwijde: taxes continued, and should have stopped"


def test_the_majority_is_lost_with_one_urgent_process(scenario: Scenario):
    seen = continuity(**{"document-issue": "no printer"})
    assert judged(scenario, seen, ["document-issue"], ["kolkwijde"]) == ["passed", "failed"]
    assert observed(scenario) == "kolkwijde: expected, not seen"


def test_half_of_the_processes_is_no_majority(scenario: Scenario):
    seen = {
        "kolkwijde": Continuity(continued=["document-issue"], stopped={"taxes": StoppedProcess(observed="no seat")})
    }
    assert judged(scenario, seen, ["taxes"], []) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ([transaction("document")], "passed"),
        ([transaction("document", "it lies in wilgendam")], "failed"),
        ([transaction("record")], "failed"),
    ],
    ids=["right queue", "wrong queue", "none issued"],
)
def test_documents_must_lie_where_the_counter_is(scenario: Scenario, documents: list[Transaction], verdict: str):
    observations.documents_issued(scenario, "during", documents)
    assert verdicts(scenario) == [verdict]


@pytest.mark.parametrize(
    ("tried", "verdict"),
    [
        ([transaction("record"), transaction("forbidden")], "passed"),
        ([transaction("record"), transaction("forbidden", "kolkwijde let veldoord in")], "failed"),
        ([transaction("record", "does not answer"), transaction("forbidden")], "failed"),
        ([transaction("record")], "failed"),
        ([transaction("forbidden")], "failed"),
    ],
    ids=["apart", "let in", "own refused", "nobody refused", "nobody let in"],
)
def test_registers_are_apart_when_own_is_reached_and_others_are_not(
    scenario: Scenario, tried: list[Transaction], verdict: str
):
    observations.registers_apart(scenario, "during", tried)
    assert verdicts(scenario) == [verdict]


def name(verdict: Verdict, of: str = ALL_NAMES) -> NameAnswer:
    return NameAnswer(name=of, server="ns-1", address="10.11.0.40", expected="10.12.0.40", verdict=verdict)


def test_a_name_that_leads_elsewhere_is_named_with_the_server_that_said_it(scenario: Scenario):
    observations.names_lead(scenario, "during", [name("failed", "kolkwijde-counter"), name("failed")])
    assert verdicts(scenario) == ["failed"]
    assert "ns-1: kolkwijde-counter: 10.11.0.40 instead of 10.12.0.40" in observed(scenario)


def test_names_that_nobody_was_asked_for_prove_nothing(scenario: Scenario):
    observations.names_lead(scenario, "during", [])
    observations.no_stale_name(scenario, "veldoord", [])
    assert verdicts(scenario) == ["failed", "failed"]


def test_one_stale_answer_of_a_returning_site_fails(scenario: Scenario):
    observations.no_stale_name(scenario, "veldoord", [name("passed"), name("failed", "kolkwijde-counter")])
    assert verdicts(scenario) == ["failed"]
    assert observed(scenario) == "ns-1: kolkwijde-counter: 10.11.0.40"


def gap(what: str, seconds: float | None, lag: float | None = None) -> MeasuredGap:
    ttl = 60 if what == "names" else None
    return MeasuredGap(what=what, municipality="kolkwijde", seconds=seconds, ttl_seconds=ttl, lag_seconds=lag)


def test_gaps_that_ended_pass_and_one_that_did_not_is_named(scenario: Scenario):
    observations.gaps_measured(scenario, [gap("telephone", 1.5), gap("names", None)])
    assert verdicts(scenario) == ["passed", "failed"]
    assert observed(scenario) == "kolkwijde: never"


def test_names_may_follow_their_machines_within_their_time_to_live_and_no_later(scenario: Scenario):
    observations.gaps_measured(scenario, [gap("telephone", 1.5), gap("names", 300.0, 60.0)])
    observations.gaps_measured(scenario, [gap("telephone", 1.5), gap("names", 300.0, 60.1)])
    assert verdicts(scenario) == ["passed", "passed", "passed", "failed"]
    assert observed(scenario) == "kolkwijde: 60.1 s after its machines were powered on"


def test_gaps_that_nobody_measured_fail(scenario: Scenario):
    observations.gaps_measured(scenario, [])
    assert verdicts(scenario) == ["failed", "failed"]


def record(found: bool, verdict: Verdict) -> SoughtRecord:
    known = SoughtRecord(
        service="counter", municipality="kolkwijde", id="r-1", written="late", found=found, verdict=verdict
    )
    return known if found else but(known, age_seconds=3.5)


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([record(True, "passed"), record(False, "passed")], "passed"),
        ([record(True, "failed")], "failed"),
        ([record(False, "failed")], "failed"),
        ([], "failed"),
    ],
    ids=["as replicated", "found though late", "lost though replicated", "none written"],
)
def test_records_are_judged_by_replication(scenario: Scenario, records: list[SoughtRecord], verdict: str):
    observations.records_kept(scenario, "veldoord", "after the failover", records)
    assert verdicts(scenario) == [verdict]


def test_a_guest_that_died_fails_the_scenario_and_is_named_with_its_own_words(scenario: Scenario):
    trouble = Trouble(site="veldoord", guest="call-server-1", unit="kamailio.service", what="died", words="oops")
    observations.guests_unharmed(scenario, [trouble], 100.0)
    assert verdicts(scenario) == ["failed", "passed"]
    assert observed(scenario) == "call-server-1 at veldoord: kamailio.service died: oops"


def test_guests_that_take_more_than_their_memory_fail(scenario: Scenario):
    observations.guests_unharmed(scenario, [], observations.MEMORY_MIB + 1.0)
    assert verdicts(scenario) == ["passed", "failed"]
