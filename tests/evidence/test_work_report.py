"""What the page says of the work: processes, calls, transactions, names, records and guests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.living import CONTROL_ROOM, TROUBLE
from tests.evidence.page import Page
from tests.evidence.pieces import but
from tests.evidence.sample import NORMAL, REGION, play
from tests.evidence.test_work import CALL, NAME, TRANSACTION
from uitwijk.continuity import place
from uitwijk.drill.report.page import render
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import Continuity, MeasuredGap, SoughtRecord, StoppedProcess
from uitwijk.wording import telephone

WORK = ("guests", "machines_only", "calls", "transactions", "names", "gaps", "records", "continuity")
CIVIL_AFFAIRS = REGION.services["civil-affairs"].name
RECORD = SoughtRecord(
    service="civil-affairs",
    municipality="kolkwijde",
    id="r-1",
    written="late",
    found=False,
    age_seconds=3.2,
    rpo_minutes=15,
    verdict="passed",
)
Tell = Callable[[Scenario], None]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of living guests of which one does not start, with a call that the wrong municipality answers."""
    folder = tmp_path_factory.mktemp("exercise") / "evidence"
    play(folder, broken=True, living=True)
    return folder


@pytest.fixture(scope="module")
def page(wrong: Path) -> Page:
    return Page(render(wrong).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scenarios(wrong: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((wrong / "report.json").read_text(encoding="utf-8"))["scenarios"]
    return found


@pytest.fixture
def page_with(tmp_path: Path) -> Callable[[Tell], Page]:
    """The page of one scenario, in which what is given was told."""

    def make(tell: Tell) -> Page:
        with Evidence(tmp_path / "evidence", {}, "duty officer") as evidence:
            evidence.describe(REGION)
            with evidence.scenario("S2", "The office is lost") as scenario:
                tell(scenario)
                scenario.check("Something", 1, 1, True)
        return Page(render(tmp_path / "evidence").read_text(encoding="utf-8"))

    return make


def work_of(page: Page) -> str:
    """What is said of the work in the first scenario that has it."""
    return page.text.partition(" The work ")[2].partition(" Timeline ")[0]


def classes(page: Page) -> set[str]:
    return {name for _, found in page.tags for name in (found.get("class") or "").split()}


def test_the_first_screen_says_what_became_of_the_work_in_each_scenario(
    page: Page, scenarios: list[dict[str, Any]]
) -> None:
    calls = [[call for call in scenario["calls"] if call["kind"] != "gap"] for scenario in scenarios]
    top = page.text.partition("Began")[0]
    assert (
        "S1-kolkwijde8 of 14 processes continued everywhere; Electronic services and Youth care stopped in Zandermeer; "
        "Social support and income and Taxes stopped everywhere; Finance and personnel stopped in Reeënmeer and "
        "Zandermeer; 1 more stopped elsewhere. "
        f"{len(calls[0]) - 1} of {len(calls[0])} calls answered as they should be."
    ) in top
    assert "S2-office-lost9 of 14 processes continued everywhere; " in top
    assert (
        f"{len(calls[1])} of {len(calls[1])} calls answered as they should be; without telephone for 3.5 s at most."
    ) in top


def test_the_work_comes_first_in_its_scenario(page: Page) -> None:
    said = page.text.partition("cannot be reached Intended")[2]
    assert said.index("The work") < said.index("Checks that failed") < said.index("Timeline")


def test_a_page_with_living_guests_keeps_the_rules_of_every_page(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    assert {found.get("scope") for tag, found in page.tags if tag == "th"} == {"col", "row"}
    assert not {tag for tag, _ in page.tags} & {"script", "img", "link"}


def test_each_municipality_has_its_sentence(page: Page, scenarios: list[dict[str, Any]]) -> None:
    sentence = scenarios[0]["continuity"]["kolkwijde"]["sentence"]
    assert "(manual step, owner: head of civil affairs)" in sentence
    assert f"Kolkwijde {sentence}" in work_of(page)


def test_equal_sentences_are_said_once(page_with: Callable[[Tell], Page]) -> None:
    def tell(scenario: Scenario) -> None:
        scenario.placement("during", place(REGION, NORMAL).to_dict())
        one = Continuity(continued=["taxes"], stopped={}, sentence="1 of 1 processes continued")
        scenario.continuity({"kolkwijde": one, "reeenmeer": one})

    assert "All 2 municipalities 1 of 1 processes continued" in page_with(tell).text


def test_every_process_of_every_municipality_has_its_place_in_the_matrix(
    page: Page, scenarios: list[dict[str, Any]]
) -> None:
    work = work_of(page)
    assert all(f" {process.name} " in work for process in REGION.processes.values())
    told = scenarios[0]["continuity"].values()
    assert work.count("✓continued") == sum(len(one["continued"]) for one in told)
    assert work.count("■stopped as foreseen") == sum(len(one["stopped"]) for one in told)


def test_a_stopped_process_has_a_note_with_its_reason_what_was_observed_and_who_brings_it_back(page: Page) -> None:
    assert (
        "Travel documents in Kolkwijde: the station is in kolkwijde-town-hall, which is closed; observed: nothing "
        "listens at the station's address. Foreseen; brought back by the head of civil affairs."
    ) in work_of(page)


def test_a_process_that_stops_against_the_placement_is_marked_as_that(page_with: Callable[[Tell], Page]) -> None:
    def tell(scenario: Scenario) -> None:
        scenario.placement("during", place(REGION, NORMAL).to_dict())
        stopped = {"permits": StoppedProcess(why="databases do not answer")}
        sentence = "1 of 2 processes continued"
        scenario.continuity({"reeenmeer": Continuity(continued=["taxes"], stopped=stopped, sentence=sentence)})

    page = page_with(tell)
    assert "✕stopped, not foreseen1Permits, Reeënmeer: databases do not answer" in page.text
    assert "Permits in Reeënmeer: databases do not answer. Not foreseen." in page.text
    assert "1 of 2 processes continued everywhere; Permits stopped in Reeënmeer." in page.text


def test_a_call_that_the_wrong_municipality_answers_is_told_with_what_was_expected(page: Page) -> None:
    work = work_of(page)
    fault = (
        "✕ Call to +31 527 991 200 of Kolkwijde, during the calamity Expected Kolkwijde, in Town hall of Reeënmeer, "
        "Wilgendam Observed Reeënmeer, in Town hall of Reeënmeer, Wilgendam"
    )
    assert work.index(fault) < work.index("Observed during the calamity")
    attention = page.text.partition("What needs attention")[2].partition("The work")[0]
    assert "✕ Call failed Call to +31 527 991 200 of Kolkwijde, during the calamity S1-kolkwijde" in attention


def test_a_guest_in_trouble_is_named_with_its_own_words(page: Page) -> None:
    named = f"✕ {TROUBLE.guest}: kamailio.service did not start Where Veldoord"
    assert named in work_of(page)
    assert f"Its words {TROUBLE.words}" in work_of(page)
    attention = page.text.partition("What needs attention")[2].partition("The work")[0]
    assert f"✕ Guest in trouble {TROUBLE.guest} at Veldoord: kamailio.service did not start" in attention


def test_every_call_and_transaction_is_on_the_page_with_its_time(page: Page, scenarios: list[dict[str, Any]]) -> None:
    text = page.text
    for scenario in scenarios[:2]:
        assert len(scenario["calls"]) > 15
        for call in scenario["calls"]:
            assert f"{call['at'][11:21]} {call['when']} {telephone(call['number'])}" in text
        for one in scenario["transactions"]:
            assert f"{one['at'][11:21]} {one['when']} {one['what'].capitalize()}{one['id'] or ''} " in text


def test_what_was_tried_is_counted_phase_by_phase(page: Page, scenarios: list[dict[str, Any]]) -> None:
    numbers = [call for call in scenarios[0]["calls"] if call["kind"] == "number"]
    made = {when: sum(call["when"] == when for call in numbers) for when in ("before", "during", "after")}
    row = "Calls to the municipalities' numbers {before} of {before} ✕ {failed} of {during} {after} of {after}"
    assert row.format(**made, failed=made["during"] - 1) in work_of(page)
    assert "2 of 2" in work_of(page).partition("Other municipalities' data, refused")[2][:20]


def test_who_answered_where_is_told_of_those_whose_calls_moved(page: Page) -> None:
    moved = work_of(page).partition("Where calls were answered")[2]
    assert "Kolkwijde Town hall, Kolkwijde → Office of Kust, Veldoord" in moved
    assert "✕ 1 call failed Town hall, Kolkwijde" in moved
    assert "Answered in the same building all the time: Reeënmeer and Zandermeer." in moved


def test_the_location_of_each_building_that_called_112_is_told(page: Page) -> None:
    said = work_of(page).partition("112: the location that calls from 4 buildings gave")[2]
    for key, building in REGION.buildings.items():
        when = "before and after" if key == "kolkwijde-town-hall" else "before, during and after"
        assert f"{building.name} {building.emergency_location} {when}" in said


def test_a_112_call_without_its_location_is_marked(page_with: Callable[[Tell], Page]) -> None:
    call = but(CALL, kind="emergency", number="112", answered_by=None, location=None, verdict="failed")
    page = page_with(lambda scenario: scenario.calls([but(call, municipality=None, why="no PIDF-LO")]))
    assert "✕ Call to 112 from Town hall of Reeënmeer, Wilgendam, during the calamity" in page.text
    assert "Expected the location of Town hall of Reeënmeer, Wilgendam Observed nobody; no location" in page.text


def test_a_call_to_somebody_else_that_tells_where_it_comes_from_is_marked(page_with: Callable[[Tell], Page]) -> None:
    call = but(CALL, kind="outside", number="+99900000000", location="NL, Wilgendam", verdict="failed")
    page = page_with(lambda scenario: scenario.calls([but(call, answered_by=CONTROL_ROOM, why="a location")]))
    assert (
        f"✕ Call to {telephone('+99900000000')} from Town hall of Reeënmeer, Wilgendam, during the calamity"
        in page.text
    )
    assert "Expected an answer, and no location Observed Carrier, in Control room; NL, Wilgendam" in page.text


def test_gaps_are_told_as_what_they_are(page: Page) -> None:
    assert "Times of processes on simulated sites: not recovery times." in page.text
    assert "Names, and after power-on (time to live: 60 s) Kolkwijde 2.1 s 31.0 s, 0.6 s after power-on" in page.text


def test_a_gap_that_lasts_too_long_or_never_ends_is_marked(page_with: Callable[[Tell], Page]) -> None:
    def tell(scenario: Scenario) -> None:
        gap = MeasuredGap(what="telephone", municipality="kolkwijde", seconds=4.0)
        scenario.gaps([gap, but(gap, seconds=None)])
        scenario.gaps([but(gap, what="names", seconds=99.0, ttl_seconds=60, lag_seconds=74.0)])
        scenario.calls([CALL])

    page = page_with(tell)
    assert "Kolkwijde ✕ never back 1 min 39 s, ✕ 1 min 14 s after power-on" in page.text
    assert "without telephone for never back" not in page.text
    assert "1 of 1 call answered as they should be; the telephone never came back." in page.text


def test_calls_that_measure_a_gap_are_no_failed_calls(page_with: Callable[[Tell], Page]) -> None:
    tried = but(CALL, kind="gap", answered_by=None, verdict="failed", why="no answer")
    page = page_with(lambda scenario: scenario.calls([tried, tried, CALL]))
    assert "1 of 1 call answered as they should be." in page.text
    assert "Call failed" not in page.text


def test_a_call_in_a_gap_that_the_wrong_people_answer_is_a_failed_one(page_with: Callable[[Tell], Page]) -> None:
    by = {"municipality": "reeenmeer", "building": "wilgendam-town-hall"}
    tried = but(CALL, kind="gap", answered_by=by, verdict="failed", why="not theirs")
    assert "✕ Call failed" in page_with(lambda scenario: scenario.calls([tried])).text


def test_a_failed_transaction_is_told_with_its_service_host_and_reason(page_with: Callable[[Tell], Page]) -> None:
    page = page_with(lambda scenario: scenario.transactions([TRANSACTION]))
    assert (
        "✕ Document for Document issue of Kolkwijde, during the calamity Service "
        f"{REGION.services['counter'].name} on kolkwijde-counter-1.kustland.example "
        "From Town hall of Reeënmeer, Wilgendam Why document-printer.wilgendam-town-hall does not answer"
    ) in page.text


def test_of_many_faults_the_first_are_told_and_the_others_counted(page_with: Callable[[Tell], Page]) -> None:
    page = page_with(lambda scenario: scenario.transactions([TRANSACTION] * 9))
    assert page.text.count("✕ Document for Document issue") == 6
    assert "✕ 3 more failed; they stand in the lists below." in page.text
    assert "✕ Transaction failed Document for Document issue of Kolkwijde, during the calamity, and 8 more" in page.text


def test_a_wrong_name_is_told_with_the_server_that_gave_it(page_with: Callable[[Tell], Page]) -> None:
    page = page_with(lambda scenario: scenario.names([NAME, but(NAME, name="222 names", verdict="passed")]))
    assert "✕ kolkwijde-counter-1 at veldoord-dns-1, during the calamity Expected 10.11.8.11 Observed 10.12.8.11" in (
        page.text
    )
    assert "Names: 1 server's answers as they should be, 1 wrong answer" in page.text


def test_late_records_are_told_with_their_age_against_the_rpo(page: Page) -> None:
    assert "Written before the last replication 3 of 3 0" in page.text
    assert "Written after the last replication 0 of 3 3 3.2 s 15 min" in page.text
    assert (
        f"late-kolkwijde {CIVIL_AFFAIRS}, Kolkwijde Written after the last replication lost 3.2 s 15 min" in page.text
    )
    attention = page.text.partition("What needs attention")[2].partition("The work")[0]
    assert "Records lost 3 records, the oldest 3.2 s old, as the RPO allows S2-office-lost" in attention


def test_a_record_that_should_have_been_found_is_a_fault(page_with: Callable[[Tell], Page]) -> None:
    lost = but(RECORD, written="before", verdict="failed", age_seconds=1200.0)
    page = page_with(lambda scenario: scenario.records([lost]))
    title = f"✕ Record r-1 of Kolkwijde in {CIVIL_AFFAIRS}"
    assert f"{title} Written before the last replication, 20 min 00 s old when the site was lost" in page.text
    assert "Observed lost Allowed RPO 15 min" in page.text
    assert "as the RPO allows" not in page.text


def test_a_record_that_is_sought_twice_counts_once_and_is_lost_if_one_look_does_not_find_it(
    page_with: Callable[[Tell], Page],
) -> None:
    kept = but(RECORD, written="before", found=True, id="r-2")
    looks = [kept, kept, RECORD, RECORD, but(kept, id="r-3"), but(kept, id="r-3", found=False)]
    page = page_with(lambda scenario: scenario.records(looks))
    assert "Written before the last replication 1 of 2 1 3.2 s 15 min" in page.text
    assert "Written after the last replication 0 of 1 1 3.2 s 15 min" in page.text
    assert "6 looks for a record" in page.text


def test_a_visit_that_the_situation_makes_vain_is_no_fault(page_with: Callable[[Tell], Page]) -> None:
    visit = but(TRANSACTION, what="station", verdict="passed", why="the building is closed")
    page = page_with(lambda scenario: scenario.transactions([visit]))
    assert "✓ as foreseen: the building is closed" in page.text
    assert "✕" not in page.text


def test_a_call_that_was_never_made_has_no_time(page_with: Callable[[Tell], Page]) -> None:
    never = but(CALL, kind="gap", at="", answered_by=None, seconds=None, verdict="failed")
    page = page_with(lambda scenario: scenario.calls([never]))
    assert "at an unknown time during +31 527 991 200" in page.text


def test_the_guests_are_counted_and_what_was_shortened_or_left_out_is_told(page: Page) -> None:
    work = work_of(page)
    assert "122 guests lived: 61 at Veldoord and 61 at Zandermeer; 122 machines of the region take part." in work
    assert "Together they used at most 1.8 GiB of memory." in work
    assert "What was shortened: 2 commands packages: kamailio, knot in the template already" in work
    assert "finance/application, directory/server its packages are not in the drill's template" in work
    assert "61 guests lived at Zandermeer" in page.text


def test_evidence_from_before_guests_lived_still_makes_a_page(wrong: Path, tmp_path: Path) -> None:
    report = json.loads((wrong / "report.json").read_text(encoding="utf-8"))
    for scenario in report["scenarios"]:
        for key in WORK:
            del scenario[key]
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    page = Page(render(tmp_path).read_text(encoding="utf-8"))
    assert page.text.count("The work Machines only: no guest lived in this drill.") == 4
    assert "36 of 38 passed" in page.text


def test_a_day_without_faults_alarms_nobody(tmp_path: Path) -> None:
    play(tmp_path / "evidence", living=True)
    page = Page(render(tmp_path / "evidence").read_text())
    assert "All 4 scenarios did what was expected." in page.text
    assert "fault" not in classes(page)
    assert page.text.count("✕") == page.text.count("✕ stopped, not foreseen") == 3
